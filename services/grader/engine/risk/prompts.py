"""Prompts: what to chart, measure again, examine or know, as sentences. They ride on the estimate and page nobody."""

from collections.abc import Iterator, Sequence

from services.grader.engine.chart import AVPU
from services.grader.engine.crs import attribution
from services.grader.engine.crs.components import device_confirmed, pressors_confirmed
from services.grader.engine.durations import hours
from services.grader.engine.neuro.examinations import is_exam_due
from services.grader.engine.neuro.icans import (
    SCORES,
    UNGRADED_DOMAINS,
    counted_score,
    grade_finding,
    is_fresh,
    score_name,
)
from services.grader.engine.neuro.neuro_reasons import NAMES
from services.grader.engine.risk.due import signs_due
from services.grader.engine.risk.products import product_of
from services.grader.engine.ruleset.rules import RuleSet
from services.grader.engine.signs.readings import CUFF, CUFF_SBP, TEMPERATURE, freshness_limits, sign_of
from services.grader.engine.signs.track import is_pending
from services.grader.engine.state import PatientState
from services.grader.engine.telling.watch import is_excused

FAULT = "not graded: software fault"
SIGN_NAMES = {
    "temperature_c": "temperature",
    "heart_rate_bpm": "heart rate",
    "resp_rate_bpm": "respiratory rate",
    "spo2_pct": "SpO2",
    "sbp_mmhg": "blood pressure",
}


def prompts(state: PatientState, now_ms: int, missing: Sequence[str], rules: RuleSet) -> list[str]:
    """Everything to say now, the most pressing first.

    Args:
        state: the patient.
        now_ms: the moment.
        missing: the inputs that widen the interval.
        rules: the rule set in force.
    """
    return [
        *([FAULT] if state.faulted else []),
        *_due(state, now_ms, rules),
        *_support(state, now_ms, missing, rules),
        *_examination(state, now_ms, rules),
        *_fever(state, now_ms, rules),
        *_known(state, now_ms, rules),
    ]


def _due(state: PatientState, now_ms: int, rules: RuleSet) -> Iterator[str]:
    """What is to be measured now: nothing waits silently (`clinical.md` 7.3)."""
    temperature, cuff = state.newest.get(TEMPERATURE), state.fold.tracks.get(CUFF_SBP)
    if temperature is not None and "unit_suspect" in temperature.flags:
        yield "recheck the temperature: its unit is suspect"
    if cuff is not None and cuff.manner == CUFF and is_pending(cuff):
        yield "recheck the blood pressure"
    if not is_excused(state, now_ms):
        yield from (f"due now: {SIGN_NAMES[sign]}" for sign in signs_due(state, now_ms, rules))
    if is_exam_due(state.fold.chart, now_ms, rules):
        yield f"due now: {_score_name(state, rules)}"


def _support(state: PatientState, now_ms: int, missing: Sequence[str], rules: RuleSet) -> Iterator[str]:
    """Support that nobody charted, or confirmed lately, and that could make the grade higher."""
    chart = state.fold.chart
    if "vasopressor" in missing and chart.pressors_ms is None:
        yield "chart vasopressors, or that none runs"
    elif "vasopressor" in missing and not pressors_confirmed(chart, now_ms, rules):
        yield f"confirm vasopressors: charted {rules.pressor_confirmed_h:g} h ago or earlier"
    if "oxygen_device" in missing and chart.oxygen is None:
        yield "chart the oxygen device"
    elif "oxygen_device" in missing and not device_confirmed(chart, now_ms, rules):
        yield f"confirm the oxygen device: charted {rules.device_confirmed_h:g} h ago or earlier"


def _examination(state: PatientState, now_ms: int, rules: RuleSet) -> Iterator[str]:
    """Consciousness is no ICE score: it prompts one. What counts although it is old is to be looked at again."""
    neuro, person = state.fold.chart.neuro, state.fold.chart.person
    name, counted = score_name(person.age_months(now_ms), rules), counted_score(neuro, person, now_ms, rules)
    consciousness, avpu = neuro.get("consciousness"), neuro.get(AVPU)
    score_is_fresh = is_fresh(neuro.get(counted), now_ms, rules)
    if consciousness is not None and consciousness.value != "awake" and not score_is_fresh:
        yield f"examine {NAMES[name]}: consciousness alone is no score"
    if avpu is not None and avpu.value != "alert" and is_fresh(avpu, now_ms, rules) and not score_is_fresh:
        yield f"examine {NAMES[name]}: {_of_avpu(str(avpu.value), rules)}"
    if not score_is_fresh and any(other in neuro for other in SCORES if other not in (name, counted)):
        yield f"examine {NAMES[name]}: the other score does not count at this age"
    for domain, exam in sorted(neuro.items()):
        counts = domain not in UNGRADED_DOMAINS and grade_finding(domain, exam.value, rules) > 0
        if counts and not is_fresh(exam, now_ms, rules):
            yield f"examine again: {NAMES[domain].lower()} counts until charted otherwise"


def _of_avpu(value: str, rules: RuleSet) -> str:
    grade = dict(rules.avpu_grades).get(value)
    return f"AVPU says {value}" if grade is None else f"AVPU says {value}, which may be Grade {grade}"


def _fever(state: PatientState, now_ms: int, rules: RuleSet) -> Iterator[str]:
    fold = state.fold
    given_ms = fold.chart.antipyretic_ms
    if given_ms is not None and now_ms - given_ms < hours(rules.antipyretic_mask_h):
        yield f"fever may be masked: antipyretic in the last {rules.antipyretic_mask_h:g} h"
    if fold.fever is True and not attribution.is_attributed(fold.chart, "fever"):
        yield "fever, cause not assessed"


def _known(state: PatientState, now_ms: int, rules: RuleSet) -> Iterator[str]:
    chart = state.fold.chart
    if any(_is_low_mean(state, name, now_ms, rules) for name in state.newest):
        yield "possible hypotension: mean pressure low"
    if chart.person.age_months(now_ms) is None:
        yield "age unknown: adult thresholds"
    if chart.dose is not None and product_of(chart.dose.product) is None:
        yield "product not in the table: default risk window"


def _is_low_mean(state: PatientState, name: str, now_ms: int, rules: RuleSet) -> bool:
    if sign_of(name) != "map_mmhg":
        return False
    item = state.newest[name]
    is_stale = now_ms - item.placed_ms >= freshness_limits(item.manner, rules)[0]
    return not is_stale and item.value < rules.low_map_mmhg


def _score_name(state: PatientState, rules: RuleSet) -> str:
    return NAMES[score_name(state.fold.chart.person.age_months(state.fold.at_ms), rules)]
