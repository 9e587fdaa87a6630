"""The invariant: what was said under faults is what one undisturbed process says of the recorded bedside topic."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from schemas.bedside import TICK
from schemas.encoding import canonical, digest
from schemas.reasons import Refusal
from schemas.topics import BEDSIDE, ESCALATIONS, ESTIMATES, EVIDENCE, REJECTED
from services.grader.engine import Origin, Output
from services.grader.engine.estimate import fingerprint
from services.grader.engine.partition import Partition
from services.grader.intake import read, rejection
from services.runtime.settings import KafkaSettings
from tests.chaos.recording import records_of

NAMES = {"escalations": "escalation_id", "evidence": "escalation_id", "rejected": "rejected_id"}
SHOWN_DIFFERENCES = 20
# How much of the past a process still remembers beyond the lateness bound is not the same after a restart.
UNCOMPARED = ("trend", "state_before")

Said = tuple[str, bytes]


def compared(value: dict[str, Any]) -> bytes:
    """All of a record that has to be the same whatever happened to whoever wrote it."""
    return canonical({name: part for name, part in value.items() if name not in UNCOMPARED})


@dataclass
class Replayed:
    """What the undisturbed process says.

    Attributes:
        said: by short topic name, what has an id there: id and content.
        estimates: every estimate that is true of a patient at a revision, sent or not.
        standing: the last one of everybody who is still here.
        written: records that it writes into the bedside topic itself.
    """

    said: dict[str, set[Said]] = field(default_factory=lambda: {name: set() for name in NAMES})
    estimates: set[bytes] = field(default_factory=set)
    standing: dict[str, dict[str, Any]] = field(default_factory=dict)
    written: set[bytes] = field(default_factory=set)

    def take(self, outputs: Iterable[Output]) -> None:
        for topic, _, value in outputs:
            if topic == "bedside":
                self.written.add(canonical(value))
            elif topic in NAMES:
                self.said[topic].add((value[NAMES[topic]], compared(value)))
            elif value is not None:
                self.estimates.add(compared(value))


@dataclass
class Verdict:
    """How the two compare.

    Attributes:
        repeated: escalations that came again with the same id and content.
        differences: one sentence each, with ids and never a measured value.
    """

    expected: int
    lost: int
    wrong: int
    repeated: int
    estimates: int
    differences: list[str]


def replayed(records: Iterable[Any], partitions: int) -> Replayed:
    """Each partition's records, ticks included, through an engine of its own, in the order of the log."""
    engines = [Partition(watch_all=True) for _ in range(partitions)]
    found = Replayed()
    for record in records:
        engine = engines[record.partition]
        event = read(record, partitions)
        if isinstance(event, Refusal):
            found.take([Output("rejected", "", rejection(record, event))])
            continue
        clock_ms = max(engine.clock_ms, record.timestamp)
        if event["schema"] == TICK:
            found.take(engine.advance(clock_ms))
        else:
            origin = Origin(record.topic, record.partition, record.offset)
            found.take(engine.apply(event, clock_ms=clock_ms, origin=origin))
        touched, engine.touched = engine.touched, set()
        found.take(engine.standing(touched))
    for engine in engines:
        found.standing |= {output.key: output.value for output in engine.standing(engine.patients) if output.value}
    return found


def judge(kafka: KafkaSettings) -> Verdict:
    """Compare what lies in the topics now; everything in the bedside topic has to be graded."""
    bedside = records_of(kafka, BEDSIDE)
    wanted = replayed(bedside, kafka.partitions)
    told = {"escalations": ESCALATIONS, "evidence": EVIDENCE, "rejected": REJECTED}
    by_topic = {name: [json.loads(record.value) for record in records_of(kafka, topic)] for name, topic in told.items()}
    lost, wrong = _held_against(wanted.said, by_topic)
    shown = records_of(kafka, ESTIMATES)
    wrong += _wrong_estimates(wanted, shown) + _wrong_at_the_end(wanted, shown)
    in_log = {canonical(json.loads(record.value)) for record in bedside if record.value and dict(record.headers)}
    lost += [f"lost: written to the bedside topic, {digest(json.loads(one))}" for one in wanted.written - in_log]
    wrong += [f"wrong: in the bedside topic, {digest(json.loads(one))}" for one in in_log - wanted.written]
    return Verdict(
        expected=len({name for name, _ in wanted.said["escalations"]}),
        lost=len(lost),
        wrong=len(wrong),
        repeated=len(by_topic["escalations"]) - len({value["escalation_id"] for value in by_topic["escalations"]}),
        estimates=len(wanted.standing),
        differences=(lost + wrong)[:SHOWN_DIFFERENCES],
    )


def _held_against(wanted: dict[str, set[Said]], told: dict[str, list[Any]]) -> tuple[list[str], list[str]]:
    lost, wrong = [], []
    for topic, name in NAMES.items():
        found = {(value[name], compared(value)) for value in told[topic]}
        lost += [f"lost: {topic} {one}" for one, _ in wanted[topic] - found]
        wrong += [f"wrong: {topic} {one}" for one, _ in found - wanted[topic]]
    return lost, wrong


def _wrong_estimates(wanted: Replayed, shown: Iterable[Any]) -> list[str]:
    """Every estimate ever sent, those of new owners included, is one that the replay knows at that revision."""
    found = {(record.key.decode(), record.value) for record in shown if record.value}
    return [
        f"wrong: an estimate of {name}" for name, value in found if compared(json.loads(value)) not in wanted.estimates
    ]


def _wrong_at_the_end(wanted: Replayed, shown: Iterable[Any]) -> list[str]:
    """What a reader is left with that drops lower revisions, as the board does."""
    left: dict[str, dict[str, Any]] = {}
    for record in shown:
        key = record.key.decode()
        if record.value is None:
            left.pop(key, None)
            continue
        value = json.loads(record.value)
        if key not in left or value["revision"] >= left[key]["revision"]:
            left[key] = value
    return [
        f"wrong: last estimate of {patient_id}"
        for patient_id, standing in wanted.standing.items()
        if patient_id not in left or fingerprint(left[patient_id]) != fingerprint(standing)
    ]
