"""Late, out of order, repeated, contradicted, retracted: timelines in minutes."""

import pytest

from tests.vignettes.bed import Bed, when

WELL = {"sbp_mmhg": 118, "spo2_pct": 97, "heart_rate_bpm": 80, "resp_rate_bpm": 16}


def febrile_bed() -> Bed:
    """Grade 1, everything known; the opening event is `fever-1`."""
    bed = Bed().admit().on_room_air().vitals(1, temperature_c=38.5, event_id="fever-1", **WELL)
    assert bed.said() == ["crs_rise 1 #1"]
    return bed


def test_a_late_reading_reveals_a_rise_once():
    bed = febrile_bed().vitals(30, sbp_mmhg=118)
    bed.vitals(20, sbp_mmhg=84, arrives=31)
    assert bed.said() == ["crs_rise 2 #1 late"]
    # The newer pressure refutes it already: one priority lower.
    assert bed.escalations("crs_rise")[-1]["priority"] == "low"
    assert bed.interval == (2, 2)  # held: the first normal reading after it is 10 min old
    bed.vitals(32, sbp_mmhg=118)
    assert bed.said() == []


def test_a_late_vasopressor_start_is_never_lowered():  # settled 23
    bed = febrile_bed().vitals(30, sbp_mmhg=118)
    bed.chart(20, "vasopressor", drug="norepinephrine", rate=0.1, arrives=31)
    assert bed.said() == ["crs_rise 3 #1 late"]
    assert bed.escalations("crs_rise")[-1]["priority"] == "high"


def test_a_little_late_is_not_late():
    bed = febrile_bed().vitals(30, sbp_mmhg=118, event_id="n1").vitals(29.5, sbp_mmhg=84, arrives=30.5)
    assert bed.said() == ["crs_rise 2 #1"]


def test_a_late_rise_not_above_the_highest_sent_is_recorded_only():  # settled 23
    bed = febrile_bed().chart(10, "oxygen", device="face_mask").chart(20, "oxygen", device="room_air").until(55)
    assert bed.said() == ["crs_rise 3 #1", "resolved improved"]
    bed.vitals(56, sbp_mmhg=118).vitals(15, sbp_mmhg=84, arrives=57)
    assert bed.said() == []


def test_a_past_rise_that_is_over_is_told_and_resolved():
    bed = febrile_bed().vitals(100, sbp_mmhg=118).vitals(140, sbp_mmhg=118)
    bed.vitals(20, sbp_mmhg=84, arrives=141)
    assert bed.said() == ["crs_rise 2 #1 late", "resolved improved"]
    assert bed.estimate["max_grade"] == 2


def test_a_duplicate_changes_nothing():
    bed = febrile_bed().vitals(10, sbp_mmhg=84, event_id="low-1")
    before, outputs = bed.partition.patients["bed-7"], len(bed.outputs)
    bed.vitals(10, sbp_mmhg=84, event_id="low-1", arrives=20)
    assert len(bed.outputs) == outputs
    assert bed.partition.patients["bed-7"].revision == before.revision


@pytest.mark.parametrize("source", ["manual", "monitor"])
def test_the_same_id_with_other_content_is_rejected(source):
    bed = febrile_bed().vitals(10, sbp_mmhg=84, event_id="x", source=source)
    bed.vitals(10, sbp_mmhg=85, event_id="x", source=source)
    assert bed.refused() == ["conflicting_event_id"]


def test_more_than_ten_minutes_ahead_is_rejected():  # settled 13
    bed = febrile_bed().vitals(41, sbp_mmhg=84, arrives=30.99)
    assert bed.refused() == ["future_time"]


def test_ten_minutes_ahead_counts_as_now():  # settled 13
    bed = febrile_bed().vitals(40, sbp_mmhg=84, arrives=30)
    assert bed.refused() == []
    assert bed.said() == ["crs_rise 2 #1"]
    assert bed.estimate["inputs"]["sbp_mmhg"] == {
        "value": 84, "observed_at": when(30), "state": "fresh", "source": "manual", "flags": ["clock_ahead"],
    }  # fmt: skip


def test_a_retracted_pressure_takes_its_rise_with_it_at_once():
    bed = febrile_bed().vitals(10, sbp_mmhg=84, event_id="low-1")
    assert bed.said() == ["crs_rise 2 #1"]
    bed.chart(20, "retraction", retracts="low-1")
    assert bed.said() == ["resolved retracted"]
    assert bed.interval == (1, 1)


def test_a_retracted_fever_takes_the_episode_with_it():
    bed = febrile_bed().vitals(10, sbp_mmhg=84)
    bed.said()
    bed.chart(20, "retraction", retracts="fever-1")
    # What is left is a low pressure without any temperature.
    assert bed.said() == ["resolved retracted", "possible_crs"]
    assert bed.interval == (0, 2)
    assert "episode_id" not in bed.estimate


def test_an_episode_keeps_its_name_while_another_fever_remains():
    bed = febrile_bed()
    name = bed.estimate["episode_id"]
    bed.vitals(10, temperature_c=38.6).chart(20, "retraction", retracts="fever-1")
    assert bed.estimate["episode_id"] == name
    assert bed.said() == []


def test_a_late_fever_that_precedes_the_episode_keeps_its_name():  # settled 20
    bed = febrile_bed()
    name = bed.estimate["episode_id"]
    bed.vitals(0.5, temperature_c=38.3, arrives=30)
    assert bed.estimate["episode_id"] == name
    assert bed.said() == []


