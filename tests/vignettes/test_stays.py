"""Doses, recurrences, discharge, transfer, off the unit, monitoring stopped: timelines in minutes."""

import pytest

from tests.vignettes.bed import Bed, ms, when

HOUR, DAY = 60, 1440
WELL = {"sbp_mmhg": 118, "spo2_pct": 97, "heart_rate_bpm": 80, "resp_rate_bpm": 16}


def dosed(**options) -> Bed:
    """A bispecific's first dose on admission; everything known, nothing wrong."""
    bed = Bed(watch_all=False, **options).admit().on_room_air().chart(1, "neuro", ice=10, consciousness="awake")
    bed.vitals(1, temperature_c=36.8, **WELL)
    return bed.chart(2, "immunotherapy", product="teclistamab", dose_number=1)


def febrile(**options) -> Bed:
    """The same, feverish three hours after the dose."""
    bed = dosed(**options).on_room_air(3 * HOUR).vitals(3 * HOUR, temperature_c=38.4)
    assert bed.said() == ["crs_rise 1 #1"]
    return bed


def well(bed: Bed, from_hour: int, until_hour: int) -> Bed:
    """Afebrile, well and examined every four hours."""
    for hour in range(from_hour, until_hour, 4):
        bed.vitals(hour * HOUR, temperature_c=36.8, **WELL).on_room_air(hour * HOUR)
        bed.chart(hour * HOUR, "neuro", ice=10, consciousness="awake")
    return bed


# --- recurrence, clinical.md 10.1 (9) and (10) -----------------------------------------------------------------------


@pytest.mark.parametrize("number", [2, 3])
def test_each_dose_may_bring_an_episode_of_its_own(number):
    bed = febrile()
    end = 4
    for dose in range(2, number + 1):
        well(bed, end, end + 25).until((end + 24.1) * HOUR)
        assert bed.said() == ["resolved episode_closed"]
        start = end + 26
        bed.chart(start * HOUR, "immunotherapy", product="teclistamab", dose_number=dose)
        bed.vitals((start + 1) * HOUR, temperature_c=38.1)
        assert bed.said() == ["crs_rise 1 #1"]
        assert bed.estimate["dosed_at"] == when(start * HOUR)
        end = start + 2
    rises = bed.escalations("crs_rise")
    assert len({page["episode_id"] for page in rises}) == len({page["escalation_id"] for page in rises}) == number


def test_a_dose_inside_an_open_episode_neither_ends_it_nor_pages_again():
    bed = febrile().vitals(4 * HOUR, sbp_mmhg=84)
    episode = bed.estimate["episode_id"]
    bed.said()
    bed.chart(5 * HOUR, "immunotherapy", product="teclistamab", dose_number=2).vitals(5 * HOUR + 1, sbp_mmhg=83)
    assert bed.said() == []
    assert (bed.estimate["episode_id"], bed.interval[0]) == (episode, 2)


def test_each_return_after_a_confirmed_downgrade_counts_on():  # settled 22
    bed = febrile()
    for spell, start in enumerate((4 * HOUR, 6 * HOUR, 8 * HOUR), start=1):
        bed.on_room_air(start).vitals(start, **{**WELL, "sbp_mmhg": 84}).vitals(start + 10, sbp_mmhg=112).vitals(
            start + 40, sbp_mmhg=112
        )
        assert bed.said() == [f"crs_rise 2 #{spell}", "resolved improved"]


def test_a_second_rise_may_go_higher_than_the_first():
    bed = febrile().vitals(240, sbp_mmhg=84).vitals(250, sbp_mmhg=112).vitals(280, sbp_mmhg=112)
    bed.said()
    bed.chart(300, "oxygen", device="non_rebreather")
    assert bed.said() == ["crs_rise 3 #1"]
    assert bed.escalations()[-1]["previous_grade"] == 1


def test_the_highest_grade_of_the_episode_is_remembered_until_it_closes():  # clinical.md 10.1 (7)
    bed = febrile().chart(240, "oxygen", device="face_mask").chart(250, "oxygen", device="room_air").until(281)
    assert (bed.interval[0], bed.estimate["max_grade"]) == (1, 3)
    well(bed, 5, 30).until(30 * HOUR)
    assert bed.estimate["max_grade"] == 0


