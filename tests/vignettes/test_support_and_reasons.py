"""Charted support beyond its grade: contradictions of one moment, flags, and why a grade is what it is."""

from itertools import permutations

import pytest

from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.engine.ruleset.site_rules import overridden
from tests.vignettes.bed import Bed, when

WELL = {"sbp_mmhg": 118, "spo2_pct": 97, "heart_rate_bpm": 80}


def febrile(**fields: object) -> Bed:
    return Bed().admit(**fields).on_room_air(1).vitals(1, temperature_c=38.6, **WELL)


def reason(bed: Bed, rule: str) -> dict[str, object]:
    return next(item for item in bed.estimate["because"] if item["rule"] == rule)


@pytest.mark.parametrize(
    ("higher", "lower", "grade"),
    [
        ({"device": "nasal_cannula", "flow_l_min": 15}, {"device": "high_flow_nasal_cannula", "flow_l_min": 4}, 3),
        ({"device": "blow_by"}, {"device": "nasal_cannula", "flow_l_min": 0}, 2),
        ({"device": "nasal_cannula", "flow_l_min": 8}, {"device": "nasal_cannula", "flow_l_min": 2}, 3),
        ({"device": "face_mask"}, {"device": "nasal_cannula"}, 3),
        ({"device": "cpap"}, {"device": "non_rebreather", "flow_l_min": 15}, 4),
    ],
)
def test_of_two_devices_charted_at_one_time_the_higher_grade_wins(higher, lower, grade):  # settled 9
    for first, second in permutations((("a", higher), ("b", lower))):
        bed = febrile()
        for name, device in (first, second):
            bed.chart(10, "oxygen", event_id=name, **device)
        assert bed.interval[0] == grade
        bed = febrile()
        for name, device in ((first[0], second[1]), (second[0], first[1])):
            bed.chart(10, "oxygen", event_id=name, **device)
        assert bed.interval[0] == grade


def test_an_inotrope_and_an_unknown_drug_are_flagged():  # 10.1(5), settled 3
    bed = febrile().chart(2, "vasopressor", drug="dobutamine").vitals(3, **WELL)
    assert bed.estimate["inputs"]["vasopressor"]["flags"] == ["inotrope_not_counted"]
    bed.chart(4, "vasopressor", drug="superpressin").vitals(5, **WELL)
    assert bed.estimate["inputs"]["vasopressor"]["flags"] == ["inotrope_not_counted", "unknown_drug"]
    bed.chart(6, "vasopressor", drug="none").vitals(7, **WELL)
    assert "flags" not in bed.estimate["inputs"]["vasopressor"]


def test_a_device_used_at_home_is_flagged():
    bed = febrile().chart(2, "baseline", oxygen_device="cpap").chart(3, "oxygen", device="cpap").vitals(4, **WELL)
    assert bed.estimate["inputs"]["oxygen_device"]["flags"] == ["home_device"]
    assert bed.interval == (1, 1)


def test_every_reason_names_value_threshold_source_and_what_would_change_it():  # R4
    bed = febrile().chart(2, "vasopressor", drug="norepinephrine")
    bed.chart(2, "oxygen", device="nasal_cannula", flow_l_min=4).vitals(3, temperature_c=38.6, sbp_mmhg=84, spo2_pct=88)

    assert [item["rule"] for item in bed.estimate["because"]] == [
        "fever_c", "vasopressors", "adult_sbp_mmhg", "oxygen_device", "low_spo2_pct",
    ]  # fmt: skip
    for item in bed.estimate["because"]:
        assert item.keys() >= {"rule", "value", "threshold", "citation", "would_change"}, item["rule"]


def test_a_measured_reason_says_what_clears_it():
    bed = febrile().vitals(3, sbp_mmhg=84)

    assert reason(bed, "adult_sbp_mmhg") == {
        "rule": "adult_sbp_mmhg",
        "value": 84,
        "threshold": 90,
        "unit": "mm[Hg]",
        "observed_at": when(3),
        "citation": "PALS 2015 (PedsCases); Mahadeo 2019 T2",
        "would_change": "90 mmHg or above for 30 min, confirmed by a second reading.",
    }


