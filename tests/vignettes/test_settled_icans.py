"""`settled.md` 30 to 32, ICANS: one named test a point, minutes since admission."""

import pytest

from tests.vignettes.bed import Bed
from tests.vignettes.starting_points import DAY, HOUR, WELL, well_bed


def examined(age_years: float = 60, **fields: object) -> tuple[int, int]:
    """The ICANS interval after one examination."""
    bed = Bed().admit(age_years=age_years).chart(10, "neuro", **fields)
    return bed.estimate["icans_low"], bed.estimate["icans_high"]


@pytest.mark.parametrize(
    ("fields", "grade"),
    [
        ({"capd": 0, "consciousness": "awake"}, 0),
        ({"capd": 1, "consciousness": "awake"}, 1),
        ({"capd": 8, "consciousness": "awake"}, 1),
        ({"capd": 9, "consciousness": "awake"}, 3),
        ({"capd": 8, "consciousness": "voice"}, 2),
        ({"capd": 8, "consciousness": "tactile"}, 3),
        ({"capd": 8, "consciousness": "unarousable"}, 4),
    ],
    ids=str,
)
def test_settled_30_capd_below_nine_grades_by_itself_and_by_consciousness(fields, grade):
    assert examined(8, **fields) == (grade, grade)


@pytest.mark.parametrize(
    ("age_years", "fields", "interval"),
    [
        (60, {"ice": 10}, (0, 0)),
        (60, {"ice": 8}, (1, 1)),
        (8, {"capd": 0}, (0, 0)),
        (8, {"capd": 5}, (1, 1)),
    ],
    ids=str,
)
def test_settled_31_with_a_fresh_score_uncharted_domains_are_taken_as_absent(age_years, fields, interval):
    assert examined(age_years, **fields) == interval


@pytest.mark.parametrize(
    ("fields", "interval"),
    [
        ({"seizure": "none"}, (0, 4)),
        ({"consciousness": "awake"}, (0, 3)),
        ({"consciousness": "voice"}, (2, 3)),
        ({"consciousness": "tactile"}, (3, 3)),
        ({"consciousness": "unarousable"}, (4, 4)),
    ],
    ids=str,
)
def test_settled_31_without_a_score_the_upper_bound_is_four_or_three_if_rousable(fields, interval):
    assert examined(60, **fields) == interval


@pytest.mark.parametrize(
    ("fields", "interval"),
    [
        ({"ice": 0}, (3, 4)),
        ({"ice": 0, "consciousness": "awake"}, (3, 3)),
        ({"ice": 0, "consciousness": "tactile"}, (3, 3)),
        ({"ice": 0, "consciousness": "unarousable"}, (4, 4)),
        ({"ice": 1}, (3, 3)),
    ],
    ids=str,
)
def test_settled_31_ice_zero_without_consciousness_is_three_to_four(fields, interval):
    assert examined(60, **fields) == interval


def test_settled_32_a_field_is_stale_after_fourteen_hours_and_stale_never_lowers():
    bed = Bed().admit().chart(10, "neuro", ice=5, consciousness="awake").until(14 * HOUR + 9.99)
    assert (bed.estimate["icans_low"], bed.estimate["icans_high"]) == (2, 2)
    bed.until(14 * HOUR + 10)
    assert (bed.estimate["icans_low"], bed.estimate["icans_high"]) == (2, 4)
    assert bed.estimate["inputs"]["ice"]["state"] == "stale"


def test_settled_32_only_a_newer_chart_of_the_same_domain_lowers():
    bed = Bed().admit().chart(10, "neuro", ice=10, seizure="resolved").chart(60, "neuro", ice=10).until(3 * HOUR)
    assert bed.estimate["icans"] == 3
    bed.chart(3 * HOUR, "neuro", seizure="none").until(3 * HOUR + 30)
    assert bed.estimate["icans"] == 0


def test_settled_32_rises_are_counted_per_stay_with_or_without_an_episode():
    bed = well_bed().chart(10, "neuro", ice=8)
    assert bed.said() == ["icans_rise 1 #1"]
    bed.chart(20, "neuro", ice=10).until(50).vitals(60, temperature_c=38.5, **WELL)
    assert bed.said() == ["resolved improved", "crs_rise 1 #1"]
    bed.chart(70, "neuro", ice=8)
    assert bed.said() == ["icans_rise 1 #2"]
    bed.chart(80, "encounter", action="discharge").admit(90, event_id="admit-2").chart(100, "neuro", ice=8)
    assert bed.said()[-1] == "icans_rise 1 #1"


def dosed_bed() -> Bed:
    """Enrolled at minute 10, charted well every four hours for a day."""
    bed = Bed(watch_all=False).admit().on_room_air().chart(10, "immunotherapy", product="teclistamab", dose_number=1)
    for hour in range(0, 24, 4):
        bed.vitals(hour * HOUR + 11, temperature_c=36.8, **WELL).on_room_air(hour * HOUR + 11)
    return bed


def due(bed: Bed) -> list[str]:
    """Examinations that were called for, by when."""
    return [item["occurred_at"] for item in bed.escalations("neuro_due")]


def test_settled_32_an_examination_is_due_from_the_later_of_dose_and_last_examination():
    assert due(dosed_bed().until(DAY)) == ["2026-03-01T22:10:00.000Z"]
    bed = Bed(watch_all=False).admit().chart(10, "immunotherapy", product="teclistamab").chart(60, "neuro", ice=10)
    assert due(bed.until(14 * HOUR + 59.99)) == []
    assert due(bed.until(15 * HOUR)) == ["2026-03-01T23:00:00.000Z"]


def test_settled_32_the_window_runs_from_each_dose_for_thirty_days():
    # The last examination 13 h before the window ends is still called for, 14 h before its end no more.
    for before_h, called in ((14.01, 1), (14, 0)):
        bed = Bed(watch_all=False).admit().chart(10, "immunotherapy", product="teclistamab")
        bed.chart(30 * DAY + 10 - before_h * HOUR, "neuro", ice=10)
        known = len(due(bed))
        assert len(due(bed.until(31 * DAY))) - known == called
    bed = Bed(watch_all=False).admit().chart(10, "immunotherapy", product="teclistamab", dose_number=1)
    bed.chart(29 * DAY, "neuro", ice=10).chart(29 * DAY, "immunotherapy", product="teclistamab", dose_number=2)
    bed.chart(40 * DAY, "neuro", ice=10)
    known = len(due(bed))
    assert len(due(bed.until(41 * DAY))) - known == 1  # the second dose runs a window of its own
