"""The invariant: what was said under faults is what one undisturbed process says of the recorded bedside topic."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from schemas.encoding import canonical, digest
from schemas.topics import BEDSIDE, ESCALATIONS, ESTIMATES, EVIDENCE, REJECTED
from services.grader.engine.estimate import fingerprint
from services.runtime.settings import KafkaSettings
from tests.chaos.recording import write_down
from tests.chaos.replaying import NAMES, Replayed, Said, replayed
from tests.integration.grader.recorded import records_of

TOPICS = {
    "bedside": BEDSIDE, "escalations": ESCALATIONS, "evidence": EVIDENCE, "rejected": REJECTED, "estimates": ESTIMATES
}  # fmt: skip
SHOWN_DIFFERENCES = 20


@dataclass
class Verdict:
    """How the two compare.

    Attributes:
        expected: escalations, by id.
        lost: what the replay says and nobody said.
        wrong: what somebody said and the replay does not, or not so.
        repeated: escalations that came again with the same id and content.
        estimates: of patients who are still here; their last ones were compared.
        differences: one sentence each, with ids and never a measured value.
    """

    expected: int
    lost: int
    wrong: int
    repeated: int
    estimates: int
    differences: list[str]


def judge(kafka: KafkaSettings, differing: Path) -> Verdict:
    """Compare what lies in the topics now; everything in the bedside topic has to be graded.

    Args:
        kafka: where it lies.
        differing: where the records are written where the two differ.
    """
    recorded = {name: records_of(kafka, topic) for name, topic in TOPICS.items()}
    found = verdict(recorded, kafka.partitions)
    if found.differences:
        write_down(recorded, differing)
    return found


def verdict(recorded: Mapping[str, list[Any]], partitions: int) -> Verdict:
    """Compare records by the short names of their topics; those of one partition stand in the order of its log."""
    wanted = replayed(recorded["bedside"], partitions)
    told = {name: [json.loads(record.value) for record in recorded[name]] for name in NAMES}
    lost, wrong = [], []
    for topic, name in NAMES.items():
        missing, strange = _held_against(wanted.said[topic], {(value[name], canonical(value)) for value in told[topic]})
        lost += [f"lost: {topic} {one}" for one in missing]
        wrong += [f"wrong: {topic} {one}" for one in strange]
    # What a grader writes says from which record it follows.
    written = {canonical(json.loads(record.value)) for record in recorded["bedside"] if record.headers}
    lost += [f"lost: written to the bedside topic {digest(json.loads(one))}" for one in wanted.written - written]
    wrong += [f"wrong: in the bedside topic {digest(json.loads(one))}" for one in written - wanted.written]
    wrong += [*_wrong_estimates(wanted, recorded["estimates"]), *_wrong_at_the_end(wanted, recorded["estimates"])]
    return Verdict(
        expected=len({name for name, _ in wanted.said["escalations"]}),
        lost=len(lost),
        wrong=len(wrong),
        repeated=len(told["escalations"]) - len({canonical(value) for value in told["escalations"]}),
        estimates=len(wanted.standing),
        differences=(lost + wrong)[:SHOWN_DIFFERENCES],
    )


def _held_against(wanted: set[Said], found: set[Said]) -> tuple[set[str], set[str]]:
    """Ids that are missing, and ids that nobody expects or that have another content."""
    known = {name for name, _ in found}
    return {name for name, _ in wanted} - known, {name for name, _ in wanted ^ found} & known


def _wrong_estimates(wanted: Replayed, shown: Iterable[Any]) -> Iterable[str]:
    """Every estimate ever sent, those of new owners included, is one that the replay knows at that revision."""
    for key, value in {(record.key, record.value) for record in shown if record.value}:
        if canonical(json.loads(value)) not in wanted.estimates:
            yield f"wrong: an estimate of {key.decode()}"


def _wrong_at_the_end(wanted: Replayed, shown: Iterable[Any]) -> Iterable[str]:
    """What a reader is left with that drops lower revisions, as the board does."""
    left: dict[str, dict[str, Any]] = {}
    for record in shown:
        patient_id = record.key.decode()
        value = json.loads(record.value) if record.value else None
        if value is None:
            left.pop(patient_id, None)
        elif patient_id not in left or value["revision"] >= left[patient_id]["revision"]:
            left[patient_id] = value
    for patient_id, standing in wanted.standing.items():
        if patient_id not in left or fingerprint(left[patient_id]) != fingerprint(standing):
            yield f"wrong: last estimate of {patient_id}"
    yield from (f"wrong: {patient_id} is shown and gone" for patient_id in wanted.gone & left.keys())
