"""Fever explained otherwise: what of the episode rests meanwhile, and what comes back with it. Times in minutes."""

import pytest

from tests.vignettes.bed import HOUR_MIN, Bed, when
from tests.vignettes.starting_points import WELL, febrile_bed

DAY_MIN = 24 * HOUR_MIN


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


@pytest.mark.parametrize(
    ("more", "grade"),
    [
        (("oxygen", {"device": "nasal_cannula", "flow_l_min": 2}), 2),
        (("oxygen", {"device": "ventilator"}), 4),
        (("vasopressor", {"drug": "norepinephrine", "rate": 0.1}), 3),
    ],
)
def test_whatever_is_more_than_the_explained_fever_ends_the_explanation(more, grade):  # settled 7
    bed = explained(febrile_bed(), 10, until=DAY_MIN).chart(60, more[0], **more[1])
    assert (bed.interval[0], bed.said()) == (grade, [f"crs_rise {grade} #1"])


def test_a_low_pressure_counts_although_the_fever_is_explained_and_what_stood_already_does_not():
    bed = explained(febrile_bed().vitals(5, sbp_mmhg=84), 10, until=DAY_MIN)
    assert bed.vitals(60, sbp_mmhg=82).said() == []
    bed.chart(70, "vasopressor", drug="norepinephrine", rate=0.1)
    assert bed.said() == ["crs_rise 3 #1"]
    bed = explained(febrile_bed(), 10, until=DAY_MIN).vitals(60, sbp_mmhg=84)
    assert (bed.interval, bed.said()) == ((2, 2), ["crs_rise 2 #1"])


def test_a_low_saturation_of_a_stream_counts_when_it_is_established():
    bed = explained(febrile_bed(), 10, until=DAY_MIN).monitor(60, spo2_pct=88)
    assert bed.until(60.24).said() == []
    assert bed.until(60.25).said() == ["crs_rise 2 #1"]


def test_what_stands_when_the_explanation_of_a_fever_ends_counts_although_the_fever_is_gone():  # settled 6, 7
    bed = explained(febrile_bed().vitals(5, sbp_mmhg=84), 10, until=130).vitals(60, temperature_c=36.9, sbp_mmhg=84)
    assert bed.until(129.99).interval == (0, 0)
    bed.until(130)
    assert (bed.interval, bed.said()) == ((2, 2), ["crs_rise 2 #2"])


def test_what_comes_after_the_explanation_of_a_fever_that_is_gone_counts_in_the_same_episode():
    bed = febrile_bed()
    episode = bed.estimate["episode_id"]
    explained(bed, 10, until=130).vitals(60, temperature_c=36.9, **WELL).until(140)
    bed.chart(150, "vasopressor", drug="norepinephrine", rate=0.1)
    assert (bed.interval[0], bed.said(), bed.estimate["episode_id"]) == (3, ["crs_rise 3 #1"], episode)


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