@pytest.mark.parametrize(
    ("age", "baseline", "sbp", "rule", "threshold"),
    [
        (55, 140, 95, "baseline_share", 100),
        (55, 140, 89, "baseline_share", 100),
        (55, None, 89, "adult_sbp_mmhg", 90),
        (12, None, 89, "adult_sbp_mmhg", 90),
        (6, None, 81, "child_sbp_mmhg", 82),
        (0.5, None, 69, "infant_sbp_mmhg", 70),
        (0.05, None, 59, "neonate_sbp_mmhg", 60),
    ],
)
def test_the_reason_names_the_rule_that_set_the_limit(age, baseline, sbp, rule, threshold):
    bed = febrile(age_years=age)
    if baseline:
        bed.chart(2, "baseline", sbp_mmhg=baseline)
    bed.vitals(3, sbp_mmhg=sbp)

    assert reason(bed, rule)["threshold"] == threshold


@pytest.mark.parametrize(
    ("device", "flow", "said"),
    [
        ("nasal_cannula", 4, "Grade 3 above 6 L/min; ends 30 min after room air."),
        ("nasal_cannula", 8, "Grade 2 at 6 L/min or less; ends 30 min after room air."),
        (
            "nasal_cannula",
            None,
            "The flow decides: at most 6 L/min is Grade 2, more is Grade 3; ends 30 min after room air.",
        ),
        ("face_mask", 5, "Another device changes it; ends 30 min after room air."),
    ],
)
def test_a_device_says_what_would_change_its_grade(device, flow, said):
    bed = febrile().chart(2, "oxygen", device=device, **({"flow_l_min": flow} if flow else {}))

    assert reason(bed, "oxygen_device")["would_change"] == said


def test_vasopressors_say_what_would_change_their_grade():
    bed = febrile().chart(2, "vasopressor", drug="norepinephrine")
    assert reason(bed, "vasopressors")["would_change"] == (
        "Grade 4 with two or more besides vasopressin; ends 30 min after none runs."
    )
    bed.chart(3, "vasopressor", drug="epinephrine")
    assert reason(bed, "vasopressors")["would_change"] == (
        "Grade 3 with fewer than two besides vasopressin; ends 30 min after none runs."
    )


def test_a_latched_fever_says_until_when_it_counts():
    bed = febrile().vitals(5, temperature_c=36.8)

    assert reason(bed, "fever_latched")["would_change"] == (
        "Counts until 24 h below 38 °C without support, low values or antipyretic, or until it is attributed elsewhere."
    )


def test_a_held_reason_says_when_it_falls():
    bed = febrile().chart(10, "oxygen", device="bipap").chart(20, "oxygen", device="room_air").vitals(21, **WELL)
    held = reason(bed, "oxygen_device")
    assert (held["text"], held["would_change"]) == (
        "improvement not yet confirmed",
        f"Falls at {when(50)}, unless the finding returns.",
    )
    bed = febrile().vitals(10, sbp_mmhg=84).vitals(20, sbp_mmhg=112)
    assert reason(bed, "hypotension")["would_change"] == (
        f"Falls at {when(50)} and a second normal reading, unless the finding returns."
    )


def test_another_rule_set_says_its_own_limits():
    rules = overridden(DEFAULT_RULES, {"id": "ours-1", "low_spo2_pct": 93})
    bed = Bed(rules=rules).admit().on_room_air(1).vitals(2, temperature_c=38.6, **{**WELL, "spo2_pct": 92})

    assert bed.interval == (2, 2)
    assert reason(bed, "low_spo2_pct")["threshold"] == 93
    assert bed.estimate["rules"] == {"id": "ours-1", "hash": rules.hash}
    assert bed.escalations("crs_rise")[0]["rules"] == bed.estimate["rules"]
