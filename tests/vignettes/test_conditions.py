"""What pages beside the grade: critical values, gaps in the data, silence, overdue examinations, disagreement."""

import pytest

from tests.vignettes.bed import Bed, when

HOUR = 60
WELL = {"sbp_mmhg": 118, "spo2_pct": 97, "heart_rate_bpm": 80, "resp_rate_bpm": 16}


def well_bed(**options) -> Bed:
    """Nothing wrong, everything known by hand."""
    bed = Bed(**options).admit().on_room_air().vitals(0, temperature_c=36.8, **WELL)
    assert bed.said() == []
    return bed


@pytest.mark.parametrize(
    ("sign", "critical", "tolerable"),
    [("heart_rate_bpm", 0, 1), ("resp_rate_bpm", 0, 1), ("spo2_pct", 49, 50), ("sbp_mmhg", 49, 50)],
)
def test_a_critical_value_pages_without_fever_or_enrolment(sign, critical, tolerable):  # settled 25, 26
    bed = well_bed(watch_all=False).vitals(1, **{sign: tolerable})
    assert bed.said() == []
    bed.vitals(2, **{sign: critical})
    assert bed.said() == [f"critical_value {sign}"]
    assert bed.escalations()[-1]["priority"] == "high"
    bed.vitals(3, **{sign: critical})
    assert bed.said() == []
    bed.vitals(4, **{sign: WELL[sign]})
    assert bed.said() == ["resolved improved"]
    bed.vitals(5, **{sign: critical})
    assert bed.said() == [f"critical_value {sign}"]
    assert len({item["escalation_id"] for item in bed.escalations("critical_value")}) == 2


def test_a_monitors_critical_value_counts_after_ten_seconds():  # settled 25
    bed = well_bed(watch_all=False).monitor(1, heart_rate_bpm=0).until(1 + 9.9 / 60)
    assert bed.said() == []
    bed.until(1 + 10 / 60)
    assert bed.said() == ["critical_value heart_rate_bpm"]


@pytest.mark.parametrize(
    ("sign", "value"), [("temperature_c", 25), ("heart_rate_bpm", 310), ("sbp_mmhg", 310), ("resp_rate_bpm", 80)]
)
def test_other_implausible_values_are_flagged_only(sign, value):  # settled 25
    bed = well_bed(watch_all=False).vitals(1, **{sign: value})
    assert bed.said() == []
    bed.vitals(7, heart_rate_bpm=80) if sign != "heart_rate_bpm" else bed.vitals(7, resp_rate_bpm=16)
    assert bed.estimate["inputs"][sign]["flags"] == ["implausible"]


def test_a_gap_pages_after_a_minute_once_for_each_missing_input():  # settled 24
    bed = Bed().admit().chart(0, "vasopressor", drug="none").vitals(1, temperature_c=38.5, spo2_pct=97)
    assert bed.said() == ["crs_rise 1 #1"]
    bed.until(1 + 59.9 / 60)
    assert bed.said() == []
    bed.until(2)
    assert bed.said() == ["possible_crs"]
    page = bed.escalations("possible_crs")[0]
    assert (page["priority"], page["missing"]) == ("medium", ["sbp_mmhg", "oxygen_device"])

    bed.vitals(10, sbp_mmhg=118).chart(10, "oxygen", device="room_air")
    assert bed.said() == ["resolved data_returned"]


def test_with_only_fever_and_fresh_normal_signs_uncharted_support_is_a_prompt():
    bed = Bed().admit().vitals(1, temperature_c=38.5, **WELL).until(60)
    assert bed.said() == ["crs_rise 1 #1"]
    assert bed.interval == (1, 4)
    assert "chart vasopressors, or that none runs" in bed.estimate["prompts"]


def test_low_pressure_without_a_temperature_pages():  # P01
    bed = Bed().admit().on_room_air().vitals(1, sbp_mmhg=82, spo2_pct=93).until(3)
    assert bed.said() == ["possible_crs"]
    assert bed.escalations()[0]["missing"] == ["temperature_c"]


def test_an_expected_absence_suspends_the_gap_and_the_technical_kinds():  # settled 27
    bed = well_bed().monitor(1, **WELL)
    bed.chart(2, "encounter", action="off_unit", expected_return=when(120)).until(119)
    assert bed.said() == []
    bed.until(120)
    assert bed.said() == ["technical_silent"]


def test_monitoring_stopped_by_order_suspends_them_too():  # settled 27
    bed = well_bed().monitor(1, **WELL).chart(2, "monitoring", state="stopped_by_order", author="dr-a").until(300)
    assert bed.said() == []


