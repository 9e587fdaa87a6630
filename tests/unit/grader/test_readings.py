"""What a value means and how it came."""

import pytest

from services.grader.engine.grading import Bounds, grade_device, hypotension_limit
from services.grader.engine.readings import (
    ABNORMAL,
    CUFF,
    DEEP,
    FAST,
    NORMAL,
    PATCH,
    PROBE,
    SPO2,
    SPO2_HOME,
    SPOT,
    Limits,
    categorise,
    manner_of,
    placed_ms,
    rounded_temperature,
)
from services.grader.engine.rules import DEFAULT_RULES


@pytest.mark.parametrize(
    ("sign", "record", "manner"),
    [
        ("sbp_mmhg", {"source": "monitor"}, CUFF),
        ("dbp_mmhg", {"source": "monitor", "bp_source": "cuff"}, CUFF),
        ("map_mmhg", {"source": "wearable"}, CUFF),
        ("map_mmhg", {"source": "monitor", "bp_source": "arterial"}, FAST),
        ("heart_rate_bpm", {"source": "monitor"}, FAST),
        ("heart_rate_bpm", {"source": "manual"}, SPOT),
        ("sbp_mmhg", {"source": "interface", "bp_source": "arterial"}, SPOT),
        ("temperature_c", {"source": "wearable"}, PATCH),
        ("temperature_c", {"source": "monitor", "temperature_site": "axillary"}, PATCH),
        ("temperature_c", {"source": "monitor", "temperature_site": "core"}, PROBE),
        ("temperature_c", {"source": "interface", "temperature_site": "axillary"}, SPOT),
    ],
)
def test_how_a_reading_came_decides_how_long_it_must_last(sign, record, manner):
    assert manner_of(sign, record) == manner


def test_streams_are_placed_to_their_second_and_hand_charted_values_where_they_were_taken():
    assert placed_ms({"source": "monitor"}, 61_999) == 61_000
    assert placed_ms({"source": "wearable"}, 61_000) == 61_000
    assert placed_ms({"source": "manual"}, 61_999) == 61_999


def test_saturation_counts_against_the_patients_own_target_in_its_own_series_only():
    limits = Limits(90, 85)
    assert [categorise(SPO2_HOME, value, limits, DEFAULT_RULES) for value in (85, 84, 80)] == [NORMAL, ABNORMAL, DEEP]
    assert [categorise(SPO2, value, limits, DEFAULT_RULES) for value in (90, 89, 85)] == [NORMAL, ABNORMAL, DEEP]
    assert categorise(SPO2_HOME, 89, Limits(90, None), DEFAULT_RULES) == ABNORMAL


@pytest.mark.parametrize(("value", "shown"), [(37.94, 37.9), (37.95, 38.0), (38.05, 38.1), (37.85, 37.9), (38, 38.0)])
def test_temperature_is_rounded_half_up(value, shown):
    assert rounded_temperature(value) == shown


def test_a_device_that_nobody_has_heard_of_is_graded_as_any_other():
    assert grade_device("a new one", None, DEFAULT_RULES) == grade_device("other", None, DEFAULT_RULES) == Bounds(2, 4)
    assert grade_device(None, None, DEFAULT_RULES) == Bounds(0, 4)


@pytest.mark.parametrize(("flow", "bounds"), [(0, (0, 0)), (0.5, (2, 2)), (1, (2, 2)), (6, (2, 2)), (6.5, (3, 3))])
def test_a_cannula_with_any_flow_is_support(flow, bounds):
    assert grade_device("nasal_cannula", flow, DEFAULT_RULES) == bounds


@pytest.mark.parametrize(
    ("months", "limit"),
    [(0, 60), (1, 70), (11, 70), (12, 72), (23, 72), (24, 74), (119, 88), (120, 90), (125, 90), (None, 90)],
)
def test_the_systolic_limit_by_age(months, limit):
    assert hypotension_limit(months, None, DEFAULT_RULES) == limit


def test_a_share_of_the_baseline_is_what_it_is_on_paper():
    assert hypotension_limit(None, 116.375, DEFAULT_RULES) == 93.1  # 0.8 x 116.375 is 93.10000000000001 in a computer
    assert hypotension_limit(216, 115, DEFAULT_RULES) == 92
    assert hypotension_limit(215, 115, DEFAULT_RULES) == 90  # below eighteen the baseline does not count
