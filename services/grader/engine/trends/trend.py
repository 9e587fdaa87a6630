"""Where the signs of a patient are going: description beside the grade. It never gates an alert and changes no grade.

A slope is a least-squares line through the points of a sign, said with its standard error and 95 % interval. There is
none through too few points, none across a time in which the sign was lost, none once it is stale. Points a few minutes
apart are taken as independent, which they are not quite: the interval is rather too narrow than too wide. Heart rate
per degree is said without a limit to hold it against: no source of ours gives one.
"""

from typing import Any, NamedTuple

from schemas.fields import QUANTITIES
from schemas.times import format_time
from services.grader.engine.crs.components import saturation_series
from services.grader.engine.durations import HOUR_MS, MINUTE_MS, SECOND_MS, hours, minutes, seconds
from services.grader.engine.past.timeline import limits_of
from services.grader.engine.ruleset.rules import RuleSet
from services.grader.engine.signs.readings import (
    ABNORMAL,
    HEART_RATE,
    PRESSURES,
    RESP_RATE,
    SPO2,
    TEMPERATURE,
    freshness_limits,
    sign_of,
)
from services.grader.engine.state import PatientState
from services.grader.engine.trends.line import Line, fitted
from services.grader.engine.trends.trend_points import UNITS, Trend, points_of
from services.grader.engine.trends.trending import PER_DEGREE

Wire = dict[str, Any]
Points = list[tuple[int, float]]
SERIES = (TEMPERATURE, HEART_RATE, RESP_RATE, SPO2, *PRESSURES)
TENTH, WHOLE = 0.1, 1.0  # how temperature, and everything else, is written down


def trend(state: PatientState, now_ms: int, rules: RuleSet) -> Wire:
    """Slopes by series, heart rate per degree, and how long ago fever was; empty where there is nothing to say."""
    found = {series: _sign(series, state, now_ms, rules) for series in SERIES if series in state.trends}
    signs = {series: said for series, said in found.items() if said is not None}
    per_degree, fever = _per_degree(state, now_ms, rules), _fever(state, now_ms)
    return {
        **({"signs": signs} if signs else {}),
        **({"heart_rate_per_degree": per_degree} if per_degree is not None else {}),
        **({"fever": fever} if fever is not None else {}),
    }


def _sign(series: str, state: PatientState, now_ms: int, rules: RuleSet) -> Wire | None:
    newest = state.newest.get(series)
    if newest is None:
        return None
    stale_ms, lost_ms = freshness_limits(newest.manner, rules)
    if now_ms - newest.placed_ms >= stale_ms:
        return None
    points = _joined(_timed(state.trends[series]), now_ms, lost_ms + minutes(rules.trend_point_min), rules)
    if not points:
        return None
    span_ms = points[-1][0] - points[0][0]
    said: Wire = {"points": len(points), "span_min": _rounded(span_ms / MINUTE_MS)}
    if len(points) < rules.trend_least_points:
        return said
    line = fitted([((at_ms - points[-1][0]) / HOUR_MS, value) for at_ms, value in points], _step(series))
    if line is None:
        return said
    said |= {"per_hour": _rounded(line.slope), **_uncertain(line), "unit": f"{QUANTITIES[sign_of(series)].unit}/h"}
    goal = _limit(series, state, now_ms, rules) if line.is_sloped else None
    horizon_ms = min(span_ms, hours(rules.trend_horizon_h))
    reaches = None if goal is None else _reaches(line, goal, points[-1][0], (now_ms, points[-1][0] + horizon_ms))
    return said if reaches is None else {**said, "reaches": reaches}


def _timed(trend: Trend) -> Points:
    """Mean time and mean value of each point, oldest first."""
    base, width_ms = trend.base, seconds(trend.width_s)
    return [
        ((base + place) * width_ms + round(x / readings * SECOND_MS), y / readings / UNITS)
        for place, readings, x, y in points_of(trend)
    ]


def _joined(points: Points, now_ms: int, gap_ms: int, rules: RuleSet) -> Points:
    """The newest points between which the sign was never lost."""
    kept: Points = []
    later_ms, oldest_ms = now_ms, points[-1][0] - hours(rules.trend_reach_h)
    for at_ms, value in reversed(points):
        if later_ms - at_ms >= gap_ms or at_ms < oldest_ms:
            break
        kept.append((at_ms, value))
        later_ms = at_ms
    return kept[::-1]