def test_silence_after_a_return_counts_from_the_return():
    bed = well_bed().monitor(1, **WELL)
    bed.chart(2, "encounter", action="off_unit").until(100).chart(100, "encounter", action="return").until(114.99)
    assert bed.said() == []
    bed.until(115)
    assert bed.said() == ["technical_silent"]
    assert bed.escalations()[-1]["occurred_at"] == when(115)


def test_silence_after_monitoring_is_ordered_on_again_counts_from_the_order():
    bed = well_bed().monitor(1, **WELL).chart(2, "monitoring", state="stopped_by_order", author="dr-a")
    bed.chart(100, "monitoring", state="on", author="dr-a").restarted()
    # Saying again what stands restarts nothing.
    bed.chart(110, "monitoring", state="on", author="dr-a").chart(110, "encounter", action="return").until(114.99)
    assert bed.said() == []
    bed.until(115)
    assert bed.said() == ["technical_silent"]


def test_an_enrolled_patient_back_without_any_vitals_is_waited_for_from_the_return():
    bed = Bed().admit().chart(1, "encounter", action="off_unit").chart(60, "encounter", action="return").until(74.99)
    assert bed.said() == []
    bed.until(75)
    assert bed.said() == ["technical_silent"]


def test_a_silence_already_paged_for_stands_through_the_return():
    bed = well_bed().monitor(1, **WELL).chart(2, "encounter", action="off_unit", expected_return=when(60)).until(60)
    assert bed.said() == ["technical_silent"]
    bed.chart(70, "encounter", action="return").until(100)
    assert bed.said() == []
    bed.monitor(101, **WELL)
    assert bed.said() == ["resolved data_returned"]


def test_a_silent_monitor_pages_after_fifteen_minutes_and_resolves_when_data_return():
    bed = well_bed(watch_all=False).monitor(10, **WELL).until(24.99)
    assert bed.said() == []
    bed.until(25)
    assert bed.said() == ["technical_silent"]
    page = bed.escalations()[0]
    assert (page["priority"], page["occurred_at"]) == ("medium", when(25))
    bed.until(60).monitor(61, **WELL)
    assert bed.said() == ["resolved data_returned"]


def test_silence_of_a_patient_who_may_be_worse_is_high():
    bed = Bed().admit().on_room_air().monitor(1, **WELL).vitals(1, temperature_c=38.5, sbp_mmhg=84)
    bed.monitor(3, **WELL).until(18)
    assert bed.said()[-1] == "technical_silent"
    assert bed.escalations()[-1]["priority"] == "high"


def test_a_hand_charted_patient_is_silent_after_the_temperatures_limit():
    bed = well_bed(watch_all=False).until(8 * HOUR - 0.01)
    assert bed.said() == []
    bed.until(8 * HOUR)
    assert bed.said() == ["technical_silent"]


def test_an_enrolled_patient_without_any_vitals_is_the_loudest_silence():  # settled 27
    bed = Bed(watch_all=False).admit().chart(1, "immunotherapy", product="axi-cel").until(14.99)
    assert bed.said() == []
    bed.until(15)
    assert bed.said() == ["technical_silent"]
    assert bed.escalations()[0]["priority"] == "high"


def test_one_lost_sign_is_told_once_while_others_arrive():  # settled 27
    bed = well_bed(watch_all=False).monitor(1, heart_rate_bpm=80, spo2_pct=97)
    for minute in range(2, 30):
        bed.monitor(minute, heart_rate_bpm=80)
    assert bed.said() == ["technical_stale spo2_pct"]
    page = bed.escalations()[0]
    assert (page["priority"], page["occurred_at"]) == ("low", when(16))
    bed.monitor(30, heart_rate_bpm=80, spo2_pct=97)
    assert bed.said() == ["resolved data_returned"]


def test_a_lost_sign_waits_until_others_arrive():  # settled 27
    bed = well_bed(watch_all=False).chart(0, "monitoring", state="on", author="x").vitals(1, source="interface", **WELL)
    bed.monitor(2, spo2_pct=97, event_id="m").vitals(3, heart_rate_bpm=80).until(30)
    assert bed.said() == []
    bed.vitals(31, heart_rate_bpm=80)
    assert bed.said() == ["technical_stale spo2_pct"]
    assert bed.escalations()[0]["occurred_at"] == when(17)


def test_an_overdue_examination_is_due_once():  # settled 32
    bed = well_bed(watch_all=False).chart(10, "immunotherapy", product="axi-cel")
    for hour in range(4, 16, 4):
        bed.vitals(hour * HOUR, temperature_c=36.8, **WELL)
    bed.until(14 * HOUR + 9.9)
    assert bed.said() == []
    bed.until(14 * HOUR + 10)
    assert bed.said() == ["neuro_due ice"]
    bed.chart(15 * HOUR, "neuro", ice=10, consciousness="awake")
    assert bed.said() == ["resolved data_returned"]


