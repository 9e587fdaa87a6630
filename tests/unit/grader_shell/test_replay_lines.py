"""The lines of a replay file: their clock, and why one is refused."""

import json

import pytest

from schemas.times import parse_time
from services.grader.engine.partition import Partition
from services.grader.replay import BadLine, Line, read_lines, replay


def vitals(at: str, **more: object) -> bytes:
    event = {
        "schema": "crs.vitals.v1",
        "event_id": f"e-{at}",
        "patient_id": "bed-7",
        "observed_at": at,
        "source": "monitor",
        "spo2_pct": 97,
    }
    return json.dumps(event | more).encode() + b"\n"


def clocks(*lines: bytes) -> list[int | None]:
    return [line.clock_ms if isinstance(line, Line) else None for line in read_lines(lines)]


NINE, TEN, ELEVEN = ("2026-03-01T09:00:00Z", "2026-03-01T10:00:00Z", "2026-03-01T11:00:00Z")


def test_the_clock_is_the_running_maximum_of_the_events_times():
    assert clocks(vitals(NINE), vitals(ELEVEN), vitals(TEN)) == [*map(parse_time, (NINE, ELEVEN, ELEVEN))]


def test_a_line_that_says_when_it_arrived_sets_the_clock():
    assert clocks(vitals(NINE), vitals(NINE, received_at=TEN), vitals(ELEVEN, received_at=TEN)) == [
        *map(parse_time, (NINE, TEN, TEN))
    ]


def test_a_refused_line_does_not_move_the_clock():
    assert clocks(vitals(NINE), vitals(ELEVEN, spo2_pct=104), vitals(TEN)) == [parse_time(NINE), None, parse_time(TEN)]


def test_when_it_arrived_belongs_to_the_file_and_not_to_the_event():
    (line,) = read_lines([vitals(NINE, received_at=TEN)])

    assert "received_at" not in line.record


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (vitals(NINE, spo2_pct=104), "line 1: spo2_pct: out_of_range"),
        (vitals(NINE, received_at="yesterday"), "line 1: received_at: bad_time"),
        (vitals(NINE, received_at=None), "line 1: received_at: null_field"),
        (vitals(NINE, received_at=7), "line 1: received_at: bad_time"),
        (vitals("2026-03-01T09:00:00"), "line 1: observed_at: no_zone"),
        (b'{"schema": "crs.tick.v1"}\n', "line 1: schema: unknown_schema"),
        (b"\n", "line 1: empty"),
        (b"HR=88\n", "line 1: not_json"),
        (vitals(NINE, padding="x" * 600_000), "line 1: too_large"),
    ],
)
def test_a_refused_line_is_named_with_its_reason(body, sentence):
    (bad,) = read_lines([body])

    assert isinstance(bad, BadLine)
    assert bad.sentence() == sentence


def test_a_forgotten_patient_prints_nothing():
    discharge = {
        "schema": "crs.clinical.v1",
        "event_id": "discharge-1",
        "patient_id": "bed-7",
        "recorded_at": TEN,
        "kind": "encounter",
        "action": "discharge",
    }
    engine = Partition()
    lines = read_lines([vitals(NINE), json.dumps(discharge).encode()])
    printed = list(replay(lines, engine, until_ms=parse_time(TEN) + 25 * 3_600_000))

    assert engine.patients == {}
    assert [item["encounter"] for item in printed if item["schema"] == "crs.estimates.v1"][-1] == "discharged"
    assert all(isinstance(item, dict) for item in printed)
