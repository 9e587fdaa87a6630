"""Merges after merges, merges of stays that are over or go on, merges of much and of old data."""

import orjson
import pytest

from services.grader import intake
from services.grader.engine.merging import leaving
from tests.vignettes.bed import Bed, when
from tests.vignettes.merges import DAY, HOUR, NEW, OLD, WELL, febrile, merged, rises, under, written


def test_a_chain_ends_at_the_last_name():
    bed = merged(merged(febrile(), 10), 20, old=NEW, into="bed-9")
    assert bed.said() == ["resolved merged"]  # under the second name nothing was said
    under(bed, OLD).vitals(30, sbp_mmhg=84)
    assert bed.said() == ["crs_rise 2 #1"]
    assert bed.escalations("crs_rise")[-1]["patient_id"] == "bed-9"
    assert written(bed, "crs.vitals.v1")[-1]["forwarded_from"] == [OLD, NEW]


def test_a_chain_in_the_other_order_ends_there_too():
    """The survivor had gone on under another name before."""
    bed = under(febrile(), NEW).vitals(2, heart_rate_bpm=80)
    merged(bed, 10, old=NEW, into="bed-9")
    merged(bed, 20, old=OLD, into=NEW)
    assert bed.said() == ["resolved merged"]
    assert bed.partition.patients["bed-9"].fold.low == 1
    under(bed, OLD).vitals(30, sbp_mmhg=84)
    assert rises(bed, "bed-9") == [2]


def test_a_merge_of_the_merged_is_a_merge_of_the_survivor():
    bed = merged(merged(febrile(), 10), 20, old=OLD, into="bed-9")
    assert bed.partition.patients["bed-9"].fold.low == 1
    assert bed.partition.patients[NEW].gone
    under(bed, NEW).vitals(30, sbp_mmhg=84)
    assert rises(bed, "bed-9") == [2]


def test_a_merge_that_would_close_a_circle_changes_nothing():
    bed = merged(merged(febrile(), 10), 20, old=NEW, into=OLD)
    bed.said()
    under(bed, OLD).vitals(30, sbp_mmhg=84)
    under(bed, NEW).vitals(31, sbp_mmhg=83)
    assert (bed.said(), rises(bed, NEW)) == (["crs_rise 2 #1"], [2])
    assert bed.refused() == []


def test_a_circle_of_three_changes_nothing_either():
    bed = merged(merged(febrile(), 10), 20, old=NEW, into="bed-9")
    merged(bed, 30, old="bed-9", into=OLD)
    for minute, name in ((31, OLD), (32, NEW), (33, "bed-9")):
        under(bed, name).vitals(minute, sbp_mmhg=84)
    assert (rises(bed, "bed-9"), bed.refused()) == ([2], [])


def test_two_merged_into_each_other_at_the_same_time_become_one():
    bed = febrile(hands_over=False)
    under(bed, NEW).chart(2, "vasopressor", drug="norepinephrine", rate=0.1)
    merged(bed, 10, event_id="m1")
    merged(bed, 10, old=NEW, into=OLD, event_id="m2")
    handovers = written(bed)
    assert len(handovers) == 2
    bed.hands_over = True
    for handover in handovers:
        bed.deliver(handover, 11)
    gone = [name for name in (OLD, NEW) if bed.partition.patients[name].gone]
    assert len(gone) == 1
    (left,) = {OLD, NEW} - set(gone)
    assert bed.partition.patients[left].fold.low == 3
    for name in (OLD, NEW):
        under(bed, name).chart(20, "oxygen", device="bipap", event_id=f"bipap-{name}")
    assert rises(bed, left)[-1] == 4
    assert bed.refused() == []


def test_the_same_merge_twice_is_one_merge():
    bed = merged(merged(febrile(), 10), 20)
    assert bed.said() == ["resolved merged"]
    assert len(written(bed)) == 2


def test_a_merge_before_any_data():
    bed = merged(Bed(), 1)
    under(bed, OLD).admit(2).on_room_air(2).vitals(3, temperature_c=38.5, **WELL)
    assert bed.said() == ["crs_rise 1 #1"]
    assert (bed.escalations()[0]["patient_id"], bed.estimate["encounter"]) == (NEW, "admitted")