def test_a_retraction_that_arrives_first_waits():
    bed = febrile_bed().chart(20, "retraction", retracts="low-1").vitals(10, sbp_mmhg=84, event_id="low-1", arrives=21)
    assert bed.said() == []
    assert bed.interval == (1, 1)


def test_a_retraction_cannot_be_retracted():  # settled 35
    bed = (
        febrile_bed().vitals(10, sbp_mmhg=84, event_id="low-1").chart(11, "retraction", retracts="low-1", event_id="r")
    )
    bed.chart(12, "retraction", retracts="r")
    assert bed.refused() == ["bad_retraction"]


def test_a_retracted_pressor_leaves_the_rest():
    bed = febrile_bed().chart(10, "vasopressor", drug="norepinephrine", rate=0.1, event_id="p1")
    bed.chart(20, "retraction", retracts="p1")
    assert bed.said() == ["crs_rise 3 #1", "resolved retracted"]
    bed.chart(30, "vasopressor", drug="norepinephrine", rate=0.1)
    assert bed.said() == ["crs_rise 3 #2"]


def test_a_monitor_reading_is_retracted_by_emptying_its_second():
    bed = febrile_bed().monitor(10, spo2_pct=85, event_id="m1").until(11)
    assert bed.said() == ["crs_rise 2 #1"]
    bed.chart(12, "retraction", retracts="m1")
    assert bed.said() == ["resolved retracted"]


@pytest.mark.parametrize(("slip", "lasted_at_s"), [("low-0", 20), ("low-5", 15), ("low-10", 15)])
def test_a_low_run_on_a_monitor_counts_from_its_first_reading_that_was_true(slip, lasted_at_s):
    bed = febrile_bed()
    for second in (0, 5, 10):
        bed.monitor(10 + second / 60, spo2_pct=88, event_id=f"low-{second}")
    bed.chart(10 + 11 / 60, "retraction", retracts=slip)
    bed.until(10 + (lasted_at_s - 0.1) / 60)
    assert bed.said() == []
    bed.until(10 + lasted_at_s / 60)
    assert bed.said() == ["crs_rise 2 #1"]


def test_contradictory_charts_of_one_moment_the_higher_wins():  # settled 9
    for first, second in (("face_mask", "room_air"), ("room_air", "face_mask")):
        bed = febrile_bed().chart(10, "oxygen", device=first).chart(10, "oxygen", device=second)
        assert bed.interval == (3, 3)


def test_a_normal_reading_that_comes_late_does_not_withdraw_but_starts_the_hold():  # settled 16
    bed = febrile_bed().monitor(10, spo2_pct=88).until(10.5)
    assert bed.said() == ["crs_rise 2 #1"]
    bed.monitor(10.1, spo2_pct=95, arrives=11)
    assert bed.said() == []
    assert bed.interval == (2, 2)
    assert bed.estimate["held"]["to"] == 1
    for minute in range(12, 43):
        bed.monitor(minute, spo2_pct=96)
    assert bed.said() == ["resolved improved"]


def test_a_measurement_too_late_is_not_graded():  # settled 14
    bed = febrile_bed().monitor(30, spo2_pct=97).monitor(10, spo2_pct=80, arrives=30).until(31)
    assert bed.said() == []
    assert bed.estimate["max_grade"] == 1


def test_the_newest_reading_of_a_sign_counts_however_late():  # settled 14
    bed = Bed().admit().on_room_air().vitals(30, temperature_c=38.5)
    bed.said()
    bed.monitor(10, spo2_pct=97, arrives=30)
    assert bed.estimate["inputs"]["spo2_pct"]["state"] == "lost"


def test_charted_state_too_late_counts_from_now():  # settled 14
    bed = Bed().admit().vitals(1, temperature_c=38.5, **WELL).chart(1, "vasopressor", drug="none")
    day = 24 * 60
    bed.chart(2, "oxygen", device="face_mask", arrives=day + 10)
    assert bed.interval[0] == 3


def test_charted_state_too_late_yields_to_a_newer_one():  # settled 14
    day = 24 * 60
    bed = Bed().admit().vitals(1, temperature_c=38.5, **WELL).chart(60, "oxygen", device="room_air")
    bed.chart(2, "oxygen", device="face_mask", arrives=day + 10)
    assert bed.interval[0] == 1


def test_a_late_baseline_counts_from_when_it_arrives():  # settled 14
    bed = febrile_bed().vitals(10, sbp_mmhg=95)
    bed.chart(2, "baseline", sbp_mmhg=140, arrives=20)
    assert bed.said() == ["crs_rise 2 #1"]
    assert bed.escalations("crs_rise")[-1]["occurred_at"] == when(20)


@pytest.mark.parametrize(
    "kind", [("lab", {"code": "crp", "value": 3, "unit": "mg/L"}), ("clinician_grade", {"crs": 4})]
)
def test_what_is_held_against_late_data_stays_when_a_chart_that_grades_nothing_was_an_error(kind):  # settled 16
    bed = Bed().admit().on_room_air().vitals(0.5, **WELL).chart(1, kind[0], event_id="error", author="x", **kind[1])
    bed.vitals(2, source="wearable", temperature_c=38.4).until(13)
    bed.vitals(7, source="wearable", temperature_c=37.0, arrives=14).vitals(20, sbp_mmhg=80, spo2_pct=97)
    assert bed.said()[-1] == "crs_rise 2 #1"
    bed.chart(25, "retraction", retracts="error").until(26)
    assert (bed.interval[0], bed.said()) == (2, [])
