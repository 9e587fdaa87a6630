"""Rules that have to stand in an order, whatever their values: a site's file that breaks one is refused."""

from typing import NamedTuple

from services.grader.engine.ruleset.rules import RuleSet

SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400}


class Order(NamedTuple):
    """`less` has to be below `more`; or at most as much, where they may be equal."""

    less: str
    more: str
    or_equal: bool = False


ORDERS = (
    Order("fever_c", "suspect_temperature_c"),
    Order("critical_spo2_pct", "low_spo2_pct"),
    Order("critical_sbp_mmhg", "neonate_sbp_mmhg"),
    Order("neonate_sbp_mmhg", "infant_sbp_mmhg", or_equal=True),
    Order("infant_sbp_mmhg", "child_sbp_mmhg", or_equal=True),
    Order("child_sbp_mmhg", "adult_sbp_mmhg", or_equal=True),
    Order("adult_sbp_mmhg", "baseline_sbp_mmhg", or_equal=True),
    Order("neonate_until_months", "infant_until_months"),
    Order("deep_persistence_s", "fast_persistence_s", or_equal=True),
    Order("fast_persistence_s", "fast_stale_min"),
    Order("critical_persistence_s", "fast_stale_min"),
    Order("cuff_persistence_min", "cuff_stale_min"),
    Order("patch_persistence_min", "patch_stale_min", or_equal=True),
    Order("fast_stale_min", "fast_lost_min"),
    Order("cuff_stale_min", "cuff_lost_min"),
    Order("patch_stale_min", "patch_lost_min"),
    Order("spot_stale_min", "spot_lost_min"),
    Order("others_arrive_min", "silent_monitor_min", or_equal=True),
    Order("hold_min", "episode_quiet_h"),
    Order("exam_stale_h", "neuro_window_days"),
    Order("trend_least_points", "trend_points", or_equal=True),
    Order("exam_every_h", "exam_stale_h", or_equal=True),
    Order("ice_grade3_score", "ice_grade2_score"),
    Order("ice_grade2_score", "ice_grade1_score"),
    Order("capd_grade1_score", "capd_delirium"),
    Order("vitals_every_febrile_h", "vitals_every_h", or_equal=True),
)


def disorders(rules: RuleSet) -> list[str]:
    """Every order that the rules break, as a sentence."""
    return [
        f"{item.less} has to be {'at most' if item.or_equal else 'below'} {item.more}"
        for item in ORDERS
        if not _holds(rules, item)
    ]


def _holds(rules: RuleSet, item: Order) -> bool:
    less, more = _amount(rules, item.less), _amount(rules, item.more)
    return less <= more if item.or_equal else less < more


def _amount(rules: RuleSet, name: str) -> float:
    """A rule's value; times in seconds, so that minutes compare with hours."""
    unit = rules.__dataclass_fields__[name].metadata["unit"]
    return float(getattr(rules, name) * SECONDS.get(unit, 1))
