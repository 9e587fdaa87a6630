"""What a value means and how it came."""

import pytest

from services.grader.engine.crs.grading import Bounds, grade_device, hypotension_limit
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.engine.signs.readings import (
    ABNORMAL,
    CRITICAL,
    CUFF,
    DEEP,
    FAST,
    NORMAL,
    PATCH,
    PROBE,
    SPO2,
    SPO2_HOME,
    SPOT,
    SUSPECT,
    Limits,
    Reading,
    categorise,
    flags_of,
    manner_of,
    placed_ms,
    readings_of,
    rounded_temperature,
)


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


@pytest.mark.parametrize(
    ("series", "value", "category"),
    [
        ("heart_rate_bpm", 0, CRITICAL), ("heart_rate_bpm", 1, NORMAL), ("resp_rate_bpm", 0, CRITICAL),
        ("resp_rate_bpm", 1, NORMAL), ("spo2_pct", 49, CRITICAL), ("spo2_pct", 50, DEEP),
        ("sbp_mmhg:cuff", 49, CRITICAL),
        ("sbp_mmhg:cuff", 50, DEEP), ("sbp_mmhg:arterial", 85, DEEP), ("sbp_mmhg:arterial", 86, ABNORMAL),
        ("sbp_mmhg:arterial", 90, NORMAL), ("temperature_c", 37.9, NORMAL), ("temperature_c", 38, ABNORMAL),
        ("temperature_c", 44, ABNORMAL), ("temperature_c", 44.1, SUSPECT),
    ],
)  # fmt: skip
def test_what_a_value_means_on_both_sides_of_every_limit(series, value, category):
    assert categorise(series, value, Limits(90, None), DEFAULT_RULES) == category


@pytest.mark.parametrize(
    ("sign", "value", "infant", "flags"),
    [
        ("temperature_c", 32, False, []), ("temperature_c", 31.9, False, ["implausible"]),
        ("temperature_c", 44, False, []), ("temperature_c", 98.6, False, ["unit_suspect"]),
        ("heart_rate_bpm", 300, False, []), ("heart_rate_bpm", 301, False, ["implausible"]),
        ("heart_rate_bpm", 301, True, ["implausible"]), ("heart_rate_bpm", 60, False, []),
        ("resp_rate_bpm", 70, False, []), ("resp_rate_bpm", 71, False, ["implausible"]),
        ("resp_rate_bpm", 100, True, []), ("resp_rate_bpm", 101, True, ["implausible"]),
    ],
)  # fmt: skip
def test_what_is_odd_about_a_value_that_is_kept_all_the_same(sign, value, infant, flags):
    assert flags_of(sign, value, infant=infant, rules=DEFAULT_RULES) == flags


def test_saturation_is_read_twice_where_the_patient_has_a_target_and_nothing_else_is():
    record = {"source": "monitor", "spo2_pct": 87, "heart_rate_bpm": 80, "dbp_mmhg": 60}
    alone = list(readings_of(record, 1500, Limits(90, None), DEFAULT_RULES))
    assert alone == [Reading("heart_rate_bpm", 1000, 80, NORMAL, FAST), Reading("spo2_pct", 1000, 87, ABNORMAL, FAST)]
    twice = list(readings_of(record, 1500, Limits(90, 85), DEFAULT_RULES))
    assert twice == [*alone, Reading("spo2_pct:home", 1000, 87, NORMAL, FAST)]
    (cuff,) = readings_of({"source": "monitor", "sbp_mmhg": 80}, 1500, Limits(90, 85), DEFAULT_RULES)
    assert cuff == Reading("sbp_mmhg:cuff", 1000, 80, DEEP, CUFF)


@pytest.mark.parametrize(("value", "shown"), [(37.94, 37.9), (37.95, 38.0), (38.05, 38.1), (37.85, 37.9), (38, 38.0)])
def test_temperature_is_rounded_half_up(value, shown):
    assert rounded_temperature(value) == shown


def test_a_device_that_nobody_has_heard_of_is_graded_as_any_other():
    assert grade_device("a new one", None, DEFAULT_RULES) == grade_device("other", None, DEFAULT_RULES) == Bounds(2, 4)


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
