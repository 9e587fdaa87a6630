"""Dates of patients whose names were taken away are often shifted, before 1970 too: everything is as in our days."""

import json
import re
from datetime import timedelta

import pytest

from schemas.times import format_time, parse_time
from services.grader.engine.partition import Partition
from services.grader.replay import BadLine, read_lines, replay
from services.simulator.lines import line
from services.simulator.ward import arrivals
from tests.unit.simulator.wards import HOUR_MS, START_MS, plan
from tests.vignettes import bed as bedside
from tests.vignettes.merges import NEW, merged, under
from tests.vignettes.starting_points import SECOND, febrile_bed

CENTURY_MS = round(timedelta(days=24 * 1461) / timedelta(milliseconds=1))  # 96 years: the same days of the same months
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
NAMED_BY_TIME = ("escalation_id", "resolves")


@pytest.fixture(scope="module")
def ward() -> str:
    return b"".join(map(line, arrivals(plan(8, days=1, every_ms=900_000, is_untidy=True)))).decode()


def shifted(text: str, by_ms: int) -> str:
    text = TIME.sub(lambda found: format_time(parse_time(found[0]) + by_ms), text)
    return re.sub(
        r'("birth_date":\s*")(\d{4})', lambda found: f"{found[1]}{int(found[2]) + by_ms // CENTURY_MS * 96}", text
    )


def said(text: str) -> list[dict]:
    """All that is said, names left out in which a time is hidden."""
    outputs = list(replay(read_lines(text.encode().splitlines(keepends=True)), Partition(watch_all=True)))
    assert not [output for output in outputs if isinstance(output, BadLine)]
    return [{name: value for name, value in output.items() if name not in NAMED_BY_TIME} for output in outputs]


def test_a_ward_of_1930_is_graded_as_one_of_our_days(ward):
    ours = said(ward)
    theirs = json.loads(shifted(json.dumps(said(shifted(ward, -CENTURY_MS))), CENTURY_MS))

    assert len([one for one in ours if one["schema"] == "crs.escalations.v1"]) > 30
    assert theirs == json.loads(shifted(json.dumps(ours), 0))


def test_a_ward_across_the_turn_of_1970_is_too(ward):
    turn_ms = START_MS + 9 * HOUR_MS
    ward = re.sub(r'"birth_date":"[^"]*"', '"age_years":50', ward)
    theirs = json.loads(shifted(json.dumps(said(shifted(ward, -turn_ms))), turn_ms))

    assert theirs == json.loads(shifted(json.dumps(said(ward)), 0))


@pytest.mark.parametrize("day", ["1930-03-01T08:00:00Z", "2026-03-01T08:00:00Z"])
def test_a_stream_is_steady_and_a_merge_forgets_no_retraction_that_waits(day, monkeypatch):
    monkeypatch.setattr(bedside, "START_MS", parse_time(day))
    bed = febrile_bed()
    for second in range(60):
        bed.monitor(2 + second * SECOND, spo2_pct=97)
    assert bed.partition._kept["bed-7"].steady is not None
    bed.chart(4, "retraction", retracts="slip")
    under(merged(bed, 5), NEW).vitals(6, spo2_pct=80, event_id="slip")
    assert bed.said() == ["resolved merged"]
