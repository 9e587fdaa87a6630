"""Every scenario through the pure grader: the peak that its story deserves, no more and no less."""

from functools import cache

import pytest

from services.grader.engine.partition import Partition
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.replay import BadLine, read_lines, replay
from services.simulator.lines import line
from services.simulator.scenarios import ALL
from services.simulator.ward import arrivals
from tests.unit.simulator.wards import one


@cache
def graded(scenario, seed=7):
    """What the ward would have seen of one patient with this scenario."""
    lines = [line(arrival) for arrival in arrivals(one(scenario, days=3, every_ms=240_000, seed=seed))]
    return list(replay(read_lines(lines), Partition(DEFAULT_RULES)))


def estimates(seen):
    return [output for output in seen if output["schema"] == "crs.estimates.v1"]


def kinds(seen):
    return [output["kind"] for output in seen if output["schema"] == "crs.escalations.v1"]


@pytest.mark.parametrize("scenario", ALL, ids=lambda scenario: scenario.name)
@pytest.mark.parametrize("seed", [7, pytest.param(8, marks=pytest.mark.prove)])
def test_a_scenario_reaches_the_grade_it_is_named_for(scenario, seed):
    seen = graded(scenario.name, seed=seed)

    assert not [output for output in seen if isinstance(output, BadLine)]
    assert max(estimate["grade_low"] for estimate in estimates(seen)) == scenario.crs_peak
    assert max(estimate["icans_low"] for estimate in estimates(seen)) == scenario.icans_peak


@pytest.mark.parametrize("scenario", ["well", "hand_charted", "going_home", "off_unit_scan"])
def test_nobody_is_paged_for_who_is_well(scenario):
    assert kinds(graded(scenario)) == []


@pytest.mark.parametrize(
    ("scenario", "expected"),
    [
        ("sensor_falls_off", ["technical_stale", "resolved"]),
        ("infection_mimic", ["crs_rise", "resolved"]),
        ("entered_in_error", ["crs_rise", "resolved"]),
        ("icans_alone", ["icans_rise", "icans_rise", "resolved", "resolved"]),
    ],
)
def test_a_quiet_story_pages_for_its_one_reason_and_clears_it(scenario, expected):
    assert kinds(graded(scenario)) == expected


def test_a_silent_monitor_is_noticed():
    assert "technical_silent" in kinds(graded("monitor_goes_silent"))
