"""The common record taken in: without a word, or with the estimate that is repeated while data arrive."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from schemas.bedside import VITALS
from schemas.rates import Rates, as_record
from schemas.reading import event_time
from services.grader.engine import Heard, Output, TakenIn
from services.grader.engine.durations import HOUR_MS, minutes
from services.grader.engine.estimate import fingerprint, graded, with_trend
from services.grader.engine.kept import Kept
from services.grader.engine.state import Place
from services.grader.engine.steady.putting_away import put_away
from services.grader.engine.steady.repeating import is_repeatable, said_again
from services.grader.engine.steady.settling import grows, settled
from services.grader.engine.steady.steady import Steady
from services.grader.engine.ward import Ward

Record = dict[str, Any]
# Now and then a repeated estimate goes the long way: it marks the past, and forgets what is too old.
MARKED_EVERY_MS = HOUR_MS


class At(NamedTuple):
    """A place in the log, and the broker's time there."""

    offset: int
    timestamp: int


class Common(NamedTuple):
    """Whether a record changes nothing but values and times; what follows from it, unless it goes the long way."""

    is_common: bool
    outputs: list[Output] | None = None


UNCOMMON = Common(is_common=False)


def taken_in(
    heard: Iterable[Heard], kept: Mapping[str, Kept], touched: set[str], clock: tuple[int, int], covered_upto: int
) -> tuple[TakenIn, int]:
    """Take in the common records that come first.

    Args:
        heard: records in their order.
        kept: the patients of the partition.
        touched: names of those who changed; more are added.
        clock: of the partition, and when time alone may change something: a record after that is none of them.
        covered_upto: nor is one before this offset.

    Returns:
        What was taken in, and the clock with the last of it.
    """
    kept_of, touch, (clock_ms, due_ms) = kept.get, touched.add, clock
    many, last, other = 0, None, None
    for one in heard:
        record, event, at_ms = one
        offset, now_ms = record.offset, record.timestamp
        if now_ms < clock_ms:
            now_ms = clock_ms
        if at_ms is None or now_ms > due_ms or offset < covered_upto:
            other = one
            break
        is_rates = type(event) is Rates
        patient_id = event.patient_id if is_rates else event["patient_id"]
        patient = kept_of(patient_id)
        if patient is None or (steady := patient.steady) is None:
            other = one
            break
        lock = steady.lock
        try:
            if not is_rates:
                taken = steady.take(event, at_ms, now_ms, offset)
            elif lock is not None and lock.take(event, at_ms, now_ms, offset):
                taken = True
            else:
                taken = steady.take_apart(as_record(event), at_ms, now_ms, offset)
        except Exception:
            taken = False  # the long way finds the same, and says so
        if not taken:
            other = one
            break
        touch(patient_id)
        clock_ms, last = now_ms, record
        many += 1
    return TakenIn(many, last, other), clock_ms


def commonly(kept: Kept, record: Record, clock_ms: int, place: Place, ward: Ward) -> Common:
    """Take a common record in; every other one leaves the patient as it was, and goes the long way.

    A thorough ward takes none in: it only tells which they are.
    """
    at_ms = event_time(record) if record["schema"] == VITALS else None
    if at_ms is None:
        return UNCOMMON
    steady = kept.steady or kept.settle(lambda state: settled(state, ward))
    if steady is None:
        return UNCOMMON
    if clock_ms < steady.repeat_ms and not ward.thorough:
        taken = steady.take(record, at_ms, clock_ms, place.offset)
        return Common(is_common=True, outputs=[]) if taken else UNCOMMON
    before, due_ms = steady.gathered(), steady.repeat_ms
    steady.repeat()
    if not steady.take(record, at_ms, clock_ms, place.offset):
        return UNCOMMON
    said = None
    try:
        said = None if ward.thorough else _repeated(kept, steady, due_ms, clock_ms, ward)
    finally:
        if said is None:
            kept.go_back(before)
    return Common(is_common=True, outputs=said)


def _repeated(kept: Kept, steady: Steady, due_ms: int, clock_ms: int, ward: Ward) -> list[Output] | None:
    """The estimate again, as it is due while data arrive; None where the long way has to look."""
    base, gathered, next_ms = kept.ungathered(), steady.gathered(), clock_ms + minutes(ward.rules.repeat_min)
    marked_ms, chart = base.marks[-1].at_ms, base.fold.chart
    if gathered is None or clock_ms - marked_ms >= MARKED_EVERY_MS or grows(chart, due_ms, next_ms):
        return None
    state = put_away(base, gathered)
    if steady.said is not None:
        wire = said_again(steady.said, state, gathered, ward.rules)
    else:
        wire = graded(state, state.reached_ms, ward.rules)
        if fingerprint(wire) != state.shown:
            return None
        steady.said = wire if is_repeatable(wire, state) else None
    steady.shown(clock_ms, next_ms)
    return [Output("estimates", state.patient_id, with_trend(wire, state, state.reached_ms, ward.rules))]
