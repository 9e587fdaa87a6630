"""Fever explained otherwise: what of the episode rests meanwhile, and what comes back with it. Times in minutes."""

from tests.vignettes.bed import HOUR_MIN, Bed, when
from tests.vignettes.starting_points import WELL, febrile_bed


def explained(bed: Bed, minute: float, until: float, finding: str = "fever") -> Bed:
    """Charted as explained; what that resolves is not looked at here."""
    bed.chart(minute, "attribution", finding=finding, cause="transfusion", author="dr-a", expires_at=when(until))
    bed.said()
    return bed


def test_a_fever_known_to_be_gone_when_its_explanation_ends_pages_nobody():
    bed = explained(febrile_bed(), 10, until=130).vitals(60, temperature_c=36.9, **WELL).until(200)
    assert (bed.interval, bed.said()) == ((0, 0), [])
    bed.vitals(210, temperature_c=38.4)
    assert (bed.interval, bed.said()) == ((1, 1), ["crs_rise 1 #2"])


def test_once_nobody_knows_that_the_fever_is_gone_the_episode_goes_on():
    bed = explained(febrile_bed(), 10, until=130).vitals(60, temperature_c=36.9, **WELL)
    lost = 60 + 8 * HOUR_MIN
    bed.until(lost - 0.01)
    assert (bed.interval, bed.said()) == ((0, 4), [])
    assert bed.until(lost).interval == (1, 4)
    assert "crs_rise 1 #2" in bed.said()


def test_a_fever_explained_in_the_minute_it_was_measured_opens_an_episode_only_when_that_ends():
    bed = Bed(watch_all=False).admit().on_room_air().vitals(4, temperature_c=38.4, **WELL)
    explained(bed, 4, until=60)
    assert bed.interval == (0, 0)
    assert "episode_id" not in bed.estimate
    bed.until(60)
    assert (bed.interval, "episode_id" in bed.estimate) == ((1, 1), True)


def test_what_was_held_when_the_fever_was_explained_is_held_no_more_when_it_counts_again():  # settled 15
    bed = febrile_bed().chart(5, "oxygen", device="bipap").chart(10, "oxygen", device="room_air")
    bed.vitals(11, sbp_mmhg=84).vitals(11.5, sbp_mmhg=112)
    assert bed.interval == (4, 4)
    explained(bed, 12, until=20).until(20)
    assert (bed.interval, bed.said()) == ((1, 1), ["crs_rise 1 #2"])


def test_a_childs_explained_delirium_leaves_nothing_open_while_the_child_can_be_examined():  # settled 30
    bed = Bed().admit(age_years=8).on_room_air().vitals(1, temperature_c=36.8, **WELL)
    bed.chart(10, "neuro", capd=12, consciousness="awake")
    assert bed.estimate["icans_low"] == 3
    explained(bed, 20, until=600, finding="neuro")
    assert (bed.estimate["icans_low"], bed.estimate["icans_high"], bed.estimate["icans"]) == (0, 0, 0)