def test_a_fever_within_the_quiet_day_belongs_to_the_same_episode():
    bed = well(febrile(), 4, 25).on_room_air(27 * HOUR).vitals(27 * HOUR, temperature_c=38.0)
    assert bed.said() == []
    well(bed, 28, 52).until(52 * HOUR - 0.01)
    assert bed.interval[0] == 1
    bed.until(52 * HOUR)
    assert bed.said() == ["resolved episode_closed"]


def test_a_device_above_baseline_keeps_the_episode_open():
    bed = febrile()
    for hour in range(4, 29, 4):
        bed.vitals(hour * HOUR, temperature_c=36.8, **WELL).chart(hour * HOUR, "neuro", ice=10)
        bed.chart(hour * HOUR, "oxygen", device="nasal_cannula", flow_l_min=2)
        bed.chart(hour * HOUR, "vasopressor", drug="none")
    assert bed.said() == ["crs_rise 2 #1"]
    well(bed, 32, 56).until(56 * HOUR)
    assert bed.said() == ["resolved improved", "resolved episode_closed"]


# --- discharge and its cancellation ----------------------------------------------------------------------------------


def test_discharge_ends_everything_that_stands():
    bed = febrile().chart(200, "neuro", ice=5, consciousness="voice").vitals(201, spo2_pct=45)
    raised = {page["escalation_id"] for page in bed.escalations()}
    bed.said()
    bed.chart(210, "encounter", action="discharge")
    assert set(bed.said()) == {"resolved discharged"}
    assert {name for end in bed.escalations("resolved") for name in end["resolves"]} == raised


def test_a_cancelled_discharge_brings_back_whatever_still_stands():  # settled 21
    bed = febrile().vitals(201, spo2_pct=45, sbp_mmhg=84)
    bed.chart(202, "neuro", ice=5, consciousness="voice").chart(210, "encounter", action="discharge")
    bed.said()
    bed.chart(220, "encounter", action="cancel_discharge")
    assert sorted(bed.said()) == ["critical_value spo2_pct", "crs_rise 2 #2", "icans_rise 2 #2"]
    names = [page["escalation_id"] for page in bed.escalations()]
    assert len(names) == len(set(names))


def test_a_discharge_said_twice_ends_once():
    bed = febrile().chart(200, "encounter", action="discharge").chart(205, "encounter", action="discharge")
    assert bed.said() == ["resolved discharged"]


def test_a_cancellation_without_a_discharge_pages_nothing():
    bed = febrile().chart(200, "encounter", action="cancel_discharge")
    assert bed.said() == []
    assert bed.estimate["encounter"] == "admitted"


def test_a_discharge_entered_in_error_is_as_if_it_had_not_been():
    bed = febrile().chart(200, "encounter", action="discharge", event_id="wrong")
    bed.said()
    bed.vitals(205, sbp_mmhg=84).chart(210, "retraction", retracts="wrong")
    assert bed.said() == ["crs_rise 2 #1"]


def test_nobody_is_waited_for_after_discharge():
    bed = febrile().monitor(181, **WELL).chart(182, "encounter", action="discharge")
    bed.said()
    bed.until(182 + DAY)
    assert bed.said() == []


def test_a_discharge_that_comes_late_ends_it_now():
    bed = febrile().vitals(200, sbp_mmhg=84)
    bed.said()
    bed.chart(190, "encounter", action="discharge", arrives=210)
    assert set(bed.said()) == {"resolved discharged"}


# --- admission, transfer, update -------------------------------------------------------------------------------------


def test_a_second_admission_message_is_the_same_stay():
    bed = febrile().admit(200, event_id="admit-again", unit="icu", bed="2")
    assert bed.said() == []
    stay = bed.partition.patients["bed-7"].stay
    assert (stay.encounter_id, stay.unit) == ("admit-1", "icu")


def test_a_new_stay_counts_icans_anew_and_names_it_otherwise():
    bed = dosed().chart(100, "neuro", ice=8, consciousness="awake")
    bed.chart(110, "encounter", action="discharge").admit(200, event_id="admit-2", age_years=None)
    bed.chart(210, "neuro", ice=8, consciousness="awake")
    rises = bed.escalations("icans_rise")
    assert [page["rise"] for page in rises] == [1, 1]
    assert len({page["escalation_id"] for page in rises}) == 2


