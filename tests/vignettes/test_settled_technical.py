"""`settled.md` 27 to 29, silence, ends and priorities: one named test a point, minutes since admission."""

import pytest

from tests.vignettes.bed import Bed, when
from tests.vignettes.starting_points import HOUR, SECOND, WELL, febrile_bed, well_bed


def test_settled_27_a_lost_sign_pages_only_while_other_vitals_arrive():
    bed = well_bed(watch_all=False).monitor(1, spo2_pct=97, heart_rate_bpm=80)
    for minute in range(2, 20):
        bed.monitor(minute, heart_rate_bpm=80)
    assert bed.said() == ["technical_stale spo2_pct"]
    assert bed.escalations()[0]["occurred_at"] == when(16)  # the deadline, not the event that let it be said


@pytest.mark.parametrize(("last", "said"), [(11.01, ["technical_stale spo2_pct"]), (11, [])])
def test_settled_27_otherwise_it_waits_for_the_next_vitals(last, said):
    bed = well_bed(watch_all=False).monitor(1, spo2_pct=97).vitals(last, temperature_c=36.9)
    bed.until(16)
    assert bed.said() == said
    bed.vitals(30, temperature_c=36.9)
    assert "technical_stale spo2_pct" in [*said, *bed.said()]
    assert bed.escalations("technical_stale")[0]["occurred_at"] == when(16)


def test_settled_27_the_last_upper_bound_is_the_one_before_the_sign_went_stale():
    # Known and normal when it went stale: low, although the lost sign has opened the upper bound since.
    bed = well_bed().monitor(1, spo2_pct=97, heart_rate_bpm=80)
    for minute in range(2, 18):
        bed.monitor(minute, heart_rate_bpm=80)
    assert bed.escalations("technical_stale")[0]["priority"] == "low"
    # Already able to be Grade 2: medium.
    bed = febrile_bed().vitals(1.5, sbp_mmhg=84).monitor(2, spo2_pct=97, heart_rate_bpm=80)
    for minute in range(3, 19):
        bed.monitor(minute, heart_rate_bpm=80)
    assert bed.escalations("technical_stale")[0]["priority"] == "medium"


def test_settled_27_a_late_event_that_leaves_the_sign_lost_starts_no_new_spell():
    bed = well_bed(watch_all=False).monitor(1, spo2_pct=97, heart_rate_bpm=80)
    for minute in range(2, 20):
        bed.monitor(minute, heart_rate_bpm=80)
    assert bed.said() == ["technical_stale spo2_pct"]
    bed.monitor(3, spo2_pct=96, arrives=20).monitor(21, heart_rate_bpm=80).until(22)
    assert bed.said() == []


def test_settled_27_an_enrolled_patient_without_any_vitals_is_silent_fifteen_minutes_after_admission():
    bed = Bed(watch_all=False).admit(3).chart(4, "immunotherapy", product="axi-cel").until(17.99)
    assert bed.said() == []
    bed.until(18)
    assert bed.said() == ["technical_silent"]
    assert bed.escalations()[0]["priority"] == "high"
    assert Bed(watch_all=False).admit(3).until(60).said() == []  # not enrolled


def test_settled_27_off_unit_suspends_the_technical_kinds_and_the_gap_until_the_expected_return():
    bed = Bed().admit().chart(0, "vasopressor", drug="none").vitals(1, temperature_c=38.5, spo2_pct=97)
    bed.monitor(1, heart_rate_bpm=80)
    bed.chart(1.5, "encounter", action="off_unit", expected_return=when(90)).until(89.99)
    assert bed.said() == ["crs_rise 1 #1"]
    bed.until(90)
    assert sorted(bed.said()) == ["possible_crs", "technical_silent"]


def test_settled_27_monitoring_stopped_by_order_suspends_them_too():
    bed = Bed().admit().chart(0, "vasopressor", drug="none").vitals(1, temperature_c=38.5, spo2_pct=97)
    bed.monitor(1, heart_rate_bpm=80).chart(1.5, "monitoring", state="stopped_by_order", author="dr-a").until(11 * HOUR)
    assert bed.said() == ["crs_rise 1 #1"]


