"""The points of a trend as they are kept, the line through them, and when it meets a limit: to the millisecond."""

import pytest

from schemas.times import format_time
from services.grader.engine.durations import HOUR_MS
from services.grader.engine.trends.line import Line, fitted
from services.grader.engine.trends.trend import Goal, _reaches
from services.grader.engine.trends.trend_points import Trend, points_of, with_value, without

WIDTH_S, MOST = 450, 3
FEVER = Goal("fever_c", 38.0, from_below=True)
LOW = Goal("low_spo2_pct", 90, from_below=False)


def later(trend: Trend | None, second: int, value: float, how: str = "oral", width_s: int = WIDTH_S) -> Trend:
    return with_value(trend, (4500 + second) * 1000, value, how, width_s, MOST)


def test_readings_of_one_point_are_summed_and_the_next_point_begins_with_its_first_second() -> None:
    one = later(None, 3, 37.0)
    assert one == Trend("oral", WIDTH_S, 10, "", 0, 1, 3, 3700)
    two = later(one, 449, 37.25)
    assert two == Trend("oral", WIDTH_S, 10, "", 0, 2, 452, 7425)
    assert later(two, 450, 38) == Trend("oral", WIDTH_S, 10, "0 2 452 7425", 1, 1, 0, 3800)


def test_a_late_reading_goes_into_its_point_or_makes_one_there() -> None:
    trend = later(later(None, 3, 37.0), 900, 38.0)
    assert later(trend, 4, 37.5) == Trend("oral", WIDTH_S, 10, "0 2 7 7450", 2, 1, 0, 3800)
    assert later(trend, 455, 37.5) == Trend("oral", WIDTH_S, 10, "0 1 3 3700;1 1 5 3750", 2, 1, 0, 3800)
    assert later(trend, -1, 36.5) == Trend("oral", WIDTH_S, 10, "-1 1 449 3650;0 1 3 3700", 2, 1, 0, 3800)


def test_the_newest_points_are_kept() -> None:
    trend = None
    for second in (0, 450, 900, 1350):
        trend = later(trend, second, 37.0)
    assert trend is not None
    assert [point.place for point in points_of(trend)] == [1, 2, 3]
    assert later(trend, 0, 37.0) == trend


def test_another_site_begins_anew_unless_it_comes_late() -> None:
    oral = later(later(None, 0, 37.0), 450, 37.2)
    assert later(oral, 449, 36.1, "axillary") == oral
    anew = later(oral, 451, 36.1, "axillary")
    assert anew == Trend("axillary", WIDTH_S, 11, "", 0, 1, 1, 3610)
    assert later(anew, 452, 36.2, "axillary") == Trend("axillary", WIDTH_S, 11, "", 0, 2, 3, 7230)
    assert later(oral, 900, 36.1, "axillary").base == 12


def test_points_of_another_width_are_not_mixed() -> None:
    assert later(later(None, 0, 37.0), 10, 37.0, width_s=300) == Trend("oral", 300, 15, "", 0, 1, 10, 3700)


def test_points_are_taken_out_by_their_place_since_1970() -> None:
    trend = later(later(None, 0, 37.0), 450, 37.2)
    assert without(trend, [11]) == Trend("oral", WIDTH_S, 10, "", 0, 1, 0, 3700)
    assert without(trend, [10]) == Trend("oral", WIDTH_S, 10, "", 1, 1, 0, 3720)
    assert without(trend, [10, 11]) is None
    assert without(trend, [0, 1]) == trend


def test_three_points_have_a_line_and_an_interval_that_ends_at_zero_no_slope() -> None:
    assert fitted([(1, 1), (1, 2), (1, 3)], resolution=0.1) is None  # all at one time
    line = fitted([(0, 1), (1, 2), (2, 3)], resolution=0.1)
    assert line is not None
    assert (line.slope, line.mean_x, line.mean_y) == (1.0, 1.0, 2.0)
    assert line.error == pytest.approx(0.1 / 24**0.5)
    assert line.half_width == pytest.approx(12.706 * line.error)
    assert [Line(slope, 0.1, 1.0, 0, 0).is_sloped for slope in (1.0, 1.01, -1.0, -1.01)] == [False, True, False, True]


@pytest.mark.parametrize(("points", "t"), [(4, 4.303), (11, 2.262), (12, 2.228), (13, 2.228), (30, 2.228)])
def test_the_interval_of_many_points_is_rather_too_wide(points: int, t: float) -> None:
    line = fitted([(x, x % 2) for x in range(points)], resolution=0.1)
    assert line is not None
    assert line.half_width == pytest.approx(t * line.error)


@pytest.mark.parametrize(("goal", "slope", "start"), [(FEVER, 1.0, 36.0), (LOW, -1.0, 92.0)])
def test_the_earliest_and_latest_time_at_a_limit_are_those_of_the_steepest_and_the_shallowest_line(
    goal: Goal, slope: float, start: float
) -> None:
    line = Line(slope, 0.1, 0.5, 0, start)
    for horizon_ms, latest in ((4 * HOUR_MS, {"latest_at": format_time(4 * HOUR_MS)}), (4 * HOUR_MS - 1, {})):
        assert _reaches(line, goal, 0, (0, horizon_ms)) == {
            "rule": goal.rule,
            "threshold": goal.limit,
            "earliest_at": format_time(4 * HOUR_MS // 3),
            "likely_at": format_time(2 * HOUR_MS),
            **latest,
        }
    assert _reaches(line._replace(slope=-slope), goal, 0, (0, 4 * HOUR_MS)) is None
    assert _reaches(line, goal, 0, (2 * HOUR_MS, 4 * HOUR_MS)) is None
    assert _reaches(line, goal, 0, (0, 2 * HOUR_MS - 1)) is None
    assert _reaches(line, goal, 0, (0, 2 * HOUR_MS)) is not None
    assert _reaches(line._replace(mean_y=goal.limit), goal, 0, (0, 4 * HOUR_MS)) is None
