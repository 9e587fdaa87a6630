"""Merges across partitions on real Kafka: handed over, answered, passed on; a kill in between loses nothing."""

import json
from collections.abc import Iterable

import pytest

from schemas.partitions import partition_for
from schemas.topics import BEDSIDE, ESCALATIONS
from tests.e2e.replaying import by_patient, crswatch
from tests.integration.grader.bedside import open_bedside, reading
from tests.integration.grader.grader_process import grader_process
from tests.integration.grader.recorded import graded, records_of
from tests.integration.grader.ward_events import charted, enrolled, measured
from tests.vignettes.bed import when
from tests.waiting import eventually

pytestmark = pytest.mark.kafka
GRADER = "services.grader"
PARTITIONS = 4
PAIRS = 6


def elsewhere(old: str, partitions: int = PARTITIONS) -> str:
    """A name that lies in another partition than this one."""
    names = (f"{old}-new-{number}" for number in range(100))
    return next(name for name in names if partition_for(name, partitions) != partition_for(old, partitions))


def merge(old: str, into: str) -> dict:
    return charted(f"{old}-merge", old, kind="encounter", action="merge", merged_into=into)


def named(records: list[dict], schema: str) -> list[dict]:
    return [record for record in records if record["schema"] == schema]


@pytest.mark.timeout(300)
def test_killed_in_the_middle_of_merges_it_loses_nothing_and_says_nothing_twice(ward_topics, tmp_path):
    pairs = {f"old-{number}": elsewhere(f"old-{number}", ward_topics.partitions) for number in range(PAIRS)}
    with (
        grader_process(ward_topics, tmp_path, module=GRADER) as grader,
        open_bedside(ward_topics) as bedside,
        reading(ward_topics, ESCALATIONS) as escalations,
        reading(ward_topics, BEDSIDE) as written,
    ):
        bedside.send([event for old in pairs for event in enrolled(old)])
        bedside.send([measured(f"{old}-t", old, temperature_c=39.0, sbp_mmhg=80, spo2_pct=97) for old in pairs])
        eventually(lambda: len(named(escalations(), "crs.escalations.v1")) >= PAIRS, within=60)

        bedside.send([merge(old, new) for old, new in pairs.items()])
        eventually(lambda: named(written(), "crs.handover.v1"), within=30)
        grader.kill()
        # What comes while nobody grades, and still under the old name, is the survivor's.
        bedside.send([charted(f"{old}-v", old, kind="vasopressor", drug="norepinephrine", rate=0.1) for old in pairs])
        grader.start()
        eventually(lambda: paged(escalations(), 3) >= {*pairs.values()}, within=90)
        eventually(lambda: merged_away(escalations()) == {*pairs}, within=30)
        bedside.send([charted(f"{old}-b", old, kind="oxygen", device="bipap") for old in pairs])
        eventually(lambda: paged(escalations(), 4), within=30)
        eventually(lambda: paged(escalations(), 4) == {*pairs.values()}, within=30)
        assert grader.stop() == 0

        said = graded(records_of(ward_topics), ward_topics.partitions)
        expected = {one.value["escalation_id"]: one.value for one in said if one.topic == "escalations"}
        eventually(lambda: {told["escalation_id"] for told in escalations()} == expected.keys(), within=30)
        assert {told["escalation_id"]: told for told in escalations()} == expected
        # Until it is answered the old name pages too; everything said under it is resolved with the answer.
        under_old = [told for told in expected.values() if told["patient_id"] in pairs]
        ended = {name for told in under_old for name in told.get("resolves", ())}
        assert {told["escalation_id"] for told in under_old if told["kind"] != "resolved"} == ended
        assert paged(under_old, 2) == {*pairs}
        assert paged(expected.values(), 2) == {*pairs}


def paged(told: Iterable[dict], grade: int) -> set[str]:
    """For whom a CRS rise to this grade was paged."""
    return {one["patient_id"] for one in told if one["kind"] == "crs_rise" and one["grade"] == grade}


def merged_away(told: Iterable[dict]) -> set[str]:
    return {one["patient_id"] for one in told if one.get("reason") == "merged"}


def lines() -> list[dict]:
    """Two chains of merges and what comes before, between and after, under every name."""
    found = []
    for old in ("ed-1", "ed-2"):
        new, last = elsewhere(old), elsewhere(elsewhere(old))
        vitals = {"schema": "crs.vitals.v1", "source": "manual"}
        chart = {"schema": "crs.clinical.v1"}
        events = [
            (0, old, chart | {"kind": "encounter", "action": "admit", "age_years": 60, "unit": "ed"}),
            (1, old, chart | {"kind": "oxygen", "device": "room_air"}),
            (1, old, chart | {"kind": "vasopressor", "drug": "none"}),
            (2, old, vitals | {"temperature_c": 38.6, "sbp_mmhg": 84, "spo2_pct": 97}),
            (3, new, chart | {"kind": "immunotherapy", "product": "axi-cel"}),
            (4, new, vitals | {"heart_rate_bpm": 0}),
            (6, old, chart | {"kind": "encounter", "action": "merge", "merged_into": new}),
            (7, old, vitals | {"sbp_mmhg": 82}),
            (8, new, chart | {"kind": "oxygen", "device": "face_mask"}),
            (20, new, chart | {"kind": "encounter", "action": "merge", "merged_into": last}),
            (21, old, chart | {"kind": "oxygen", "device": "bipap"}),
            (22, new, vitals | {"heart_rate_bpm": 120}),
            (70, last, vitals | {"sbp_mmhg": 120}),
        ]
        for number, (minute, patient_id, event) in enumerate(events):
            time = "observed_at" if event["schema"] == "crs.vitals.v1" else "recorded_at"
            found.append({**event, "event_id": f"{old}-{number}", "patient_id": patient_id, time: when(minute)})
    return sorted(found, key=lambda event: event.get("observed_at", event.get("recorded_at")))


@pytest.mark.timeout(300)
def test_a_replay_through_kafka_prints_what_the_plain_replay_prints(tmp_path, kafka):
    path = tmp_path / "merges.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines()))
    until = ("--until", when(600))
    plain = crswatch("replay", path, *until)
    through_kafka = crswatch("replay", "--kafka", path, *until, KAFKA_BOOTSTRAP_SERVERS=kafka.bootstrap_servers)

    assert (plain.returncode, through_kafka.returncode) == (0, 0), through_kafka.stderr.decode()
    assert by_patient(through_kafka.stdout) == by_patient(plain.stdout)
    told = [json.loads(line) for line in plain.stdout.splitlines()]
    grades = {(one["patient_id"], one["grade"]) for one in told if one.get("kind") == "crs_rise"}
    for old in ("ed-1", "ed-2"):
        assert (elsewhere(elsewhere(old)), 4) in grades
        assert sum(one.get("reason") == "merged" for one in told if one["patient_id"] in (old, elsewhere(old))) >= 2
