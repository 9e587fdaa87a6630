"""The twelfth birthday changes which score is asked for, and nothing that was found before it (settled 32)."""

from tests.vignettes.bed import Bed, when
from tests.vignettes.on_the_board import prompts
from tests.vignettes.starting_points import HOUR, WELL
from tests.vignettes.test_neuro_timelines import due_calls, icans

BIRTHDAY = 16 * HOUR  # begins


def nearly_twelve() -> Bed:
    """Twelve years old from midnight on, and dosed."""
    bed = Bed(watch_all=False).admit(age_years=None, birth_date="2014-03-02").on_room_air()
    return bed.chart(0, "immunotherapy", product="tisa-cel").vitals(1, temperature_c=36.8, **WELL)


def test_a_twelfth_birthday_lowers_nothing_that_was_found_before_it():  # settled 32: only a newer chart does
    bed = nearly_twelve().chart(BIRTHDAY - HOUR, "neuro", capd=9, consciousness="awake")
    assert icans(bed) == (3, 3)
    bed.vitals(BIRTHDAY + 1, temperature_c=36.8, **WELL).until(BIRTHDAY + 12 * HOUR)
    assert (icans(bed), bed.estimate["inputs"]["capd"]["value"]) == ((3, 3), 9)
    assert bed.estimate["because"][0]["text"] == "CAPD 9 (Grade 3 from 9)"
    bed.said()
    bed.chart(BIRTHDAY + 12 * HOUR, "neuro", ice=10).until(BIRTHDAY + 12 * HOUR + 30)
    assert (icans(bed), bed.said()[-1]) == ((0, 0), "resolved improved")
    assert "capd" not in bed.estimate["inputs"]


def test_after_a_twelfth_birthday_the_next_examination_is_that_of_the_new_age_when_the_last_one_is_old():
    bed = nearly_twelve().chart(BIRTHDAY - HOUR, "neuro", capd=0).until(BIRTHDAY + 13 * HOUR - 0.01)
    assert due_calls(bed) == [when(14 * HOUR)]
    bed.until(BIRTHDAY + 13 * HOUR).vitals(BIRTHDAY + 13 * HOUR + 1, temperature_c=36.8, **WELL)
    assert due_calls(bed)[1:] == [when(BIRTHDAY + 13 * HOUR)]
    page = bed.escalations("neuro_due")[-1]
    assert (page["sign"], page["because"][0]["text"]) == ("ice", "Last CAPD before, 14 h or more ago")
    assert "ice" in bed.estimate["missing"]
    assert "due now: ICE" in prompts(bed)


def test_an_ice_of_a_child_does_not_begin_to_count_on_a_birthday():
    bed = nearly_twelve().chart(BIRTHDAY - HOUR, "neuro", ice=2).until(BIRTHDAY + 1)
    bed.vitals(BIRTHDAY + 1, temperature_c=36.8, **WELL)
    assert (bed.escalations("icans_rise"), icans(bed), bed.estimate["inputs"]["ice"]["state"]) == ([], (0, 4), "never")
    assert "ice" in bed.estimate["missing"]
    assert bed.escalations("neuro_due")[-1]["because"][0]["text"].startswith("No ICE since the dose")
    bed.chart(BIRTHDAY + 2, "neuro", ice=2)
    assert icans(bed) == (3, 3)


def test_an_age_that_is_charted_anew_lowers_nothing_that_was_found_before_it():
    """Where nobody knows the date of birth, a birthday is a chart that says 12."""
    bed = Bed(watch_all=False).admit(age_years=11).on_room_air().chart(0, "immunotherapy", product="tisa-cel")
    bed.chart(1, "neuro", capd=9, consciousness="awake").chart(HOUR, "encounter", action="update", age_years=12)
    bed.vitals(2 * HOUR, temperature_c=36.8, **WELL)
    assert (icans(bed), "resolved improved" in bed.said()) == ((3, 3), False)
    bed.chart(3 * HOUR, "neuro", ice=10).until(4 * HOUR)
    assert (icans(bed), "resolved improved" in bed.said()) == ((0, 0), True)
