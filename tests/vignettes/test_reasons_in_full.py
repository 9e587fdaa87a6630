"""Every reason of a CRS grade, word for word as it stands on the screen. Minutes since admission."""

from typing import Any

import pytest

from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.engine.ruleset.site_rules import overridden
from tests.vignettes.bed import Bed, when
from tests.vignettes.starting_points import HOUR, SECOND, WELL, febrile_bed

ASTCT = "Lee 2019 (ASTCT), consensus table"
PALS = "PALS 2015 (PedsCases); Mahadeo 2019 T2"
BRUDNO = "Brudno 2016 T2 (NCI)"
FEVER_CHANGES = (
    "Counts until 24 h below 38 °C without support, low values or antipyretic, or until it is attributed elsewhere."
)
CONFIRMING = {"text": "improvement not yet confirmed", "citation": DEFAULT_RULES.source("hold_min")}


def because(bed: Bed) -> list[dict[str, Any]]:
    """The reasons that an estimate would carry now, sent or not."""
    (output,) = bed.partition.standing([bed.patient])
    return list(dict(output.value or {})["because"])


def beside_fever(bed: Bed) -> list[dict[str, Any]]:
    return [reason for reason in because(bed) if not reason["rule"].startswith("fever")]


def test_a_fever_as_measured():
    assert because(febrile_bed()) == [
        {
            "rule": "fever_c",
            "value": 38.5,
            "threshold": 38.0,
            "unit": "Cel",
            "observed_at": when(1),
            "citation": ASTCT,
            "would_change": FEVER_CHANGES,
        }
    ]


def test_a_fever_that_only_still_counts_names_no_value():
    latched = {
        "rule": "fever_latched",
        "text": "fever counts until the episode closes",
        "citation": ASTCT,
        "would_change": FEVER_CHANGES,
    }
    bed = febrile_bed().until(4.5 * HOUR + 0.99)
    assert because(bed)[0]["rule"] == "fever_c"
    # A temperature that has gone stale says nothing of now, though it was a fever.
    assert because(bed.until(4.5 * HOUR + 1)) == [latched]
    assert because(febrile_bed().vitals(30, temperature_c=37.2)) == [latched]


def test_vasopressors_and_the_pressure_they_do_not_hold_up():
    bed = febrile_bed().chart(10, "vasopressor", drug="vasopressin").chart(11, "vasopressor", drug="noradrenaline")
    assert beside_fever(bed.vitals(12, sbp_mmhg=84)) == [
        {
            "rule": "vasopressors",
            "value": "norepinephrine, vasopressin",
            "threshold": "two or more besides vasopressin are Grade 4",
            "citation": DEFAULT_RULES.source("vasopressors"),
            "would_change": "Grade 4 with two or more besides vasopressin; ends 30 min after none runs.",
        },
        {
            "rule": "adult_sbp_mmhg",
            "value": 84,
            "threshold": 90,
            "unit": "mm[Hg]",
            "observed_at": when(12),
            "citation": PALS,
            "would_change": "90 mmHg or above for 30 min without a vasopressor, confirmed by a second reading.",
        },
    ]


def test_a_vasopressor_that_was_stopped_is_held_by_name():
    bed = febrile_bed().chart(10, "vasopressor", drug="dopamine").chart(20, "vasopressor", drug="none")
    assert beside_fever(bed) == [
        {"rule": "vasopressors", "would_change": f"Falls at {when(50)}, unless the finding returns.", **CONFIRMING}
    ]
    assert beside_fever(bed.until(50)) == []


def test_a_saturation_that_recovers_is_held_until_a_second_reading():
    bed = febrile_bed().vitals(10, spo2_pct=88).chart(11, "oxygen", device="nasal_cannula", flow_l_min=2)
    assert beside_fever(bed)[1] == {
        "rule": "low_spo2_pct",
        "value": 88,
        "threshold": 90,
        "unit": "%",
        "observed_at": when(10),
        "citation": DEFAULT_RULES.source("low_spo2_pct"),
        "would_change": "90 % or above for 30 min, confirmed by a second reading.",
    }
    bed.vitals(20, spo2_pct=95)
    assert beside_fever(bed)[1] == {
        "rule": "hypoxia",
        "would_change": f"Falls at {when(50)} and a second normal reading, unless the finding returns.",
        **CONFIRMING,
    }


def test_a_pressure_that_nobody_measured_again_is_held_until_somebody_does():
    bed = febrile_bed().monitor(10, sbp_mmhg=84, bp_source="arterial").until(10.25)
    assert beside_fever(bed)[0]["value"] == 84
    assert beside_fever(bed.until(25)) == [
        {"rule": "hypotension", "would_change": "A normal reading, and another 30 min later.", **CONFIRMING}
    ]


@pytest.mark.parametrize(("device", "at_home", "limit"), [("nasal_cannula", True, 86), ("face_mask", False, 90)])
def test_the_patients_own_target_counts_on_the_home_device_only(device, at_home, limit):  # settled 4
    bed = Bed().admit().chart(0, "vasopressor", drug="none").chart(1, "oxygen", device=device, flow_l_min=2)
    bed.chart(1, "baseline", oxygen_device="nasal_cannula", spo2_target_low_pct=86)
    bed.vitals(2, temperature_c=38.5, **{**WELL, "spo2_pct": 85})
    *support, low = beside_fever(bed)
    assert low == {
        "rule": "low_spo2_pct",
        "value": 85,
        "threshold": limit,
        "unit": "%",
        "observed_at": when(2),
        "citation": DEFAULT_RULES.source("low_spo2_pct"),
        "would_change": f"{limit} % or above for 30 min, confirmed by a second reading.",
    }
    assert [reason["rule"] for reason in support] == ([] if at_home else ["oxygen_device"])


