"""Rules of trends: what is a point, how many make a slope, how far ahead a slope may look. They never gate an alert."""

from dataclasses import dataclass

from services.grader.engine.ruleset.rule_fields import rule


@dataclass(frozen=True)
class TrendRules:
    """Slopes, as description only."""

    trend_point_min: float = rule(
        7.5, unit="min", text="All readings of so long make one point of a trend, their mean.", looser="neither"
    )
    trend_points: int = rule(
        8, unit="{point}", text="A trend is drawn through so many points, the newest.", looser="neither", within=(4, 12)
    )
    trend_least_points: int = rule(
        4, unit="{point}", text="Fewer points have no slope.", looser="neither", within=(3, 12)
    )
    trend_reach_h: float = rule(
        24, unit="h", text="Points older than so long before the newest are left out.", looser="neither"
    )
    trend_horizon_h: float = rule(
        4,
        unit="h",
        text="No threshold is projected further ahead, nor further than the points reach back.",
        looser="neither",
    )
    trend_pair_min: float = rule(
        10, unit="min", text="A heart rate belongs to a temperature so close to it.", looser="neither"
    )
    trend_pair_spread_c: float = rule(
        1.0,
        unit="Cel",
        text="Heart rate per degree is said where the temperatures span so much.",
        looser="neither",
    )