def test_settled_28_a_critical_value_resolves_with_improved():
    bed = well_bed().vitals(1, spo2_pct=45).vitals(2, spo2_pct=97)
    assert bed.said() == ["critical_value spo2_pct", "resolved improved"]


def test_settled_28_a_gap_and_the_technical_kinds_resolve_with_data_returned():
    bed = Bed().admit().chart(0, "vasopressor", drug="none").vitals(1, temperature_c=38.5, spo2_pct=97).until(2)
    bed.vitals(3, sbp_mmhg=118).chart(3, "oxygen", device="room_air")
    assert bed.said() == ["crs_rise 1 #1", "possible_crs", "resolved data_returned"]

    bed = well_bed().monitor(1, **WELL).until(16).monitor(17, **WELL)
    assert bed.said() == ["technical_silent", "resolved data_returned"]

    bed = well_bed().monitor(1, spo2_pct=97, heart_rate_bpm=80)
    for minute in range(2, 18):
        bed.monitor(minute, heart_rate_bpm=80)
    assert bed.monitor(18, spo2_pct=97).said() == ["technical_stale spo2_pct", "resolved data_returned"]


def test_settled_29_priorities_of_rises_are_the_designs_table():
    bed = febrile_bed().vitals(2, sbp_mmhg=84).chart(3, "vasopressor", drug="norepinephrine")
    bed.chart(4, "oxygen", device="bipap").chart(5, "neuro", ice=8).chart(6, "neuro", ice=5).chart(7, "neuro", ice=2)
    bed.chart(8, "neuro", consciousness="unarousable")
    by_grade = {(item["kind"], item.get("icans", item.get("grade"))): item["priority"] for item in bed.escalations()}
    assert by_grade == {
        ("crs_rise", 1): "low", ("crs_rise", 2): "medium", ("crs_rise", 3): "high", ("crs_rise", 4): "high",
        ("icans_rise", 1): "low", ("icans_rise", 2): "medium", ("icans_rise", 3): "high", ("icans_rise", 4): "high",
    }  # fmt: skip


def test_settled_29_priorities_of_the_other_kinds():
    gap = Bed().admit().on_room_air().vitals(1, sbp_mmhg=84, spo2_pct=97).until(3)
    critical = well_bed().vitals(1, spo2_pct=45)
    score = well_bed().vitals(1, resp_rate_bpm=26, heart_rate_bpm=132, spo2_pct=95)
    silent = well_bed().monitor(1, **WELL).until(16)
    worse = febrile_bed().vitals(2, sbp_mmhg=84).monitor(3, **WELL).until(18 + SECOND)
    disputed = well_bed().chart(1, "clinician_grade", crs=0, author="dr-a").vitals(2, temperature_c=38.5)
    due = Bed(watch_all=False).admit().chart(1, "immunotherapy", product="axi-cel").until(14 * HOUR + 1)
    found = {
        "possible_crs": gap, "critical_value": critical, "ward_score": score, "technical_silent": silent,
        "grade_disagreement": disputed, "neuro_due": due,
    }  # fmt: skip
    assert {kind: bed.escalations(kind)[-1]["priority"] for kind, bed in found.items()} == {
        "possible_crs": "medium", "critical_value": "high", "ward_score": "high", "technical_silent": "medium",
        "grade_disagreement": "medium", "neuro_due": "low",
    }  # fmt: skip
    assert worse.escalations("technical_silent")[0]["priority"] == "high"
    assert critical.vitals(2, spo2_pct=97).escalations("resolved")[0]["priority"] == "low"


@pytest.mark.parametrize("source", ["manual", "monitor"])
def test_a_pressure_line_that_is_taken_out_leaves_the_cuff(source):  # settled 2
    bed = well_bed(watch_all=False).vitals(2, source=source, sbp_mmhg=118, bp_source="cuff")
    bed.monitor(3, sbp_mmhg=118, bp_source="arterial")
    for minute in range(4, 30):
        bed.monitor(minute, spo2_pct=97, heart_rate_bpm=80)
    assert bed.said() == []
