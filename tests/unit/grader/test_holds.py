"""The held downgrade on its own: half an hour, by component (`settled.md` 15)."""

from services.grader.engine.crs.holds import ChartedHold, MeasuredHold, held_until, hold_charted, hold_measured
from tests.vignettes.bed import Bed

HALF_HOUR = 30


def test_nothing_is_held_where_nothing_was_established():
    assert hold_measured(MeasuredHold(), 0, 5, HALF_HOUR) == MeasuredHold()
    assert hold_charted(ChartedHold(), 0, 5, 5, HALF_HOUR) == ChartedHold()
    assert held_until(MeasuredHold(), HALF_HOUR) is None
    assert held_until(ChartedHold(), HALF_HOUR) is None


def test_an_established_finding_breaks_what_supported_less():
    assert hold_measured(MeasuredHold(2, 10), 2, None, HALF_HOUR) == MeasuredHold(2)


def test_a_measured_hold_ends_with_a_second_reading_half_an_hour_after_the_first():
    begun = hold_measured(MeasuredHold(2), 0, 100, HALF_HOUR)
    assert begun == MeasuredHold(2, 100)
    assert held_until(begun, HALF_HOUR) == 130
    assert hold_measured(begun, 0, 129, HALF_HOUR) == begun
    assert hold_measured(begun, 0, None, HALF_HOUR) == begun
    assert hold_measured(begun, 0, 130, HALF_HOUR) == MeasuredHold()


def test_charted_levels_end_one_by_one_half_an_hour_after_each():
    three = hold_charted(ChartedHold(4), 3, 100, 100, HALF_HOUR)
    two = hold_charted(three, 2, 110, 110, HALF_HOUR)
    assert (two.held, two.ended) == (4, ((4, 100), (3, 110)))
    assert held_until(two, HALF_HOUR) == 130
    assert hold_charted(two, 2, 110, 129, HALF_HOUR) == two
    assert hold_charted(two, 2, 110, 130, HALF_HOUR) == ChartedHold(2, ((3, 110),))
    assert hold_charted(two, 2, 110, 140, HALF_HOUR) == ChartedHold(2)


def test_a_level_that_returns_is_not_held_any_more_but_stands():
    two = ChartedHold(2, ((4, 100), (3, 110)))
    assert hold_charted(two, 3, 115, 115, HALF_HOUR) == ChartedHold(3, ((4, 100),))
    assert hold_charted(two, 4, 115, 115, HALF_HOUR) == ChartedHold(4)
    assert hold_charted(two, 2, 115, 115, HALF_HOUR) == two


def test_a_second_vasopressor_while_the_first_is_still_held_is_grade_four():
    bed = Bed().admit().on_room_air().vitals(1, temperature_c=38.5, sbp_mmhg=118, spo2_pct=96)
    bed.chart(10, "vasopressor", drug="norepinephrine").chart(20, "vasopressor", drug="none")
    assert bed.interval[0] == 3
    bed.chart(30, "vasopressor", drug="norepinephrine").chart(30, "vasopressor", drug="phenylephrine")
    assert bed.interval == (4, 4)