def test_a_merge_of_a_discharged_patient_into_one_who_is_here_leaves_the_stay():
    bed = febrile().chart(5, "encounter", action="discharge")
    under(bed, NEW).admit(6, event_id="admit-8", age_years=None, bed="8").vitals(7, **WELL)
    merged(bed, 10)
    assert bed.estimate["encounter"] == "admitted"
    chart = bed.partition.patients[NEW].fold.chart
    assert (chart.person.age_years, chart.stay.bed) == (60, "8")
    # The fever belonged to the stay that is over.
    assert bed.interval[0] == 0


def test_a_patient_who_is_here_merged_into_an_old_record_is_here():
    bed = under(Bed(watch_all=False), NEW).admit(0, event_id="admit-8").chart(1, "immunotherapy", product="axi-cel")
    bed.chart(2, "encounter", action="discharge")
    under(bed, OLD).admit(60, age_years=None).on_room_air(60).vitals(61, temperature_c=38.5, **WELL)
    assert bed.said() == []  # nobody knows of the dose under the temporary name
    merged(bed, 70)
    assert bed.said() == ["crs_rise 1 #1"]
    assert (bed.estimate["encounter"], bed.estimate["product"]) == ("admitted", "axi-cel")


def test_the_end_of_the_other_stay_does_not_end_the_survivors():
    bed = under(febrile(), NEW).admit(2, event_id="admit-8", bed="8")
    merged(bed, 10)
    under(bed, OLD).chart(11, "encounter", action="discharge")
    under(bed, NEW).vitals(12, sbp_mmhg=84)
    assert bed.said() == ["resolved merged", "crs_rise 2 #1"]


def test_the_end_of_the_stay_that_goes_on_discharges_under_the_old_name_too():
    bed = merged(febrile(), 10)
    under(bed, OLD).chart(11, "encounter", action="discharge")
    assert bed.partition.patients[NEW].stay.status == "discharged"


def test_an_enrolment_goes_over():
    bed = Bed(watch_all=False).admit().on_room_air().chart(1, "immunotherapy", product="teclistamab")
    merged(bed, 10).vitals(11, temperature_c=38.5, **WELL)
    assert bed.said() == ["crs_rise 1 #1"]


def test_conditions_go_over_without_a_second_page():
    bed = febrile().vitals(5, spo2_pct=45)
    bed.said()
    merged(bed, 10)
    assert sorted(bed.said()) == ["resolved merged"] * 2
    bed.vitals(11, spo2_pct=44)
    assert bed.said() == []
    bed.vitals(12, spo2_pct=97).vitals(20, spo2_pct=45)
    assert "critical_value spo2_pct" in bed.said()


def test_silence_after_a_merge_pages_once_under_the_survivor():
    bed = febrile().monitor(2, **WELL)
    merged(bed, 10).until(18)
    assert bed.said() == ["resolved merged", "technical_silent"]
    assert bed.escalations()[-1]["patient_id"] == NEW


@pytest.mark.parametrize("restarted", [False, True])
def test_a_merge_entered_in_error_lets_the_patient_stand_alone_again(restarted):
    bed = merged(febrile().chart(5, "vasopressor", drug="norepinephrine", rate=0.2), 10, event_id="merge-1")
    assert bed.said() == ["crs_rise 3 #1", "resolved merged"]
    if restarted:
        bed.restarted()
    under(bed, OLD).chart(20, "retraction", retracts="merge-1")
    assert bed.said() == ["crs_rise 3 #2"]
    bed.vitals(21, temperature_c=38.6, **WELL).chart(22, "vasopressor", drug="vasopressin", rate=0.03)
    assert (bed.estimate["patient_id"], bed.estimate["unit"], bed.interval) == (OLD, "onc", (3, 3))
    bed.chart(23, "vasopressor", drug="phenylephrine", rate=0.1)
    assert (bed.interval, bed.said()) == ((4, 4), ["crs_rise 4 #1"])
    pages = bed.escalations("crs_rise")
    assert len({page["escalation_id"] for page in pages}) == len(pages) == 4


