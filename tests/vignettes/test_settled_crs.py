"""`settled.md` 1 to 9, grading CRS: one named test a point, minutes since admission."""

import pytest

from schemas.reading import check_bedside
from schemas.reasons import Refusal
from tests.vignettes.bed import Bed, when
from tests.vignettes.starting_points import DAY, HOUR, WELL, febrile_bed, watched


def bed_on(device: str, *, spo2_pct: float | None = None, **flow: float) -> Bed:
    """Fever, a normal pressure, no vasopressor, and this device."""
    bed = Bed().admit().chart(0, "vasopressor", drug="none").chart(0, "oxygen", device=device, **flow)
    signs = {**WELL, "spo2_pct": spo2_pct} if spo2_pct else {"sbp_mmhg": 118}
    return bed.vitals(1, temperature_c=38.5, **signs)


@pytest.mark.parametrize(
    ("kind", "chart", "limit", "level"),
    [
        ("vasopressor", {"drug": "norepinephrine", "rate": 0.1}, 4 * HOUR, 3),
        ("vasopressor", {"drug": "none"}, 4 * HOUR, 1),
        ("oxygen", {"device": "face_mask"}, 12 * HOUR, 3),
        ("oxygen", {"device": "room_air"}, 12 * HOUR, 1),
    ],
)
def test_settled_01_unconfirmed_support_keeps_its_level_below_and_opens_the_upper_bound(kind, chart, limit, level):
    bed, other = febrile_bed(), {"vasopressor": ("oxygen", "room_air"), "oxygen": ("vasopressor", "none")}[kind]
    bed.chart(10, kind, **chart)
    for minute in range(10 + 2 * HOUR, 10 + limit, 2 * HOUR):
        bed.vitals(minute, **WELL)
        bed.chart(minute, other[0], **{{"oxygen": "device", "vasopressor": "drug"}[other[0]]: other[1]})

    bed.until(10 + limit - 0.01)
    assert bed.interval == (level, level)
    bed.until(10 + limit)
    assert bed.interval == (level, 4)


def test_settled_01_any_vasopressor_event_confirms_the_whole_list():
    bed = febrile_bed().chart(10, "vasopressor", drug="norepinephrine", rate=0.1).until(10 + 4 * HOUR)
    assert bed.interval == (3, 4)
    # Vasopressin charted as stopped: somebody looked at the pumps.
    bed.chart(10 + 4 * HOUR, "vasopressor", drug="vasopressin", rate=0)
    assert bed.interval == (3, 3)


def test_settled_02_either_fresh_pressure_source_establishes_hypotension_and_both_are_shown():
    bed = febrile_bed().monitor(10, sbp_mmhg=115, bp_source="arterial").vitals(10, sbp_mmhg=84)
    assert bed.said() == ["crs_rise 2 #1"]
    shown = {item["value"] for name, item in bed.estimate["inputs"].items() if name.startswith("sbp_mmhg")}
    assert shown == {84, 115}

    # Each is cleared by its own readings: the line says it is fine for forty minutes, the cuff has not.
    for minute in range(11, 51):
        bed.monitor(minute, sbp_mmhg=115, bp_source="arterial")
    assert bed.interval[0] == 2
    for minute in (51, 81):
        bed.vitals(minute, sbp_mmhg=112)
    assert bed.interval[0] == 1


def test_settled_02_a_source_lost_while_the_other_is_normal_is_cleared_by_the_other():
    bed = febrile_bed().monitor(10, sbp_mmhg=84, bp_source="arterial").until(11)
    assert bed.said() == ["crs_rise 2 #1"]
    # The line speaks until it is lost at 25: what the cuff says before that clears nothing.
    bed.vitals(12, sbp_mmhg=115).vitals(26, sbp_mmhg=115).vitals(55, sbp_mmhg=115)
    assert bed.interval[0] == 2
    bed.vitals(56, sbp_mmhg=115)
    assert bed.interval[0] == 1


def test_settled_03_low_saturation_with_the_device_unknown_is_two_to_four():
    bed = Bed().admit().chart(0, "vasopressor", drug="none")
    bed.vitals(1, temperature_c=38.5, **{**WELL, "spo2_pct": 90})
    assert bed.interval == (1, 4)
    bed.vitals(2, spo2_pct=89)
    assert bed.interval == (2, 4)


@pytest.mark.parametrize(
    ("device", "flow", "interval"),
    [
        ("nasal_cannula", None, (2, 3)),
        ("nasal_cannula", 0, (1, 1)),
        ("nasal_cannula", 6, (2, 2)),
        ("nasal_cannula", 6.1, (3, 3)),
        ("high_flow_nasal_cannula", None, (3, 3)),
        ("high_flow_nasal_cannula", 6, (2, 2)),
        ("high_flow_nasal_cannula", 6.1, (3, 3)),
        ("other", None, (2, 4)),
    ],
)
def test_settled_03_what_a_device_says_without_or_with_its_flow(device, flow, interval):
    bed = bed_on(device, spo2_pct=97, **({} if flow is None else {"flow_l_min": flow}))
    assert bed.interval == interval


