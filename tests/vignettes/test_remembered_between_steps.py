"""What later pages rest on: how bad it could be while a sign was fresh, since when a score stands, what was shown."""

import pytest

from tests.vignettes.bed import Bed, when
from tests.vignettes.starting_points import DAY, HOUR, SECOND, WELL, dosed_bed, febrile_bed, well_bed

RED = {"resp_rate_bpm": 52, "spo2_pct": 93, "heart_rate_bpm": 150, "sbp_mmhg": 118}  # NEWS2 3 + 2 + 3, PEWS 8 at six
MS = SECOND / 1000


def monitored(bed: Bed, start: float, end: float, **signs: float) -> Bed:
    """Every minute."""
    for minute in range(int(start), int(end) + 1):
        bed.monitor(minute, **signs)
    return bed


def priority(bed: Bed, kind: str) -> list[str]:
    return [page["priority"] for page in bed.escalations(kind)]


# --- how bad it could be before ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("spo2", "said"), [(97, "low"), (88, "medium")])
def test_a_lost_sign_is_as_urgent_as_the_grade_could_be_while_it_was_fresh(spo2, said):  # settled 27
    bed = febrile_bed().monitor(2, heart_rate_bpm=80, spo2_pct=spo2).until(2.5)
    monitored(bed, 3, 17, heart_rate_bpm=80).until(17)
    # Stale, it could be anything; that it is lost now says no more than was known then.
    assert bed.interval[1] >= 2
    assert (bed.said()[-1], priority(bed, "technical_stale")) == ("technical_stale spo2_pct", [said])


@pytest.mark.parametrize(("low", "said"), [(False, "medium"), (True, "high")])
def test_silence_is_as_urgent_as_the_grade_could_be_when_something_was_last_measured(low, said):
    bed = febrile_bed().monitor(2, **{**WELL, "spo2_pct": 97})
    if low:
        bed = febrile_bed().chart(1.5, "oxygen", device="bipap").monitor(2, **WELL)
        bed.chart(3, "oxygen", device="room_air")
        bed.chart(3, "attribution", finding="hypoxia", cause="c", author="dr-a", expires_at="2026-03-02T08:00:00Z")
        assert bed.interval[1] == 1  # nothing was measured since
    bed.until(17)
    assert priority(bed, "technical_silent") == [said]


def test_a_gap_lasts_from_its_first_moment_whatever_is_measured_meanwhile():  # settled 24
    bed = Bed().admit().chart(0, "vasopressor", drug="none").vitals(1, temperature_c=38.5, spo2_pct=97)
    assert bed.said() == ["crs_rise 1 #1"]
    bed.vitals(1.5, heart_rate_bpm=80).until(2 - MS)
    assert bed.said() == []
    assert bed.until(2).said() == ["possible_crs"]


# --- paged for from now on -------------------------------------------------------------------------------------------


def test_what_stands_when_a_dose_is_told_late_is_raised_at_once_and_not_as_late():  # settled 26
    bed = Bed(watch_all=False).admit().on_room_air().vitals(5, temperature_c=38.5, **WELL).vitals(10, sbp_mmhg=84)
    assert bed.said() == []
    bed.chart(1, "immunotherapy", product="axi-cel", arrives=20)
    assert bed.said() == ["crs_rise 2 #1"]
    page = bed.escalations("crs_rise")[-1]
    assert (page["previous_grade"], page["priority"]) == (0, "medium")


def test_a_dose_charted_again_after_it_was_taken_back_raises_the_standing_grade_again():
    bed = dosed_bed().vitals(5, temperature_c=38.5, **WELL).vitals(10, sbp_mmhg=84)
    assert bed.said() == ["crs_rise 1 #1", "crs_rise 2 #1"]
    bed.chart(12, "retraction", retracts="dose-1")
    assert bed.said() == ["resolved retracted"]
    bed.chart(1, "immunotherapy", product="axi-cel", arrives=20)
    assert bed.said() == ["crs_rise 2 #2"]


