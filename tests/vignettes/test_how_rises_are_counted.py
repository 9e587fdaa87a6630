"""When a rise is late, why it ends, and which are remembered. Minutes since admission."""

import pytest

from tests.vignettes.bed import Bed, when
from tests.vignettes.merges import merged
from tests.vignettes.starting_points import HOUR, SECOND, WELL, febrile_bed, well_bed


@pytest.mark.parametrize(("happened", "said"), [(29, "crs_rise 2 #1"), (29 - SECOND, "crs_rise 2 #1 late")])
def test_a_rise_is_late_if_it_is_more_than_a_minute_older_than_the_newest_event(happened, said):
    bed = febrile_bed().vitals(30, sbp_mmhg=118).vitals(happened, sbp_mmhg=84, arrives=30.5)
    assert bed.said() == [said]


@pytest.mark.parametrize(("finding", "change"), [("hypoxia", {"spo2_pct": 88}), ("hypotension", {"sbp_mmhg": 84})])
def test_a_rise_ends_as_attributed_with_the_finding_that_made_it(finding, change):
    bed = febrile_bed().vitals(10, **change)
    assert bed.said() == ["crs_rise 2 #1"]
    bed.chart(20, "attribution", finding=finding, cause="other", author="dr-a", expires_at=when(600))
    assert bed.said() == ["resolved attributed"]


def test_a_rise_ends_as_improved_although_another_finding_was_attributed_before():
    bed = febrile_bed().vitals(10, sbp_mmhg=84)
    bed.chart(11, "attribution", finding="hypotension", cause="bleeding", author="dr-a", expires_at=when(600))
    assert bed.said() == ["crs_rise 2 #1", "resolved attributed"]
    bed.chart(12, "oxygen", device="face_mask").chart(20, "oxygen", device="room_air").until(50)
    assert bed.said() == ["crs_rise 3 #1", "resolved improved"]


def test_a_grade_that_was_only_recorded_pages_when_it_is_shown_again():
    bed = well_bed().chart(10, "neuro", ice=8, consciousness="awake").chart(12, "neuro", ice=10, consciousness="awake")
    bed.until(50)
    assert bed.said() == ["icans_rise 1 #1", "resolved improved"]
    bed.chart(57, "neuro", ice=10, consciousness="awake")
    bed.chart(55, "neuro", ice=8, consciousness="awake", arrives=58)
    assert (bed.estimate["icans"], bed.said()) == (1, [])
    bed.chart(60, "neuro", ice=8, consciousness="awake")
    assert bed.said() == ["icans_rise 1 #2"]


def test_rises_to_one_grade_are_counted_through_rises_to_another():
    bed = febrile_bed().chart(10, "oxygen", device="face_mask").chart(20, "oxygen", device="room_air").until(50)
    bed.vitals(60, sbp_mmhg=84).vitals(70, **WELL).vitals(100, **WELL)
    bed.chart(110, "oxygen", device="face_mask")
    assert bed.said() == [
        "crs_rise 3 #1", "resolved improved", "crs_rise 2 #1", "resolved improved", "crs_rise 3 #2",
    ]  # fmt: skip


def test_a_rise_that_was_told_and_ended_under_another_name_does_not_end_again():
    bed = merged(febrile_bed().vitals(5, sbp_mmhg=84), 10)
    assert bed.said() == ["crs_rise 2 #1", "resolved merged"]
    bed.vitals(20, sbp_mmhg=112).vitals(50, sbp_mmhg=112)
    assert (bed.interval, bed.said()) == ((1, 1), [])
    bed.vitals(60, sbp_mmhg=84).vitals(70, sbp_mmhg=112).vitals(100, sbp_mmhg=112)
    assert bed.said() == ["crs_rise 2 #2", "resolved improved"]


def test_rises_are_counted_for_the_last_four_stays():
    bed = Bed()
    for stay in range(6):
        start = stay * 2 * HOUR
        bed.admit(start, event_id=f"admit-{stay}").on_room_air(start).vitals(start, temperature_c=36.8, **WELL)
        bed.chart(start + 10, "neuro", ice=8, consciousness="awake")
        bed.chart(start + 20, "encounter", action="discharge")
    assert bed.said() == ["icans_rise 1 #1", "resolved discharged"] * 6
    counted = bed.partition.patients["bed-7"].sent.icans.counts
    assert list(counted) == ["admit-2", "admit-3", "admit-4", "admit-5"]
