"""Catching up after an hour without a grader: in order, late where it is late, and nobody stale who was not."""

import pytest

from schemas.topics import ESCALATIONS
from tests.integration.grader.bedside import reading
from tests.integration.grader.grader_process import grader_process
from tests.integration.grader.past_hours import Past, open_past, stamped_topics
from tests.integration.grader.recorded import graded, records_of
from tests.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(200)]
GRADER = "services.grader"
MONITORED = [f"bed-{number}" for number in range(8)]
SILENT, LATE = "bed-silent", "bed-late"
TECHNICAL = ("technical_silent", "technical_stale")


def charted(past: Past, name: str, minutes_ago: float, **fields: object) -> dict:
    stamp = {"recorded_at": past.at(minutes_ago)}
    return {"schema": "crs.clinical.v1", "event_id": name, **stamp, **fields}


def measured(past: Past, patient_id: str, minutes_ago: float, source: str, **signs: object) -> dict:
    name, stamp = f"{patient_id}-{source}-{minutes_ago:g}", {"observed_at": past.at(minutes_ago)}
    return {
        "schema": "crs.vitals.v1", "event_id": name, "patient_id": patient_id, **stamp, "source": source, **signs
    }  # fmt: skip


def admitted(past: Past, minutes_ago: float) -> None:
    for bed in (*MONITORED, SILENT, LATE):
        charts = [
            {"kind": "encounter", "action": "admit", "unit": "4W", "age_years": 60},
            {"kind": "immunotherapy", "product": "axi-cel"},
            {"kind": "oxygen", "device": "room_air"},
            {"kind": "vasopressor", "drug": "none"},
        ]
        past.send(
            minutes_ago,
            [
                charted(past, f"{bed}-{number}", minutes_ago, patient_id=bed, **fields)
                for number, fields in enumerate(charts)
            ],
        )


def an_hour_passes(past: Past) -> None:
    """Monitors every half minute; one bed falls silent after ten minutes; one fever is charted half an hour late."""
    for half_minute in range(120):
        ago = 60 - half_minute / 2
        pressure = 80 if half_minute >= 60 else 118
        for bed in MONITORED:
            past.send(ago, [measured(past, bed, ago, "monitor", heart_rate_bpm=80, sbp_mmhg=pressure, spo2_pct=97,
                                     resp_rate_bpm=14, bp_source="arterial")])  # fmt: skip
        if half_minute < 20:
            past.send(ago, [measured(past, SILENT, ago, "monitor", heart_rate_bpm=80, spo2_pct=97)])
        past.send(ago, [measured(past, LATE, ago, "monitor", heart_rate_bpm=80, spo2_pct=97)])
        if half_minute == 5:
            past.send(ago, [measured(past, bed, ago, "manual", temperature_c=39.0) for bed in MONITORED])
        if half_minute == 100:
            past.send(ago, [measured(past, LATE, ago + 30, "manual", temperature_c=39.0, sbp_mmhg=118)])


@pytest.fixture(scope="module")
def outage(kafka, tmp_path_factory):
    """Escalations as they came, and those of a plain replay of the same log."""
    with (
        stamped_topics(kafka.bootstrap_servers, partitions=2) as ward,
        grader_process(ward, tmp_path_factory.mktemp("outage"), module=GRADER, ticks="false") as grader,
        open_past(ward) as past,
        reading(ward, ESCALATIONS) as escalations,
    ):
        admitted(past, 61)
        past.tick(60.9)
        eventually(lambda: f"crs_patients {float(len(MONITORED) + 2)}" in seen(grader, "/metrics"), within=60)
        assert grader.stop() == 0
        an_hour_passes(past)
        past.tick(0)
        grader.start()
        expected = [one.value for one in graded(records_of(ward), ward.partitions) if one.topic == "escalations"]
        eventually(lambda: len(escalations()) >= len(expected), within=60)
        assert grader.stop() == 0
        yield escalations(), expected, past


def seen(grader, path: str) -> str:
    try:
        return grader.page(path)
    except OSError:
        return ""


def test_what_is_said_is_what_the_replay_says_and_in_the_logs_order(outage):
    found, expected, _ = outage

    assert {one["escalation_id"]: one for one in found} == {one["escalation_id"]: one for one in expected}
    assert len(found) == len(expected)
    for partition in range(2):
        here = [one["detected_at"] for one in found if one["provenance"]["partition"] == partition]
        assert here == sorted(here)
        assert len(here) > 4


def test_nobody_whose_data_came_is_called_silent_or_stale(outage):
    found, _, _ = outage

    assert {one["patient_id"] for one in found if one["kind"] in TECHNICAL} == {SILENT}


def test_who_really_fell_silent_is_paged_for_as_of_then(outage):
    found, _, past = outage

    (page,) = [one for one in found if one["kind"] == "technical_silent"]
    assert past.at(50) < page["occurred_at"] == page["detected_at"] < past.at(30)


def test_rises_are_dated_when_they_rose_and_only_what_came_late_is_late(outage):
    found, _, past = outage

    rises = [one for one in found if one["kind"] == "crs_rise"]
    assert {(one["patient_id"], one["grade"]) for one in rises} == {
        *((bed, grade) for bed in MONITORED for grade in (1, 2)), (LATE, 1)
    }  # fmt: skip
    assert {one["patient_id"] for one in rises if one["late"]} == {LATE}
    for one in rises:
        since = past.at(57.6 if one["grade"] == 1 else 30.1)
        assert since < one["detected_at"] < past.at(9)