@pytest.mark.parametrize("minute", [5, 45])
def test_what_happened_before_the_dose_was_told_is_not_told_afterwards(minute):
    bed = Bed(watch_all=False).admit().on_room_air().vitals(1, temperature_c=38.5, **WELL).vitals(40, sbp_mmhg=118)
    bed.chart(100, "immunotherapy", product="axi-cel")
    bed.vitals(46, sbp_mmhg=118, arrives=105).vitals(80, sbp_mmhg=118, arrives=106)
    assert bed.said() == ["crs_rise 1 #1"]
    bed.vitals(minute, sbp_mmhg=84, arrives=110)
    assert bed.said() == []


def test_what_comes_a_little_late_after_the_dose_was_told_pages():
    bed = Bed(watch_all=False).admit().on_room_air().vitals(5, temperature_c=38.5, **WELL)
    bed.chart(10, "immunotherapy", product="axi-cel", arrives=20)
    assert bed.said() == ["crs_rise 1 #1"]
    bed.vitals(15, sbp_mmhg=84, arrives=21)
    assert bed.said() == ["crs_rise 2 #1"]


def test_what_happened_at_the_moment_of_the_dose_is_told_with_its_time():
    bed = Bed(watch_all=False).admit().on_room_air().vitals(5, temperature_c=38.5, **WELL)
    bed.chart(20, "immunotherapy", product="axi-cel").vitals(20.5, heart_rate_bpm=81)
    bed.said()
    bed.vitals(20, sbp_mmhg=84, arrives=21)
    assert (bed.said(), bed.escalations()[-1]["occurred_at"]) == (["crs_rise 2 #1"], when(20))


def test_a_discharge_that_was_cancelled_hides_nothing_that_happened_before_it():
    bed = febrile_bed().vitals(6, sbp_mmhg=118).vitals(37, sbp_mmhg=118)
    bed.chart(40, "encounter", action="discharge").chart(50, "encounter", action="cancel_discharge")
    bed.said()
    bed.vitals(5, sbp_mmhg=84, arrives=60)
    assert bed.said() == ["crs_rise 2 #1 late", "resolved improved"]


def test_where_signs_were_going_in_another_stay_is_not_asked_in_this_one():
    bed = well_bed().vitals(1, **WELL)
    assert bed.partition.patients["bed-7"].trends
    bed.chart(2, "encounter", action="discharge").admit(3, event_id="admit-2")
    assert bed.partition.patients["bed-7"].trends == {}


# --- critical values that came late ----------------------------------------------------------------------------------


def late_arrest() -> Bed:
    """No pulse and no breath at 5, a pulse again at 8; the first is heard of at 20."""
    bed = well_bed().vitals(8, heart_rate_bpm=80)
    return bed.vitals(5, heart_rate_bpm=0, resp_rate_bpm=0, arrives=20)


def test_of_two_critical_values_that_came_late_the_one_that_stands_is_no_past_one():
    bed = late_arrest()
    assert bed.said() == ["critical_value heart_rate_bpm late", "resolved improved", "critical_value resp_rate_bpm"]
    assert priority(bed, "critical_value") == ["medium", "high"]
    # Both were said, whatever else comes late.
    bed.vitals(4, spo2_pct=97, arrives=21).vitals(6, temperature_c=36.9, arrives=22)
    assert bed.said() == []


def test_a_critical_value_taken_back_is_resolved_as_that():
    bed = well_bed().vitals(5, spo2_pct=45, event_id="slip").chart(6, "retraction", retracts="slip")
    assert bed.said() == ["critical_value spo2_pct", "resolved retracted"]


def test_nothing_is_revealed_of_somebody_who_has_left():
    bed = well_bed().vitals(8, heart_rate_bpm=80).chart(10, "encounter", action="discharge")
    bed.vitals(5, heart_rate_bpm=0, arrives=20)
    assert bed.said() == []


# --- a ward score ----------------------------------------------------------------------------------------------------


def seen(bed: Bed, second: float, **signs: float) -> Bed:
    return bed.monitor(1 + second * SECOND, **signs)


def test_a_score_on_a_monitor_lasts_from_its_first_second_however_often_it_is_seen():
    bed = Bed().admit().on_room_air()
    for second in range(15):
        seen(bed, second, **RED)
    assert bed.said() == []
    seen(bed, 15, **RED).until(1 + 15 * SECOND)
    assert bed.said() == ["ward_score news2"]