def _uncertain(line: Line) -> Wire:
    return {
        "standard_error": _rounded(line.error),
        "low": _rounded(line.slope - line.half_width),
        "high": _rounded(line.slope + line.half_width),
    }


class Goal(NamedTuple):
    """A limit of the CRS table, and from which side a sign reaches it."""

    rule: str
    limit: float
    from_below: bool


def _limit(series: str, state: PatientState, at_ms: int, rules: RuleSet) -> Goal | None:
    """The limit that a sign may reach; heart rate and respiratory rate have none."""
    limits, fold = limits_of(state.fold.chart, at_ms, rules), state.fold
    if series == TEMPERATURE:
        return Goal("fever_c", rules.fever_c, from_below=True)
    if series in PRESSURES:
        return Goal("hypotension", limits.sbp_mmhg, from_below=False)
    if series != SPO2:
        return None
    home = limits.spo2_home_pct if saturation_series(fold.tracks, fold.chart, rules) != SPO2 else None
    return Goal("low_spo2_pct", rules.low_spo2_pct if home is None else home, from_below=False)


def _reaches(line: Line, goal: Goal, newest_ms: int, between: tuple[int, int]) -> Wire | None:
    """When a sloped line would meet its limit; None if it leads away, or not there between now and the horizon."""
    if (line.slope > 0) != goal.from_below:
        return None
    left, steeper = goal.limit - line.at(0), line.half_width if goal.from_below else -line.half_width
    rates = (line.slope + steeper, line.slope, line.slope - steeper)
    early_ms, likely_ms, late_ms = (newest_ms + left / rate * HOUR_MS for rate in rates)
    if not between[0] < likely_ms <= between[1]:
        return None
    return {
        "rule": goal.rule,
        "threshold": goal.limit,
        "earliest_at": format_time(round(early_ms)),
        "likely_at": format_time(round(likely_ms)),
        **({"latest_at": format_time(round(late_ms))} if late_ms <= between[1] else {}),
    }


def _per_degree(state: PatientState, now_ms: int, rules: RuleSet) -> Wire | None:
    """Beats a minute by degree, through pairs taken together over a day; None where the temperature hardly moved."""
    pairs = state.trends.get(PER_DEGREE)
    if pairs is None:
        return None
    oldest = (now_ms - hours(rules.trend_reach_h)) // seconds(pairs.width_s)
    kept = [point for point in points_of(pairs) if pairs.base + point.place >= oldest]
    points = [(point.x / point.readings / UNITS, point.y / point.readings / UNITS) for point in kept]
    line = fitted(points, WHOLE) if len(points) >= rules.trend_least_points else None
    if line is None:
        return None
    spread = max(x for x, _ in points) - min(x for x, _ in points)
    if spread < rules.trend_pair_spread_c:
        return None
    said = {"points": len(points), "span_cel": _rounded(spread), "per_cel": _rounded(line.slope)}
    return {**said, **_uncertain(line), "unit": "/min/Cel"}


def _fever(state: PatientState, now_ms: int) -> Wire | None:
    """The last temperature with fever in the last day and stay, and how long ago it was."""
    history, admitted_ms = state.history, state.stay.admitted_ms
    taken = [
        reading.at_ms
        for entry in history.entries.values()
        for reading in entry.readings
        if reading.series == TEMPERATURE and reading.category >= ABNORMAL
    ]
    taken += [span.last_ms for span in history.spans.get(TEMPERATURE, ()) if span.category >= ABNORMAL]
    last_ms = max((at_ms for at_ms in taken if at_ms >= admitted_ms), default=None)
    if last_ms is None:
        return None
    return {"last_at": format_time(last_ms), "hours_since": _rounded(max(0, now_ms - last_ms) / HOUR_MS)}


def _step(series: str) -> float:
    return TENTH if series == TEMPERATURE else WHOLE


def _rounded(value: float) -> float:
    """To three digits; never minus zero."""
    return round(value, 3) + 0.0