def test_the_next_escalation_after_a_transfer_carries_the_new_place():  # alerting.md 3.1
    bed = febrile().vitals(200, sbp_mmhg=84).chart(201, "encounter", action="transfer", unit="icu", bed="3")
    bed.said()
    bed.chart(202, "vasopressor", drug="norepinephrine", rate=0.1)
    assert bed.said() == ["crs_rise 3 #1"]
    page = bed.escalations()[-1]
    assert (page["unit"], page["bed"], page["previous_grade"]) == ("icu", "3", 2)


def test_a_transfer_after_discharge_brings_nobody_back():
    bed = febrile().chart(200, "encounter", action="discharge")
    bed.said()
    bed.chart(201, "encounter", action="transfer", unit="icu").vitals(202, sbp_mmhg=60)
    assert bed.said() == []
    assert bed.partition.patients["bed-7"].stay.status == "discharged"


def test_an_update_moves_the_bed_and_pages_nothing():
    bed = febrile().chart(200, "encounter", action="update", bed="9")
    assert (bed.said(), bed.estimate["bed"], bed.estimate["unit"]) == ([], "9", "onc")


def test_whose_admission_was_missed_is_graded_all_the_same():
    bed = Bed().vitals(1, temperature_c=38.5, **WELL)
    assert bed.said() == ["crs_rise 1 #1"]
    assert (bed.estimate["encounter"], "unit" in bed.escalations()[0]) == ("unknown", False)


# --- off the unit, monitoring stopped by order -----------------------------------------------------------------------


def test_off_the_unit_a_rise_pages_all_the_same():
    bed = febrile().chart(190, "encounter", action="off_unit", expected_return=when(400))
    bed.chart(200, "vasopressor", drug="norepinephrine", rate=0.1).vitals(201, heart_rate_bpm=0)
    assert bed.said() == ["crs_rise 3 #1", "critical_value heart_rate_bpm"]
    assert bed.estimate["encounter"] == "off_unit"


def test_the_windows_go_on_through_an_absence():
    bed = febrile().vitals(190, sbp_mmhg=84).chart(191, "encounter", action="off_unit")
    bed.said()
    bed.vitals(200, sbp_mmhg=112).chart(210, "encounter", action="return").vitals(231, sbp_mmhg=112)
    assert bed.said() == ["resolved improved"]


def test_a_gap_waits_for_the_return_and_pages_then():
    bed = Bed().admit().chart(0, "vasopressor", drug="none").vitals(1, temperature_c=38.5, spo2_pct=97)
    bed.chart(1.5, "encounter", action="off_unit").until(60)
    assert bed.said() == ["crs_rise 1 #1"]
    bed.chart(61, "encounter", action="return")
    assert bed.said() == ["possible_crs"]


def test_with_monitoring_stopped_what_is_charted_by_hand_still_pages():
    bed = febrile().monitor(181, **WELL).chart(182, "monitoring", state="stopped_by_order", author="dr-a")
    bed.until(300).vitals(300, sbp_mmhg=84).vitals(301, resp_rate_bpm=0)
    assert bed.said() == ["crs_rise 2 #1", "critical_value resp_rate_bpm"]


def test_a_lost_sign_is_not_told_while_monitoring_is_stopped():
    bed = febrile().monitor(181, heart_rate_bpm=80, spo2_pct=97)
    bed.chart(182, "monitoring", state="stopped_by_order", author="dr-a")
    for minute in range(183, 230):
        bed.monitor(minute, heart_rate_bpm=80)
    assert bed.said() == []
    bed.chart(230, "monitoring", state="on", author="dr-a").monitor(231, heart_rate_bpm=80)
    assert bed.said() == ["technical_stale spo2_pct"]


def test_an_episode_of_the_stay_before_ended_when_the_new_one_began():
    bed = febrile().chart(4 * HOUR, "encounter", action="discharge").admit(5 * HOUR, event_id="admit-2")
    (name,) = bed.partition.patients["bed-7"].episodes
    assert (name.opened_ms, name.closed_ms) == (ms(3 * HOUR), ms(5 * HOUR))


def test_who_is_back_and_whose_admission_was_lost_is_waited_for_from_then_on():
    bed = Bed()
    bed.partition.begin_after(5)
    bed.chart(1, "encounter", action="discharge").chart(2, "encounter", action="cancel_discharge").until(HOUR)
    (silent,) = bed.escalations("technical_silent")
    assert silent["occurred_at"] == when(17)