@pytest.mark.parametrize(
    ("charted", "said"),
    [
        (
            {"device": "nasal_cannula", "flow_l_min": 2.5},
            {
                "value": "nasal_cannula 2.5 L/min",
                "threshold": "low flow is at most 6 L/min",
                "citation": DEFAULT_RULES.source("low_flow_l_min"),
                "would_change": "Grade 3 above 6 L/min; ends 30 min after room air.",
            },
        ),
        (
            {"device": "nasal_cannula"},
            {
                "value": "nasal_cannula",
                "threshold": "low flow is at most 6 L/min",
                "citation": DEFAULT_RULES.source("low_flow_l_min"),
                "would_change": "The flow decides: at most 6 L/min is Grade 2, more is Grade 3; "
                "ends 30 min after room air.",
            },
        ),
        (
            {"device": "high_flow_nasal_cannula", "flow_l_min": 30},
            {
                "value": "high_flow_nasal_cannula 30 L/min",
                "threshold": "low flow is at most 6 L/min",
                "citation": DEFAULT_RULES.source("low_flow_l_min"),
                "would_change": "Grade 2 at 6 L/min or less; ends 30 min after room air.",
            },
        ),
        (
            {"device": "face_mask", "flow_l_min": 5},
            {
                "value": "face_mask",
                "citation": DEFAULT_RULES.source("device_grades"),
                "would_change": "Another device changes it; ends 30 min after room air.",
            },
        ),
    ],
)
def test_an_oxygen_device_as_charted(charted, said):
    bed = febrile_bed().chart(10, "oxygen", **charted)
    assert beside_fever(bed) == [{"rule": "oxygen_device", "observed_at": when(10), **said}]


@pytest.mark.parametrize(
    ("age_years", "sbp", "rule", "threshold"),
    [
        (10, 99, "adult_sbp_mmhg", 100),
        (9.95, 87, "child_sbp_mmhg", 88),
        (1, 71, "child_sbp_mmhg", 72),
        (0.95, 69, "infant_sbp_mmhg", 70),
        (1 / 12, 69, "infant_sbp_mmhg", 70),
        (0.9 / 12, 59, "neonate_sbp_mmhg", 60),
    ],
)
def test_the_rule_is_named_on_both_sides_of_an_age(age_years, sbp, rule, threshold):
    rules = overridden(DEFAULT_RULES, {"id": "ours-1", "adult_sbp_mmhg": 100})
    bed = Bed(rules=rules).admit(age_years=age_years).on_room_air()
    bed.vitals(1, temperature_c=38.5, **{**WELL, "sbp_mmhg": threshold})
    assert bed.interval == (1, 1)
    bed.vitals(2, sbp_mmhg=sbp)
    assert [(reason["rule"], reason["threshold"]) for reason in beside_fever(bed)] == [(rule, threshold)]


def test_a_site_that_takes_a_childs_own_baseline_sees_it_named():
    rules = overridden(DEFAULT_RULES, {"id": "ours-1", "baseline_from_years": 5})
    bed = Bed(rules=rules).admit(age_years=6).on_room_air().chart(0, "baseline", sbp_mmhg=110)
    bed.vitals(1, temperature_c=38.5, **{**WELL, "sbp_mmhg": 87})
    (low,) = beside_fever(bed)
    assert (low["rule"], low["threshold"], low["citation"]) == ("baseline_share", 88, BRUDNO)


def test_a_rise_that_a_late_fever_reveals_in_a_stream_names_the_reading_of_that_second():
    bed = Bed().admit().on_room_air().vitals(0, sbp_mmhg=118)
    for second in range(0, 1200, 2):
        bed.monitor(10 + second * SECOND, spo2_pct=88)
    bed.vitals(20 + 1 * SECOND, temperature_c=38.5, arrives=30)
    (page,) = bed.escalations("crs_rise")
    assert (page["grade"], page["late"]) == (2, True)
    low = next(reason for reason in page["because"] if reason["rule"] == "low_spo2_pct")
    assert low["observed_at"] == when(20)


def test_what_is_held_widens_nothing_below_itself():
    bed = Bed().admit().vitals(1, temperature_c=38.5).chart(2, "oxygen", device="face_mask")
    bed.chart(10, "oxygen", device="room_air")
    assert bed.interval == (3, 4)
    # SpO2 and pressure were never measured, but could add no more than Grade 2.
    assert bed.estimate["missing"] == ["vasopressor"]


def test_without_fever_the_temperature_is_missing_only_while_it_is_unknown():
    bed = Bed().admit().on_room_air().vitals(1, **{**WELL, "sbp_mmhg": 84})
    assert (bed.interval, bed.estimate["missing"], bed.estimate["drivers"]) == (
        (0, 2),
        ["temperature_c"],
        ["hypotension"],
    )
    bed.vitals(2, temperature_c=37.0)
    assert (bed.interval, bed.estimate["missing"]) == ((0, 0), [])
    bed.vitals(3, temperature_c=38.5)
    bed.chart(4, "attribution", finding="fever", cause="transfusion", author="dr-a", expires_at=when(60))
    assert (bed.interval, bed.estimate["missing"], bed.estimate["drivers"]) == ((0, 0), [], ["hypotension"])
