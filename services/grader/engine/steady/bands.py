"""Between which values nothing can change: every threshold that is asked of a sign, intersected."""

from bisect import bisect_right
from functools import lru_cache
from math import inf, nextafter
from typing import NamedTuple

from schemas.fields import QUANTITIES
from services.grader.engine.ruleset.rules import RuleSet
from services.grader.engine.signs.readings import HEART_RATE, RESP_RATE, SPO2, TEMPERATURE, Limits, flags_of

_NO_PULSE = 0.0  # at or below it a rate is critical
_HALF_A_TENTH = 0.05  # temperatures are rounded to a tenth before they are held against the limit of fever


class Band(NamedTuple):
    """Values from `low` up to but not including `high` mean the same to grades, scores, flags and pages."""

    low: float
    high: float


NOTHING = Band(inf, -inf)


def band_of(sign: str, value: float, limits: Limits, score_edges: tuple[float, ...], rules: RuleSet) -> Band:
    """The widest band around a value; empty around one that is odd.

    Args:
        sign: the wire name.
        value: the newest value of the sign.
        limits: what this patient's values are held against.
        score_edges: the first values of each further band of the score that pages, if the sign is in it.
        rules: the rule set in force.
    """
    if flags_of(sign, value, infant=False, rules=rules):
        return NOTHING
    points = _points((*_limits(sign, limits, rules), *score_edges, *QUANTITIES[sign].plausible))
    above = bisect_right(points, value)
    return Band(points[above - 1], points[above])


@lru_cache(maxsize=4096)
def _points(edges: tuple[float, ...]) -> tuple[float, ...]:
    """Where a band may end. A limit is a band of its own, so it matters to nobody on which side of it equality is."""
    return (-inf, *sorted({point for edge in edges for point in (edge, nextafter(edge, inf))}), inf)


def _limits(sign: str, limits: Limits, rules: RuleSet) -> tuple[float, ...]:
    if sign == TEMPERATURE:
        return (round(rules.fever_c - _HALF_A_TENTH, 6), rules.suspect_temperature_c)
    if sign in (HEART_RATE, RESP_RATE):
        return (_NO_PULSE,)
    if sign == "sbp_mmhg":
        return _below(limits.sbp_mmhg, rules.critical_sbp_mmhg, rules)
    if sign == SPO2:
        home = () if limits.spo2_home_pct is None else _below(limits.spo2_home_pct, rules.critical_spo2_pct, rules)
        return (*_below(rules.low_spo2_pct, rules.critical_spo2_pct, rules), *home)
    return (rules.low_map_mmhg,) if sign == "map_mmhg" else ()


def _below(limit: float, critical: float, rules: RuleSet) -> tuple[float, ...]:
    return (limit, limit - rules.deep_units, critical)
