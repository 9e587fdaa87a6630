"""What of a patient the ward scores look at: fresh values only, the device, consciousness as examined."""

from services.grader.engine.chart import Chart
from services.grader.engine.icans import is_fresh
from services.grader.engine.readings import GRADED_SIGNS, freshness_limits, sign_of
from services.grader.engine.rules import RuleSet
from services.grader.engine.scores import Seen
from services.grader.engine.state import PatientState

HYPERCAPNIC_TARGET_PCT = 88  # NEWS2 scale 2 is for an ordered target of 88-92 %


def seen_by_scores(state: PatientState, now_ms: int, rules: RuleSet) -> Seen:
    """Stale and suspect values are not known to a score."""
    signs: dict[str, float] = {}
    newest_ms: dict[str, int] = {}
    for name, newest in state.newest.items():
        sign = sign_of(name)
        fresh = now_ms - newest.placed_ms < freshness_limits(newest.manner, rules)[0]
        usable = sign in GRADED_SIGNS and fresh and "unit_suspect" not in newest.flags
        if usable and newest.observed_ms >= newest_ms.get(sign, 0):
            signs[sign], newest_ms[sign] = newest.value, newest.observed_ms
    chart = state.fold.chart
    oxygen, awake = chart.oxygen, chart.neuro.get("consciousness")
    return Seen(
        signs,
        None if oxygen is None else oxygen.device != "room_air",
        awake.value == "awake" if awake is not None and is_fresh(awake, now_ms, rules) else None,
        on_scale_2(chart),
        news2_applies(chart, now_ms, rules),
    )


def news2_applies(chart: Chart, at_ms: int, rules: RuleSet) -> bool:
    """NEWS2 is no score for children; age unknown counts as adult, as everywhere."""
    months = chart.person.age_months(at_ms)
    return months is None or months >= rules.news2_from_years * 12


def on_scale_2(chart: Chart) -> bool:
    """Whether the hypercapnic target was ordered."""
    return chart.baseline.spo2_target_low_pct == HYPERCAPNIC_TARGET_PCT
