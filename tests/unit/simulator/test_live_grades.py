"""The live ward through the pure grader: a quiet opening, then the script, and nothing else."""

import json

import pytest

from schemas.reading import read_bedside
from services.grader.engine import Origin
from services.grader.engine.partition import Partition
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.simulator.live_ward import LivePlan, LiveWard
from tests.unit.simulator.wards import START_MS

BEAT_S = 5


@pytest.fixture(scope="module")
def raised():
    """(second, bed, kind, grade) of every escalation in the first six minutes, by arrival and with ticks as live."""
    ward = LiveWard(LivePlan(beds=12, seed=7, start_ms=START_MS, every_ms=BEAT_S * 1000))
    partition = Partition(DEFAULT_RULES)
    found = []
    for second in range(0, 6 * 60, BEAT_S):
        now_ms = START_MS + second * 1000
        outputs = []
        # Charts first, as delivery sends them; a tick between any two, as the grader's clock may fall there.
        for body in sorted(ward.due(now_ms), key=lambda body: body["schema"]):
            record = read_bedside(json.dumps(body).encode())
            outputs += partition.apply(record, clock_ms=now_ms, origin=Origin("bedside", 0, 0))
            outputs += partition.advance(now_ms)
        found += [(second, output.value) for output in outputs if output.topic == "escalations"]
    return [(s, v["patient_id"][-3:], v["kind"], v.get("grade") or v.get("icans")) for s, v in found]


def test_the_opening_raises_nothing(raised):
    assert [alarm for alarm in raised if alarm[0] < 50] == []


def test_the_rises_of_the_script_come_when_they_should(raised):
    rises = {(bed, kind, grade): second for second, bed, kind, grade in raised if kind.endswith("_rise")}

    assert [rises["002", "crs_rise", grade] // 60 for grade in (1, 2, 3)] == [0, 2, 3]
    assert [rises["007", "crs_rise", grade] // 60 for grade in (1, 2, 3)] == [2, 3, 5]
    assert [rises["004", "icans_rise", grade] // 60 for grade in (1, 2)] == [1, 3]


def test_a_lost_probe_and_a_silent_monitor_are_noticed_within_four_minutes(raised):
    noticed = {(bed, kind): second for second, bed, kind, _ in raised}

    assert noticed["005", "technical_stale"] < 240
    assert noticed["008", "technical_silent"] < 240


def test_nobody_else_raises_anything(raised):
    assert {bed for _, bed, _, _ in raised} == {"002", "004", "005", "007", "008"}
