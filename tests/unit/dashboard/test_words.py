"""Codes in words that a float nurse understands."""

import pytest

from services.dashboard.words import headline, how_missing, reasons


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ({"rule": "fever_c", "value": 38.9, "threshold": 38.0, "unit": "Cel"}, "Fever 38.9 °C (38 or above)"),
        (
            {"rule": "adult_sbp_mmhg", "value": 84, "threshold": 90, "unit": "mm[Hg]"},
            "Systolic pressure 84 mmHg (below 90)",
        ),
        ({"rule": "low_spo2_pct", "value": 88.0, "threshold": 90.0, "unit": "%"}, "SpO₂ 88 % (below 90)"),
        ({"rule": "oxygen_device", "value": "high_flow_nasal_cannula"}, "Oxygen: high flow nasal cannula"),
        ({"rule": "vasopressors", "value": "norepinephrine"}, "Vasopressor: norepinephrine"),
        ({"rule": "fever_latched", "text": "fever counts until it closes"}, "Fever counts until it closes"),
        ({"rule": "hypotension", "text": "not yet confirmed"}, "Hypotension: not yet confirmed"),
        ({"rule": "crs.some_new_rule"}, "Some new rule"),
        ({"rule": "crs.some_new_rule", "text": "Fever 38.9 °C"}, "Fever 38.9 °C"),
    ],
)  # fmt: skip
def test_a_reason_says_what_was_found_and_its_limit(reason, said):
    assert reasons([reason]) == [said]


@pytest.mark.parametrize(
    ("alarm", "said"),
    [
        ({"kind": "crs_rise", "grade": 3}, "CRS grade 3"),
        ({"kind": "icans_rise", "grade": 2}, "ICANS grade 2"),
        ({"kind": "possible_crs", "grade_high": 4}, "Possible CRS, up to grade 4"),
        ({"kind": "critical_value", "sign": "spo2_pct"}, "Critical value: SpO₂"),
        ({"kind": "technical_stale", "sign": "temperature_c"}, "No temperature reading"),
        ({"kind": "neuro_due"}, "ICE score is due"),
        ({"kind": "a_kind_of_tomorrow"}, "A kind of tomorrow"),
    ],
)
def test_an_alarm_says_what_it_is_about(alarm, said):
    assert headline(alarm) == said


def test_what_is_missing_says_how():
    assert how_missing("spo2_pct", "lost") == "lost"
    assert how_missing("temperature_c", "never") == "never measured"
    assert how_missing("vasopressor", "never") == "never charted"
    assert how_missing("oxygen_device", "stale") == "not confirmed lately"