def test_a_score_that_was_lower_in_between_begins_again():
    bed = seen(seen(Bed().admit().on_room_air(), 0, **RED), 5, **WELL)
    seen(bed, 8, **RED).until(1 + 22.9 * SECOND)
    assert bed.said() == []
    assert bed.until(1 + 23 * SECOND).said() == ["ward_score news2"]


def test_the_score_of_another_age_begins_when_the_age_is_known():
    bed = seen(Bed().admit(age_years=None).on_room_air(), 0, **RED)
    bed.chart(1 + 10 * SECOND, "encounter", action="update", age_years=6).until(1 + 24.9 * SECOND)
    assert bed.said() == []
    assert bed.until(1 + 25 * SECOND).said() == ["ward_score pews"]


def test_a_score_is_better_after_half_an_hour_to_the_millisecond():
    bed = well_bed().vitals(1, **RED)
    assert bed.said() == ["ward_score news2"]
    # What runs out at a moment comes after its records, so both are looked at a millisecond before.
    bed.vitals(5, **WELL).vitals(35 - 2 * MS, **WELL)
    assert bed.said() == []
    bed.vitals(35 - MS, **WELL)
    assert bed.said() == ["resolved improved"]
    state = bed.partition.patients["bed-7"]
    assert (state.score_name, state.score_ms, state.score_below_ms) == ("news2", None, None)
    bed.vitals(40, **RED)
    assert bed.said() == ["ward_score news2"]


def test_a_score_that_was_high_again_is_better_half_an_hour_after_that():
    bed = well_bed().vitals(1, **RED).vitals(5, **WELL).vitals(10, **RED).vitals(15, **WELL).vitals(40, **WELL)
    assert bed.said() == ["ward_score news2"]
    assert bed.vitals(46, **WELL).said() == ["resolved improved"]


def test_a_score_that_is_as_high_with_what_is_known_of_a_stale_sign_is_not_better_meanwhile():
    cold, poorly = {"temperature_c": 35.0}, {**WELL, "heart_rate_bpm": 112, "resp_rate_bpm": 22}  # 3, and 2 and 2
    bed = Bed().admit().on_room_air().vitals(1, **poorly, **cold).vitals(150, **poorly)
    bed.on_room_air(200).vitals(260, **{**poorly, "heart_rate_bpm": 100}).vitals(280, **poorly)
    for minute in (285, 300):
        bed.vitals(minute, **{**poorly, "heart_rate_bpm": 80})
    assert bed.said() == ["ward_score news2"]
    assert bed.vitals(316, **{**poorly, "heart_rate_bpm": 80}).said() == ["resolved improved"]


# --- what was shown --------------------------------------------------------------------------------------------------


def estimates(bed: Bed) -> int:
    return sum(output.topic == "estimates" for output in bed.outputs)


def test_an_unchanged_estimate_is_repeated_with_the_first_record_after_five_minutes():
    bed = well_bed().vitals(1, **WELL)
    count = estimates(bed)
    bed.vitals(5 - MS, **WELL)
    assert estimates(bed) == count
    bed.vitals(5, **WELL)
    assert (estimates(bed), bed.estimate["as_of"]) == (count + 1, "2026-03-01T08:05:00.000Z")


def test_every_accepted_record_and_every_moment_is_one_revision():
    bed = well_bed()
    assert bed.estimate["revision"] == 4
    bed.vitals(1, **WELL).vitals(1, **WELL, event_id="event-5", arrives=2).vitals(6, **WELL)
    assert bed.estimate["revision"] == 6
    assert [output.key for output in bed.outputs if output.topic == "estimates"] == ["bed-7"] * estimates(bed)


def test_who_was_forgotten_and_comes_back_is_here():
    bed = well_bed().chart(1, "immunotherapy", product="axi-cel").chart(2, "encounter", action="discharge")
    bed.until(2 * DAY)
    assert bed.partition.standing(["bed-7"]) == []
    bed.admit(2 * DAY + HOUR, event_id="admit-2")
    assert [output.key for output in bed.partition.standing(["bed-7"])] == ["bed-7"]
