"""Whole pages as they go out to whoever is paged. Minutes since admission."""

from typing import Any

import pytest

from tests.vignettes.bed import Bed, when
from tests.vignettes.pages import FEVER, at, lies, page
from tests.vignettes.starting_points import HOUR, SECOND, WELL, febrile_bed, well_bed


def low_pressure(minute: float) -> dict[str, Any]:
    return {
        "rule": "adult_sbp_mmhg",
        "value": 84.0,
        "threshold": 90,
        "unit": "mm[Hg]",
        "observed_at": when(minute),
        "citation": "PALS 2015 (PedsCases); Mahadeo 2019 T2",
        "would_change": "90 mmHg or above for 30 min, confirmed by a second reading.",
    }


def test_a_rise():
    bed = febrile_bed().vitals(5, sbp_mmhg=84)
    assert page(bed, "crs_rise") == {
        "priority": "medium",
        "grade": 2,
        "grade_high": 2,
        "previous_grade": 1,
        "rise": 1,
        **at(5),
        "drivers": ["fever", "hypotension"],
        "missing": [],
        "because": [FEVER, low_pressure(5)],
        "provenance": lies(5),
    }


def test_a_rise_of_which_the_upper_bound_is_open():
    bed = Bed().admit().vitals(1, temperature_c=38.5)
    assert page(bed, "crs_rise") == {
        "priority": "low",
        "grade": 1,
        "grade_high": 4,
        "previous_grade": 0,
        "rise": 1,
        **at(1),
        "drivers": ["fever"],
        "missing": ["sbp_mmhg", "vasopressor", "spo2_pct", "oxygen_device"],
        "because": [FEVER],
        "provenance": lies(2),
    }


def test_a_neurological_rise_has_the_drivers_of_its_own_scale_only():
    bed = febrile_bed().chart(2, "neuro", ice=0)
    assert page(bed, "icans_rise") == {
        "priority": "high",
        "icans": 3,
        "previous_grade": 0,
        "rise": 1,
        **at(2),
        "drivers": [],
        "missing": ["consciousness"],
        "because": [
            {
                "rule": "ice_grade3_score",
                "text": "ICE 0 (Grade 3 at 2 or less); whether the patient can be roused is not known",
                "value": 0,
                "threshold": 2,
                "unit": "{score}",
                "observed_at": when(2),
                "citation": "Lee 2019 (ASTCT), consensus table",
                "would_change": "Lower with an ICE of 3 or more for 30 min; consciousness decides between Grade 3 and "
                "4.",
            }
        ],
        "provenance": lies(5),
    }


def test_a_rise_that_newer_readings_refute_is_one_priority_lower():
    bed = febrile_bed().vitals(30, **WELL).vitals(20, sbp_mmhg=84, arrives=31)
    assert page(bed, "crs_rise") == {
        "priority": "low",
        "grade": 2,
        "grade_high": 2,
        "previous_grade": 1,
        "rise": 1,
        **at(20, noticed=31, late=True),
        "drivers": ["fever", "hypotension"],
        "missing": [],
        "because": [FEVER, low_pressure(20)],
        "provenance": lies(6),
    }


def test_the_end_of_a_rise_says_what_is_left():
    bed = Bed().admit().chart(0, "vasopressor", drug="none").vitals(1, temperature_c=38.5, **WELL)
    bed.vitals(10, sbp_mmhg=84).vitals(20, sbp_mmhg=112).chart(21, "neuro", ice=8, consciousness="awake")
    bed.vitals(50, sbp_mmhg=112)
    assert page(bed, "resolved") == {
        "priority": "low",
        "grade": 1,
        "grade_high": 4,
        "icans": 1,
        **at(50),
        "drivers": ["fever"],
        "missing": ["oxygen_device"],
        "because": [FEVER],
        "provenance": lies(7),
        "resolves": [bed.escalations("crs_rise")[-1]["escalation_id"]],
        "reason": "improved",
    }


def test_possible_crs():
    bed = Bed().admit().chart(0, "oxygen", device="room_air").vitals(1, spo2_pct=97, sbp_mmhg=84).until(5)
    assert page(bed, "possible_crs") == {
        "priority": "medium",
        "grade": 0,
        "grade_high": 4,
        "icans": 0,
        **at(2),
        "drivers": ["hypotension"],
        "missing": ["temperature_c", "vasopressor"],
        "because": [low_pressure(1)],
        "provenance": lies(3),
    }