def test_settled_03_a_high_flow_cannula_at_low_flow_is_flagged():
    assert "flags" in bed_on("high_flow_nasal_cannula", flow_l_min=6).estimate["inputs"]["oxygen_device"]
    assert "flags" not in bed_on("high_flow_nasal_cannula", flow_l_min=7).estimate["inputs"]["oxygen_device"]


def test_settled_03_a_vasopressor_of_unknown_name_raises_only_the_upper_bound():
    bed = febrile_bed().chart(10, "vasopressor", drug="superpressin", rate=1)
    assert bed.interval == (1, 4)
    bed.chart(11, "vasopressor", drug="norepinephrine", rate=0.1)
    assert bed.interval == (3, 4)


def test_settled_04_the_device_used_at_home_grades_as_room_air_against_the_patients_own_target():
    bed = Bed().admit().chart(0, "vasopressor", drug="none")
    bed.chart(0, "baseline", oxygen_device="nasal_cannula", spo2_target_low_pct=86)
    bed.chart(0, "oxygen", device="nasal_cannula", flow_l_min=6)
    bed.vitals(1, temperature_c=38.5, **{**WELL, "spo2_pct": 86})
    assert bed.interval == (1, 1)
    bed.vitals(2, spo2_pct=85)
    assert bed.interval == (2, 2)


def test_settled_04_a_home_cannula_above_six_litres_is_support():
    bed = Bed().admit().chart(0, "vasopressor", drug="none")
    bed.chart(0, "baseline", oxygen_device="nasal_cannula", spo2_target_low_pct=86)
    bed.chart(0, "oxygen", device="nasal_cannula", flow_l_min=6.1).vitals(1, temperature_c=38.5, **WELL)
    assert bed.interval == (3, 3)


@pytest.mark.parametrize(("age_years", "low"), [(17, 1), (18, 2), (None, 2)])
def test_settled_04_the_baseline_pressure_rule_is_for_eighteen_or_age_unknown(age_years, low):
    bed = Bed().admit(age_years=age_years).on_room_air().chart(0, "baseline", sbp_mmhg=120)
    bed.vitals(1, temperature_c=38.5, **{**WELL, "sbp_mmhg": 96})
    assert bed.interval[0] == 1  # 96 is 0.8 x 120, and not below it
    bed.vitals(2, sbp_mmhg=95)
    assert bed.interval[0] == low


@pytest.mark.parametrize("typed", [98.6, 101.3, 44.1])
def test_settled_05_a_temperature_of_suspect_unit_leaves_fever_unknown_whatever_its_conversion(typed):
    bed = Bed().admit().on_room_air().vitals(1, temperature_c=typed, **WELL)
    # Neither fever nor its absence, and no critical value.
    assert bed.interval == (0, 1)
    assert bed.estimate["grade"] is None
    assert bed.said() == []
    assert "unit_suspect" in bed.estimate["inputs"]["temperature_c"]["flags"]


def test_settled_05_a_suspect_temperature_does_not_count_as_afebrile():
    bed = watched(febrile_bed(), 2 * HOUR, 24 * HOUR, temperature_c=98.2)
    bed.said()
    watched(bed, 26 * HOUR, 48 * HOUR)
    assert bed.interval[0] == 1
    bed.until(50 * HOUR)  # a day since the first temperature that says something
    assert bed.said() == ["resolved episode_closed"]


def test_settled_05_forty_four_degrees_is_a_fever():
    assert Bed().admit().on_room_air().vitals(1, temperature_c=44, **WELL).said() == ["crs_rise 1 #1"]


def test_settled_06_after_an_antipyretic_and_without_episode_a_normal_temperature_leaves_fever_unknown():
    bed = Bed().admit().on_room_air().chart(1, "medication", drug="paracetamol")
    bed.vitals(2, temperature_c=37.0, **WELL).on_room_air(4 * HOUR).vitals(4 * HOUR, temperature_c=37.0, **WELL)
    assert bed.interval == (0, 1)
    bed.until(6 * HOUR + 0.99)
    assert bed.interval == (0, 1)
    bed.until(6 * HOUR + 1)
    assert bed.interval == (0, 0)


def test_settled_06_in_an_episode_fever_is_latched_with_or_without_a_drug():
    for drug in ("paracetamol", "tocilizumab", None):
        bed = febrile_bed()
        if drug is not None:
            bed.chart(5, "medication", drug=drug)
        bed.vitals(10, temperature_c=36.9).chart(12, "vasopressor", drug="norepinephrine", rate=0.1)
        assert bed.interval == (3, 3)