def test_a_merge_entered_in_error_is_taken_back_weeks_later_too():  # settled 14: a retraction is never too late
    bed = merged(febrile(), 10, event_id="merge-1").until(25 * DAY).restarted()
    bed.said()
    under(bed, OLD).chart(25 * DAY, "retraction", retracts="merge-1")
    assert bed.said()[0] == "crs_rise 1 #2"
    assert bed.estimate["inputs"]["oxygen_device"]["value"] == "room_air"


def test_days_of_data_go_over_and_a_long_known_episode_with_them():
    bed = febrile()
    for hour in range(4, 60, 4):
        bed.vitals(hour * HOUR, temperature_c=38.2, **WELL).on_room_air(hour * HOUR)
    under(bed, NEW).admit(3 * HOUR, event_id="admit-8")
    for hour in range(4, 60, 4):
        under(bed, NEW).vitals(hour * HOUR + 5, heart_rate_bpm=88, map_mmhg=80)
    bed.said()
    merged(bed, 58 * HOUR)
    assert bed.said() == ["resolved merged"]
    assert bed.interval == (1, 1)
    assert bed.estimate["episode_id"] == bed.escalations("crs_rise")[0]["episode_id"]
    bed.vitals(58 * HOUR + 1, sbp_mmhg=84)
    assert bed.said() == ["crs_rise 2 #1"]


def test_a_history_too_long_for_one_record_is_folded_up_and_loses_no_grade(monkeypatch):
    monkeypatch.setattr(leaving, "MOST_STATE_BYTES", 16 * 1024)
    bed = febrile().vitals(5, sbp_mmhg=84)
    for number in range(80):
        bed.vitals(10 + number, source="interface", sbp_mmhg=84, heart_rate_bpm=80 + number % 3)
    assert len(orjson.dumps(bed.known(OLD))) > 16 * 1024
    bed.said()
    merged(bed, 90)
    handover = written(bed)[0]
    assert len(orjson.dumps(handover["state"])) <= 16 * 1024
    assert (bed.interval[0], bed.said()) == (2, ["resolved merged"])
    # What is still remembered in full is still placed where it belongs.
    under(bed, OLD).vitals(89.5, sbp_mmhg=60, arrives=91)
    assert bed.refused() == []


def test_the_largest_handover_fits_into_a_record_that_is_accepted():
    assert leaving.MOST_STATE_BYTES < intake.MOST_BYTES - 64 * 1024


def test_the_old_name_is_forgotten_a_risk_window_after_the_last_event_that_was_passed_on():
    bed = merged(febrile(), 10)
    under(bed, OLD).vitals(DAY, temperature_c=37.0)
    bed.until(31 * DAY - 0.01)
    assert OLD in bed.partition.patients
    bed.until(31 * DAY)
    assert OLD not in bed.partition.patients


def test_a_handover_nobody_can_read_costs_one_record_and_leaves_the_old_name_alone():
    bed = merged(febrile(hands_over=False), 10)
    handover = {**written(bed)[0], "state": {"v": 99, "state": {}}}
    bed.deliver(handover, 11)
    assert bed.refused() == ["engine_fault"]
    assert bed.said() == ["engine_fault"]
    under(bed, OLD).vitals(12, sbp_mmhg=84)
    assert bed.said() == ["crs_rise 2 #1"]


@pytest.mark.parametrize("finding", ["neuro", "fever"])
def test_an_attribution_under_one_name_explains_nothing_that_stood_under_the_other(finding):
    bed = febrile().chart(2, "neuro", seizure="resolved")
    under(bed, NEW).vitals(3, temperature_c=38.5).chart(3, "neuro", ice=8, consciousness="awake")
    bed.chart(5, "attribution", finding=finding, cause="sedation", author="dr-a", expires_at=when(600))
    merged(bed, 10)
    fold = bed.partition.patients[NEW].fold
    assert (fold.low, fold.icans_low) == (1, 3)


def test_streams_of_both_at_the_same_time_count_by_the_worse():
    bed = febrile()
    for second in range(0, 120, 2):
        under(bed, OLD).monitor(5 + second / 60, spo2_pct=96)
        under(bed, NEW).monitor(5 + second / 60, spo2_pct=85)
    merged(bed, 8)
    assert bed.interval[0] == 2
    assert rises(bed, NEW) == [2]