CRITICAL = [
    ({"spo2_pct": 49}, {"threshold": 50, "value": 49.0}, ["hypoxia"]),
    ({"sbp_mmhg": 49}, {"threshold": 50, "value": 49.0}, ["hypotension"]),
    ({"heart_rate_bpm": 0}, {"threshold": 0, "text": "no pulse or sensor off", "value": 0.0}, []),
    ({"resp_rate_bpm": 0}, {"threshold": 0, "text": "apnoea or sensor off", "value": 0.0}, []),
]


@pytest.mark.parametrize(("sign", "said", "drivers"), CRITICAL)
def test_a_critical_value(sign, said, drivers):
    bed = well_bed().vitals(2, **sign)
    assert page(bed, "critical_value") == {
        "priority": "high",
        "grade": 0,
        "grade_high": 0,
        "icans": 0,
        "sign": next(iter(sign)),
        **at(2),
        "drivers": drivers,
        "missing": [],
        "because": [{"rule": "critical_value", **said, "observed_at": when(2)}],
        "provenance": lies(5),
    }


def test_a_critical_value_that_came_late_and_is_over_is_one_priority_lower():
    bed = well_bed().monitor(20, spo2_pct=97)
    for second in range(0, 20, 5):
        bed.vitals(15 + second * SECOND, source="monitor", arrives=21, spo2_pct=45)
    told = page(bed, "critical_value")
    assert {name: told[name] for name in ("priority", *at(15))} == {
        "priority": "medium",
        **at(15, noticed=21, late=True),
    }
    assert told["because"] == [{"rule": "critical_value", "threshold": 50, "value": 45.0, "observed_at": when(15)}]


def test_a_ward_score():
    bed = well_bed().vitals(1, resp_rate_bpm=26, heart_rate_bpm=132, spo2_pct=95)
    told = page(bed, "ward_score")
    assert (told["priority"], told["sign"], told["late"]) == ("high", "news2", False)
    assert told["because"] == [
        {"rule": "ward_score_news2", "value": 7, "threshold": 7, "citation": "RCP NEWS2 2017, Chart 1"}
    ]


def test_an_examination_that_is_due():
    bed = well_bed(watch_all=False).chart(10, "immunotherapy", product="axi-cel")
    for hour in range(4, 16, 4):
        bed.vitals(hour * HOUR, temperature_c=36.8, **WELL).on_room_air(hour * HOUR)
    bed.until(15 * HOUR)
    due = 14 * HOUR + 10
    assert page(bed, "neuro_due") == {
        "priority": "low",
        "grade": 0,
        "grade_high": 0,
        "icans": 0,
        "sign": "ice",
        **at(due),
        "drivers": [],
        "missing": ["ice"],
        "because": [
            {
                "rule": "exam_stale_h",
                "text": "No ICE since the dose, 14 h or more ago",
                "threshold": 14,
                "unit": "h",
                "citation": "NCCN CART-9 and EBMT handbook: at least twice a day",
                "would_change": "Ends with the next ICE.",
            }
        ],
        "provenance": lies(14),
    }


@pytest.mark.parametrize(("scale", "value", "minute"), [("crs", 2, 3), ("icans", 1, 4)])
def test_a_clinicians_grade_that_newer_data_contradict(scale, value, minute):
    bed = well_bed().chart(1, "clinician_grade", author="dr-a", crs=0, icans=0)
    bed.vitals(2, heart_rate_bpm=81).vitals(3, temperature_c=38.5, sbp_mmhg=84)
    bed.chart(4, "neuro", ice=8, consciousness="awake")
    (told,) = [item for item in bed.escalations("grade_disagreement") if item["sign"] == scale]
    assert (told["priority"], told["occurred_at"]) == ("medium", when(minute))
    assert (told["grade"], told["icans"]) == (2, int(scale == "icans"))
    assert told["because"] == [{"rule": "clinician_grade", "value": value, "threshold": 0}]


def test_one_sign_that_is_lost():
    bed = well_bed().monitor(3, spo2_pct=97, heart_rate_bpm=80)
    for minute in range(4, 30):
        bed.monitor(minute, heart_rate_bpm=80)
    assert page(bed, "technical_stale") == {
        "priority": "low",
        "grade": 0,
        "grade_high": 0,
        "icans": 0,
        "sign": "spo2_pct",
        **at(18),
        "drivers": [],
        "missing": [],
        "because": [{"rule": "lost", "observed_at": when(3)}],
        "provenance": lies(20),
    }


def test_silence():
    bed = febrile_bed().monitor(3, heart_rate_bpm=80).until(30)
    assert page(bed, "technical_silent") == {
        "priority": "medium",
        "grade": 1,
        "grade_high": 1,
        "icans": 0,
        **at(18),
        "drivers": ["fever"],
        "missing": [],
        "because": [FEVER],
        "provenance": lies(5),
    }