def test_settled_07_attribution_of_fever_acts_at_once_and_suspends_the_episode():
    bed = febrile_bed().vitals(10, sbp_mmhg=84)
    assert bed.said() == ["crs_rise 2 #1"]
    bed.chart(11, "attribution", finding="fever", cause="transfusion", author="dr-a", expires_at=when(60))
    # The one case of Grade 0 in an open episode.
    assert (bed.estimate["grade"], bed.interval) == (0, (0, 0))
    assert bed.said() == ["resolved attributed"]
    episode = bed.estimate["episode_id"]

    bed.until(60)
    assert bed.said() == ["crs_rise 2 #2"]
    assert bed.escalations("crs_rise")[-1]["episode_id"] == episode


def test_settled_07_an_attribution_covers_only_what_was_established_when_it_was_charted():
    bed = febrile_bed()
    bed.chart(5, "attribution", finding="hypotension", cause="sepsis", author="dr-a", expires_at=when(DAY))
    bed.vitals(10, sbp_mmhg=84)
    assert bed.said() == ["crs_rise 2 #1"]


@pytest.mark.parametrize(
    ("finding", "first", "more", "grade"),
    [
        ("hypotension", ("vasopressor", {"drug": "norepinephrine"}), ("vasopressor", {"drug": "phenylephrine"}), 4),
        ("hypotension", ("vasopressor", {"drug": "norepinephrine"}), ("vasopressor", {"drug": "vasopressin"}), 3),
        ("hypoxia", ("oxygen", {"device": "face_mask"}), ("oxygen", {"device": "bipap"}), 4),
        ("hypoxia", ("oxygen", {"device": "face_mask"}), ("oxygen", {"device": "venturi_mask"}), 3),
    ],
)
def test_settled_07_a_higher_level_or_a_new_pressor_or_device_ends_the_attribution(finding, first, more, grade):
    bed = febrile_bed().chart(10, first[0], **first[1])
    assert bed.said() == ["crs_rise 3 #1"]
    bed.chart(11, "attribution", finding=finding, cause="procedure", author="dr-a", expires_at=when(DAY))
    assert bed.interval == (1, 1)
    assert bed.said() == ["resolved attributed"]
    bed.chart(20, more[0], **more[1])
    assert bed.said() == [f"crs_rise {grade} #{1 if grade == 4 else 2}"]


def test_settled_07_a_finding_that_stands_at_expiry_is_a_new_rise_in_the_same_episode():
    bed = febrile_bed().vitals(10, sbp_mmhg=84)
    bed.chart(11, "attribution", finding="hypotension", cause="sepsis", author="dr-a", expires_at=when(60))
    assert bed.said() == ["crs_rise 2 #1", "resolved attributed"]
    bed.until(59.99)
    assert bed.said() == []
    bed.until(60)
    assert bed.said() == ["crs_rise 2 #2"]


def test_settled_07_an_attribution_needs_its_expiry():
    charted = {"schema": "crs.clinical.v1", "event_id": "a", "patient_id": "bed-7", "recorded_at": when(0)}
    said = check_bedside(charted | {"kind": "attribution", "finding": "fever", "cause": "x", "author": "dr-a"})
    assert said == Refusal("missing_field", "expires_at")


def test_settled_08_a_pressure_taken_while_a_pressor_runs_does_not_support_clearing():
    bed = febrile_bed().vitals(10, sbp_mmhg=84).chart(11, "vasopressor", drug="norepinephrine", rate=0.1)
    bed.vitals(15, sbp_mmhg=110).vitals(50, sbp_mmhg=112).chart(60, "vasopressor", drug="none").until(95)
    assert bed.interval[0] == 2
    # The first reading without it is at 96; the second at least 30 min later decides.
    bed.vitals(96, sbp_mmhg=112).vitals(125.9, sbp_mmhg=112)
    assert bed.interval[0] == 2
    bed.vitals(126, sbp_mmhg=112)
    assert bed.interval[0] == 1


@pytest.mark.parametrize("turned", [False, True])
def test_settled_09_of_contradictory_support_charts_at_one_moment_the_higher_wins(turned):
    devices, drugs = ["face_mask", "room_air"], ["norepinephrine", "none"]
    bed = febrile_bed()
    for device in reversed(devices) if turned else devices:
        bed.chart(10, "oxygen", device=device)
    assert bed.interval == (3, 3)
    bed = febrile_bed()
    for drug in reversed(drugs) if turned else drugs:
        bed.chart(10, "vasopressor", drug=drug)
    assert bed.interval == (3, 3)


@pytest.mark.parametrize("turned", [False, True])
def test_settled_09_other_ties_apply_by_event_id(turned):
    exams = [("exam-a", 5), ("exam-b", 9)]
    bed = Bed().admit()
    for name, ice in reversed(exams) if turned else exams:
        bed.chart(10, "neuro", ice=ice, event_id=name)
    assert bed.partition.patients["bed-7"].fold.chart.neuro["ice"].value == 9
