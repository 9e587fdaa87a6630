"""Limits charted in error and taken back: what was measured is held to the limits that are left."""

from tests.vignettes.bed import Bed, when
from tests.vignettes.starting_points import SECOND, febrile_bed


def arterial_line(bed: Bed, minute: float, sbp_mmhg: float) -> Bed:
    """A minute of readings, five seconds apart."""
    for second in range(0, 60, 5):
        bed.monitor(minute + second * SECOND, bp_source="arterial", sbp_mmhg=sbp_mmhg)
    return bed


def test_a_pressure_that_only_a_childs_limit_made_normal_counts_at_once_and_pages_once_it_has_lasted():
    bed = febrile_bed().chart(5, "encounter", action="update", age_years=6, event_id="slip")
    arterial_line(bed, 6, 86)
    assert (bed.interval, bed.said()) == ((1, 1), [])
    bed.chart(7.5, "retraction", retracts="slip")
    assert (bed.interval, bed.said()) == ((1, 2), [])
    bed.until(7.75 - SECOND)
    assert bed.said() == []
    bed.until(7.75)
    assert (bed.interval, bed.said()) == ((2, 2), ["crs_rise 2 #1"])
    page = bed.escalations("crs_rise")[-1]
    assert (page["occurred_at"], page["because"][-1]["threshold"]) == (when(7.75), 90)


def test_a_pressure_that_only_a_wrong_baseline_made_low_is_confirmed_before_the_grade_falls():
    bed = arterial_line(febrile_bed().chart(5, "baseline", sbp_mmhg=160, event_id="slip"), 6, 95)
    assert bed.said() == ["crs_rise 2 #1"]
    # What a stream measured is not kept, only what it meant: that it was never low has to be seen.
    bed.chart(7.5, "retraction", retracts="slip")
    assert (bed.interval, bed.said()) == ((2, 2), [])
    arterial_line(bed, 8, 95)
    assert (bed.interval, bed.said()) == ((2, 2), [])
    bed.until(20).monitor(38, bp_source="arterial", sbp_mmhg=95)
    assert bed.interval == (1, 1)
    assert "resolved improved" in bed.said()


def test_a_baseline_that_changed_no_limit_leaves_the_grade_as_it_was():
    bed = arterial_line(febrile_bed().chart(5, "baseline", sbp_mmhg=110, event_id="slip"), 6, 85)
    bed.said()
    bed.chart(7.5, "retraction", retracts="slip")
    assert (bed.interval, bed.said()) == ((2, 2), [])


def test_who_explained_a_pressure_that_was_never_low_explained_nothing():
    bed = febrile_bed().chart(5, "baseline", sbp_mmhg=160, event_id="slip").vitals(6, sbp_mmhg=95)
    bed.chart(7, "attribution", finding="hypotension", cause="sedation", author="dr-a", expires_at=when(600))
    assert bed.said() == ["crs_rise 2 #1", "resolved attributed"]
    bed.chart(20, "retraction", retracts="slip")
    assert (bed.interval, bed.said()) == ((1, 1), [])
    # What is low by the limit that is left, nobody has explained.
    bed.vitals(30, sbp_mmhg=89)
    assert (bed.interval, bed.said()) == ((2, 2), ["crs_rise 2 #2"])