def test_a_clinicians_lower_grade_is_disputed_on_newer_data():
    bed = well_bed().chart(1, "clinician_grade", crs=0, author="dr-a").vitals(2, temperature_c=38.5)
    assert bed.said() == ["crs_rise 1 #1", "grade_disagreement crs"]
    bed.chart(3, "clinician_grade", crs=1, author="dr-a")
    assert bed.said() == ["resolved improved"]


def test_a_ward_score_pages_where_no_rise_says_it():
    bed = well_bed().vitals(1, resp_rate_bpm=26, heart_rate_bpm=132, spo2_pct=95)
    assert bed.said() == ["ward_score news2"]
    assert bed.escalations()[-1]["because"][0]["value"] == 7
    # One point less for a while is no improvement yet: the page does not flap.
    bed.vitals(2, **WELL).vitals(10, resp_rate_bpm=26, heart_rate_bpm=132, spo2_pct=95).vitals(12, **WELL)
    assert bed.said() == []
    # As with a grade, time alone is no improvement: signs taken half an hour later have to say so again.
    bed.until(42.1).vitals(41.9, **WELL)
    assert bed.said() == []
    bed.vitals(42, **WELL)
    assert bed.said() == ["resolved improved"]


def test_one_better_hour_between_two_bad_ones_is_the_same_ward_score():
    bad = {"resp_rate_bpm": 26, "heart_rate_bpm": 132, "spo2_pct": 95}
    bed = well_bed().vitals(1, **bad)
    assert bed.said() == ["ward_score news2"]
    bed.vitals(61, **WELL).vitals(121, **bad).vitals(181, **WELL).vitals(241, **bad)
    assert bed.said() == []
    bed.vitals(301, **WELL).vitals(361, **WELL)
    assert bed.said() == ["resolved improved"]
    bed.vitals(421, **bad)
    assert bed.said() == ["ward_score news2"]


def test_a_ward_score_is_silent_where_a_rise_says_it():
    bed = well_bed().vitals(1, temperature_c=38.5, sbp_mmhg=84, resp_rate_bpm=26, heart_rate_bpm=132, spo2_pct=95)
    assert bed.said() == ["crs_rise 2 #1"]


@pytest.mark.parametrize(("age_years", "scored"), [(15, False), (16, True), (None, True)])
def test_news2_is_for_sixteen_years_and_over(age_years, scored):
    bed = Bed().admit(age_years=age_years).on_room_air()
    bed.vitals(1, temperature_c=36.8, **{**WELL, "resp_rate_bpm": 26, "heart_rate_bpm": 132, "spo2_pct": 95})
    assert bed.said() == (["ward_score news2"] if scored else [])
    assert ("news2" in bed.estimate["scores"]) is scored
    assert ("pews" in bed.estimate["scores"]) is not scored


def test_a_ward_score_goes_at_once_where_the_patient_turns_out_to_be_a_child():
    bed = Bed().admit(age_years=None).on_room_air()
    bed.vitals(1, temperature_c=36.8, **{**WELL, "resp_rate_bpm": 26, "heart_rate_bpm": 132, "spo2_pct": 95})
    assert bed.said() == ["ward_score news2"]
    bed.chart(2, "encounter", action="update", age_years=9)
    assert bed.said() == ["resolved improved"]


def test_priorities_of_rises():  # settled 29
    bed = well_bed().vitals(1, temperature_c=38.5).vitals(2, sbp_mmhg=84)
    bed.chart(3, "vasopressor", drug="norepinephrine").chart(4, "oxygen", device="bipap")
    assert bed.said() == ["crs_rise 1 #1", "crs_rise 2 #1", "crs_rise 3 #1", "crs_rise 4 #1"]
    assert [item["priority"] for item in bed.escalations()] == ["low", "medium", "high", "high"]


def test_an_unchanged_estimate_repeats_on_the_next_event_never_on_a_deadline():  # settled 33
    bed = well_bed()
    count = sum(output.topic == "estimates" for output in bed.outputs)
    bed.vitals(4.9, **WELL)
    assert sum(output.topic == "estimates" for output in bed.outputs) == count
    bed.until(20)
    assert sum(output.topic == "estimates" for output in bed.outputs) == count
    bed.vitals(21, **WELL)
    assert sum(output.topic == "estimates" for output in bed.outputs) == count + 1
