"""`crswatch bench throughput`: rounds, each over fresh topics, in which every contestant reads the same records."""

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from schemas.topics import BEDSIDE
from services.control.bench.admitted import AdmittedWard
from services.control.bench.bench_topics import RIVAL_OUTPUTS, bench_topics, end_offsets
from services.control.bench.contestants.engine_alone import Decoded, decoded, grade
from services.control.bench.equality import COMPARED, compare
from services.control.bench.filling import fill
from services.control.bench.grader_run import hold, measure, standing_by
from services.control.bench.measuring import Measured
from services.control.bench.profiling import profiled
from services.control.bench.report import Report
from services.control.bench.rivals import run_rival
from services.control.bench.throughput_report import OURS, Round, throughput_report
from services.control.bench.ward_stream import START_MS, Recorded, WardStream, patient_name
from services.control.bench.warm_up import WARM_UP_ROUNDS
from services.control.pipeline_topics import replay_topics
from services.grader.engine.partition import Partition
from services.grader.intake import Located
from services.runtime.settings import KafkaSettings
from services.runtime.speech import Say

PILOT_PATIENTS, PILOT_SECONDS = 500, 20
SHELL_S = 4e-6  # about what fetching and decoding cost, only to choose a length
MOST_RECORDS = 5_000_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked for.

    Attributes:
        seconds: the time box of a contestant; the log is as long as the shipped grader needs for that.
        sample: how many patients are graded again and compared.
        event_seconds: length of the log in event time; None where `seconds` decides.
        profile: where to write a flame graph of the grader, if at all.
    """

    patients: int
    seconds: float
    rounds: int
    contestants: tuple[str, ...]
    workers: int
    seed: int
    sample: int = 200
    event_seconds: int | None = None
    profile: Path | None = None


def throughput(kafka: KafkaSettings, plan: Plan, say: Say) -> Report:
    """Measure round by round."""
    ward = AdmittedWard(plan.patients)
    length_s = plan.event_seconds or _length_s(plan)
    say(f"{plan.patients:,} patients, {length_s:,} seconds of event time, {plan.patients * length_s:,} observations.")
    rounds = []
    for number in range(plan.rounds):
        with bench_topics(kafka, (*replay_topics(), RIVAL_OUTPUTS)) as own:
            say(f"Round {number + 1} of {plan.rounds}.")
            rounds.append(_round(own, plan, ward, length_s, say))
    return throughput_report(rounds)


def _round(kafka: KafkaSettings, plan: Plan, ward: AdmittedWard, length_s: int, say: Say) -> Round:
    found: dict[str, Measured] = {}
    stream = WardStream(plan.patients, partitions=kafka.partitions, seed=plan.seed)
    with standing_by(kafka, ward, plan.workers) as running:
        warm = fill(kafka, rounds_of(stream, range(WARM_UP_ROUNDS)))
        already = hold(running, warm + kafka.partitions)
        began_s = time.monotonic()
        records = fill(kafka, rounds_of(stream, range(WARM_UP_ROUNDS, WARM_UP_ROUNDS + length_s)))
        observations = records - length_s * kafka.partitions
        say(f"{records:,} records written in {time.monotonic() - began_s:.0f} s")
        with profiled(running[0].pid, plan.profile, plan.seconds):
            found[OURS] = measure(running, already=already, records=records, observations=observations)
        say(spoken(OURS, found[OURS]))
    ends = [end for _, end in sorted(end_offsets(kafka, BEDSIDE).items())]
    for name in plan.contestants:
        found[name] = run_rival(name, kafka, patients=plan.patients, ends=ends, seconds=plan.seconds)
        say(spoken(name, found[name]))
    outputs = sum(sum(end_offsets(kafka, topic).values()) for topic in COMPARED.values())
    return Round(found, compare(kafka, ward, sample=plan.sample, seed=plan.seed), outputs)


def rounds_of(stream: WardStream, numbers: range) -> Iterable[Recorded]:
    """That part of the log."""
    return (recorded for number in numbers for recorded in stream.ticked_round(number))


def spoken(name: str, measured: Measured) -> str:
    """One line."""
    return (
        f"{name}: {measured.per_processor_s:,.0f} observations per processor second, {measured.per_wall_s:,.0f} per "
        f"second, over {measured.wall_s:.1f} s; peak {measured.peak_bytes / 1e6:,.0f} MB"
    )


def _length_s(plan: Plan) -> int:
    """How much event time keeps the grader busy for the time box, judged by grading a little in this process."""
    patients = min(plan.patients, PILOT_PATIENTS)
    ward, engine = AdmittedWard(patients), Partition()
    engine.restore({patient_name(number): ward.stored(number) for number in range(patients)}, START_MS - 1)
    stream = WardStream(patients, partitions=1, seed=plan.seed)
    grade(engine, _located(rounds_of(stream, range(WARM_UP_ROUNDS))))
    records = _located(rounds_of(stream, range(WARM_UP_ROUNDS, WARM_UP_ROUNDS + PILOT_SECONDS)))
    began_s = time.process_time()
    grade(engine, records)
    a_second = len(records) / (time.process_time() - began_s + len(records) * SHELL_S)
    wanted = min(plan.seconds * a_second * plan.workers, MOST_RECORDS)
    return max(3, math.ceil(wanted / plan.patients))


def _located(records: Iterable[Recorded]) -> Decoded:
    return decoded(
        [Located("bench", 0, place, at_ms, key, value) for place, (_, key, value, at_ms) in enumerate(records)]
    )
