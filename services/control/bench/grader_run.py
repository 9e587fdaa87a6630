"""The shipped grader in one round: restored, held, given the records, measured while it grades every one of them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic, sleep

from services.control.bench.admitted import AdmittedWard
from services.control.bench.filling import fill
from services.control.bench.grader_process import GraderProcess, graders
from services.control.bench.group import owned
from services.control.bench.measuring import Measured, Point, between, watch
from services.control.bench.one_processor import keep_to_one
from services.control.bench.prepared_state import store
from services.control.bench.process_readings import peak_resident_bytes, processor_s
from services.control.bench.ward_stream import ticks
from services.control.refusal import Refusal
from services.runtime.processes import pause, resume
from services.runtime.settings import KafkaSettings

# Time comes with the records. The two limits are for the pause in which the records are written.
GIVEN = {"GRADER_TICKS": "false", "GRADER_STALL_LIMIT": "PT5M", "GRADER_SESSION_TIMEOUT": "PT2M"}
SETTLED_WITHIN_S = 1_800.0
LOOK_EVERY_S = 0.25
SEEN_EVERY_S = 6.0  # a little longer than a watchdog's pause between two looks
IDLE_S = 6.0  # more than twice the shipped pause between two checkpoints
LAG = "crs_partition_lag_records"
GRADED, CHECKPOINTS = "crs_events_graded_total", "crs_checkpoint_seconds_count"


@contextmanager
def standing_by(kafka: KafkaSettings, ward: AdmittedWard, workers: int) -> Iterator[list[GraderProcess]]:
    """Graders that have taken over the admitted ward, said how everybody stands, and wait for more."""
    store(kafka, ward)
    with graders(kafka, workers, **GIVEN) as running:
        for number, grader in enumerate(running):
            keep_to_one(grader.pid, number)
        await_members(kafka, running)
        fill(kafka, ticks(kafka.partitions, ward.start_ms - 1))
        await_taken_over(running, ward.patients, kafka.partitions)
        yield running


def await_taken_over(running: Sequence[GraderProcess], patients: int, partitions: int) -> None:
    """Return when everybody's standing estimate was said again, and every partition has stored its first checkpoint."""
    _until(running, lambda: _has_taken_over(running, patients, partitions))


def _has_taken_over(running: Sequence[GraderProcess], patients: int, partitions: int) -> bool:
    said = sum_of(running, "crs_estimates_total", "crs_unacknowledged_outputs", CHECKPOINTS)
    return said[0] >= patients and said[1] == 0 and said[2] >= partitions


def hold(running: Sequence[GraderProcess], written: float) -> float:
    """Nothing is graded until `go_on`: what is measured must not compete with the writing of its records.

    Args:
        running: who is to pause, once idle: a process paused within a transaction would lose it.
        written: how many records they have to grade before.

    Returns:
        How many records they graded before.
    """
    _until(running, lambda: records_graded(running) >= written)
    _stored_all(running)
    already = records_graded(running)
    for grader in running:
        pause(grader.process)
    return already


def _stored_all(running: Sequence[GraderProcess]) -> None:
    """Return when no checkpoint was written for longer than the pause between two."""
    count, since_s = -1.0, monotonic()
    while monotonic() - since_s < IDLE_S:
        (now,) = sum_of(running, CHECKPOINTS)
        if now != count:
            count, since_s = now, monotonic()
        sleep(LOOK_EVERY_S)


def go_on(running: Sequence[GraderProcess]) -> None:
    """The end of `hold`."""
    for grader in running:
        resume(grader.process)


def measure(running: Sequence[GraderProcess], *, already: float, records: int, observations: int) -> Measured:
    """Let them grade everything.

    Args:
        running: held, with the records in the topic.
        already: what `hold` returned.
        records: how many those are, ticks included.
        observations: how many of them are not ticks.
    """
    share = observations / records

    def look() -> Point:
        began_s = sum(processor_s(grader.pid) for grader in running)
        graded = (records_graded(running) - already) * share
        used_s = sum(processor_s(grader.pid) for grader in running)
        return Point(graded, (began_s + used_s) / 2, monotonic())

    go_on(running)
    begin, end = watch(look, total=observations, seconds=SETTLED_WITHIN_S)
    _until(running, lambda: records_graded(running) - already >= records)
    return between(begin, end, sum(peak_resident_bytes(grader.pid) for grader in running))


def await_all(running: Sequence[GraderProcess], *, records: int, already: float) -> None:
    """Return when so many more records have been graded and all that followed is at Kafka."""
    _until(
        running,
        lambda: records_graded(running) - already >= records and sum_of(running, "crs_unacknowledged_outputs")[0] == 0,
    )


def records_graded(running: Sequence[GraderProcess]) -> float:
    """By all of them, ticks included."""
    return sum_of(running, GRADED)[0]


def sum_of(running: Sequence[GraderProcess], *names: str) -> list[float]:
    """Metrics of all graders together, in the order of the names."""
    figures = [grader.figures() for grader in running]
    return [sum(of_one[name] for of_one in figures) for name in names]


def await_members(kafka: KafkaSettings, running: Sequence[GraderProcess]) -> None:
    """Return when every grader has partitions: a later comer would make the others hand over what they began."""
    names = {grader.member for grader in running}
    _until(running, lambda: {name for name, partitions in owned(kafka).items() if partitions} == names)


def caught_up(running: Sequence[GraderProcess], rate: float) -> None:
    """Return when no more waits to be graded than a second brings, as the graders' own watchdogs last saw it."""
    sleep(SEEN_EVERY_S)  # what they saw before now says nothing of what came since
    _until(running, lambda: _has_caught_up(running, rate))


def _has_caught_up(running: Sequence[GraderProcess], rate: float) -> bool:
    figures = [grader.figures() for grader in running]
    return all(LAG in of_one for of_one in figures) and sum(of_one[LAG] for of_one in figures) <= rate


def _until(running: Sequence[GraderProcess], condition: Callable[[], bool]) -> None:
    deadline_s = monotonic() + SETTLED_WITHIN_S
    while not condition():
        for grader in running:
            grader.must_live()
        if monotonic() > deadline_s:
            raise Refusal(f"The grader did not get there within {SETTLED_WITHIN_S:.0f} s.")
        sleep(LOOK_EVERY_S)
