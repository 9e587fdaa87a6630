"""What of a patient the ward scores look at: fresh values only, the device, consciousness as examined."""

from services.grader.engine.chart import AVPU, Chart, Oxygen
from services.grader.engine.crs.components import device_confirmed
from services.grader.engine.neuro.icans import counted_score, is_fresh
from services.grader.engine.ruleset.rules import RuleSet
from services.grader.engine.scores.score_charts import (
    NEWS2,
    PEWS_ANY_OXYGEN,
    PEWS_MUCH_FIO2,
    PEWS_MUCH_FLOW_L_MIN,
    PEWS_MUCH_OXYGEN,
    SCALE_2_ON_OXYGEN,
    pews_chart,
)
from services.grader.engine.scores.score_charts import Chart as ScoreChart
from services.grader.engine.scores.scores import CONSCIOUSNESS, OXYGEN, Range, Seen
from services.grader.engine.signs.readings import GRADED_SIGNS, freshness_limits, sign_of
from services.grader.engine.state import Newest, PatientState

ROOM_AIR = "room_air"
FULL_ICE = 10
_NEWS2_SCALE_2: ScoreChart = {**NEWS2, "spo2_pct": SCALE_2_ON_OXYGEN}


def seen_by_scores(state: PatientState, now_ms: int, rules: RuleSet, *, last_known: bool = False) -> Seen:
    """Stale and suspect values are not known to a score; `last_known`: stale ones are, as long as they are not lost."""
    found = readings_of_scores(state, now_ms, rules, last_known=last_known)
    chart = state.fold.chart
    confirmed = device_confirmed(chart, now_ms, rules)
    months = chart.person.age_months(now_ms)
    return Seen(
        {sign: newest.value for sign, newest in found.items()},
        _on_oxygen(chart.oxygen, confirmed=confirmed),
        is_alert(chart, now_ms, rules),
        on_scale_2(chart, rules),
        child_months(chart, now_ms, rules),
        months is None or months >= rules.qsofa_from_years * 12,
        pews_oxygen(chart.oxygen, confirmed=confirmed),
    )


def readings_of_scores(
    state: PatientState, now_ms: int, rules: RuleSet, *, last_known: bool = False
) -> dict[str, Newest]:
    """By sign the reading that counts: the newest that is known, whoever took it."""
    found: dict[str, Newest] = {}
    for name, newest in sorted(state.newest.items()):  # of two pressures of one time the arterial one, as it is shown
        sign = sign_of(name)
        limit_ms = freshness_limits(newest.manner, rules)[1 if last_known else 0]
        known = now_ms - newest.placed_ms < limit_ms
        usable = sign in GRADED_SIGNS and known and "unit_suspect" not in newest.flags
        if usable and (sign not in found or newest.observed_ms > found[sign].observed_ms):
            found[sign] = newest
    return found


def child_months(chart: Chart, at_ms: int, rules: RuleSet) -> int | None:
    """The age of a patient too young for NEWS2; None for all others: age unknown counts as adult, as everywhere."""
    months = chart.person.age_months(at_ms)
    return None if months is None or months >= rules.news2_from_years * 12 else months


def paged_chart(chart: Chart, at_ms: int, rules: RuleSet) -> ScoreChart:
    """What the values of this patient are banded by where a ward score pages: equal bands, equal score."""
    months = child_months(chart, at_ms, rules)
    if months is not None:
        return pews_chart(months)
    return _NEWS2_SCALE_2 if on_scale_2(chart, rules) else NEWS2


def on_scale_2(chart: Chart, rules: RuleSet) -> bool:
    """Whether the hypercapnic target was ordered."""
    return chart.baseline.spo2_target_low_pct == rules.hypercapnic_target_pct


def is_alert(chart: Chart, at_ms: int, rules: RuleSet) -> bool | None:
    """Alert for a score; None if nobody examined that lately, or if new confusion cannot be excluded [P].

    ACVPU, where it was charted last, are the very letters that a score is made of.
    Awake is not alert where ICE loses points or CAPD says delirium: that may be the C of ACVPU.
    """
    awake, avpu = chart.neuro.get(CONSCIOUSNESS), chart.neuro.get(AVPU)
    if avpu is not None and is_fresh(avpu, at_ms, rules) and (awake is None or awake.at_ms <= avpu.at_ms):
        return avpu.value == "alert"
    if awake is None or not is_fresh(awake, at_ms, rules):
        return None
    if awake.value != "awake":
        return False
    name = counted_score(chart.neuro, chart.person, at_ms, rules)
    exam = chart.neuro.get(name)
    if exam is None or not is_fresh(exam, at_ms, rules):
        return True
    score = int(exam.value)
    confused = score < FULL_ICE if name == "ice" else score >= rules.capd_delirium
    return None if confused else True


def _on_oxygen(oxygen: Oxygen | None, *, confirmed: bool) -> bool | None:
    """Room air that nobody confirmed lately is not known; a device stays one until charted otherwise."""
    if oxygen is None:
        return None
    if _is_air(oxygen):
        return False if confirmed else None
    return True


def _is_air(oxygen: Oxygen) -> bool:
    """Room air, or a cannula without flow (`settled.md` 3)."""
    return oxygen.device == ROOM_AIR or (oxygen.device == "nasal_cannula" and oxygen.flow_l_min == 0)


def pews_oxygen(oxygen: Oxygen | None, *, confirmed: bool) -> Range:
    """What oxygen therapy scores in Bedside PEWS: none, any, or much of it by flow or fraction."""
    unknown = Range(0, PEWS_MUCH_OXYGEN, (OXYGEN,))
    if oxygen is None or (_is_air(oxygen) and not confirmed):
        return unknown
    if _is_air(oxygen):
        return Range(0, 0)
    flow, fio2 = oxygen.flow_l_min, oxygen.fio2
    if (flow is not None and flow >= PEWS_MUCH_FLOW_L_MIN) or (fio2 is not None and fio2 >= PEWS_MUCH_FIO2):
        return Range(PEWS_MUCH_OXYGEN, PEWS_MUCH_OXYGEN)
    if confirmed and (flow is not None or fio2 is not None):
        return Range(PEWS_ANY_OXYGEN, PEWS_ANY_OXYGEN)
    return Range(PEWS_ANY_OXYGEN, PEWS_MUCH_OXYGEN, (OXYGEN,))
