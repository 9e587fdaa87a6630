"""Why an ICANS grade is what it is, what of an examination is missing, and what would change it."""

from typing import Any

from schemas.times import format_time
from services.grader.engine.chart import Exam
from services.grader.engine.crs import attribution, would_change
from services.grader.engine.crs.grading import Bounds
from services.grader.engine.fold import Fold
from services.grader.engine.neuro.icans import counted_score, grade_domains, is_fresh, score_name
from services.grader.engine.ruleset.rules import RuleSet

Because = dict[str, Any]
FULL_ICE = 10
NAMES = {"ice": "ICE", "capd": "CAPD", "consciousness": "Consciousness", "seizure": "Seizure",
         "motor_weakness": "Motor weakness", "raised_icp": "Raised intracranial pressure"}  # fmt: skip
_RULE_OF = {"consciousness": "consciousness_grades", "seizure": "seizure_grades",
            "motor_weakness": "motor_weakness_grade", "raised_icp": "raised_icp_grades"}  # fmt: skip
_BEST = {"consciousness": "awake", "seizure": "none", "motor_weakness": "absent", "raised_icp": "none"}


def missing_neuro(fold: Fold, rules: RuleSet) -> list[str]:
    """The examination that would narrow the ICANS interval."""
    if fold.icans_high <= fold.icans_low:
        return []
    chart = fold.chart
    exam = chart.neuro.get(counted_score(chart.neuro, chart.person, fold.at_ms, rules))
    explained = attribution.is_attributed(fold.chart, attribution.NEURO)
    unsaid = not explained and is_fresh(exam, fold.reached_ms, rules)  # the score is 0, and nobody said why
    return ["consciousness"] if unsaid else [score_name(chart.person.age_months(fold.at_ms), rules)]


def because_neuro(fold: Fold, rules: RuleSet) -> list[Because]:
    """One entry for each established domain, the most severe first; and the hold, where it decides."""
    if fold.icans_low == 0:
        return []  # where it is explained, too
    neuro = fold.chart.neuro
    name = counted_score(neuro, fold.chart.person, fold.at_ms, rules)
    domains = grade_domains(neuro, name, fold.reached_ms, rules)
    found = [(bounds, domain) for domain, bounds in domains.items() if bounds.low]
    found.sort(key=lambda item: (-item[0].low, item[1]))
    reasons = [_domain(domain, neuro[domain], bounds, rules) for bounds, domain in found]
    if fold.icans_low > max((bounds.low for bounds, _ in found), default=0):
        reasons.insert(0, _held(fold, rules))
    return reasons


def because_due(name: str, last: str, exam: Exam | None, rules: RuleSet) -> Because:
    """Why an examination is called for: the score to be taken, and the last one, which may be that of a younger age."""
    since = "No {} since the dose" if exam is None else "Last {} before"
    charted = {} if exam is None else {"observed_at": format_time(exam.at_ms)}
    return {
        "rule": "exam_stale_h",
        "text": f"{since.format(NAMES[name if exam is None else last])}, {rules.exam_stale_h:g} h or more ago",
        "threshold": rules.exam_stale_h,
        "unit": "h",
        **charted,
        "citation": rules.source("exam_every_h"),
        "would_change": f"Ends with the next {NAMES[name]}.",
    }


def _held(fold: Fold, rules: RuleSet) -> Because:
    return {
        "rule": "hold_min",
        "text": f"ICANS grade {fold.icans_low} is held: improvement not yet confirmed",
        "value": fold.icans_low,
        "threshold": rules.hold_min,
        "citation": rules.source("hold_min"),
        "would_change": would_change.held(fold.icans_hold, rules),
    }


def _domain(domain: str, exam: Exam, bounds: Bounds, rules: RuleSet) -> Because:
    if domain in ("ice", "capd"):
        return _score(domain, int(exam.value), bounds, exam, rules)
    rule, said = _RULE_OF[domain], "present" if exam.value is True else str(exam.value)
    return {
        "rule": rule,
        "text": f"{NAMES[domain]}: {said} (Grade {bounds.low})",
        "value": exam.value,
        "threshold": f"{said} is Grade {bounds.low}",
        "observed_at": format_time(exam.at_ms),
        "citation": rules.source(rule),
        "would_change": f"Charted {_BEST[domain]} for {rules.hold_min:g} min.",
    }


def _score(name: str, score: int, bounds: Bounds, exam: Exam, rules: RuleSet) -> Because:
    grade = bounds.low
    if name == "capd":
        rule, threshold = ("capd_delirium", rules.capd_delirium) if grade == 3 else (
            "capd_grade1_score", rules.capd_grade1_score
        )  # fmt: skip
        text, change = f"CAPD {score} (Grade {grade} from {threshold})", _capd_change(grade, rules)
    else:
        steps = {1: rules.ice_grade1_score, 2: rules.ice_grade2_score, 3: rules.ice_grade3_score}
        threshold = steps.get(grade, 0)
        rule = f"ice_grade{min(grade, 3)}_score"
        text, change = _ice_text(score, bounds, threshold), _ice_change(bounds, threshold, steps, rules)
    return {
        "rule": rule,
        "text": text,
        "value": score,
        "threshold": threshold,
        "unit": "{score}",
        "observed_at": format_time(exam.at_ms),
        "citation": rules.source(rule),
        "would_change": change,
    }


def _ice_text(score: int, bounds: Bounds, threshold: int) -> str:
    if bounds.low == 4:
        return f"ICE {score} because unarousable (Grade 4)"
    whether = "; whether the patient can be roused is not known" if bounds.high > bounds.low else ""
    return f"ICE {score} (Grade {bounds.low} at {threshold} or less){whether}"


def _ice_change(bounds: Bounds, threshold: int, steps: dict[int, int], rules: RuleSet) -> str:
    lower = f"Lower with an ICE of {threshold + 1} or more for {rules.hold_min:g} min"
    if bounds.high == 4:
        return f"{lower}; consciousness decides between Grade 3 and 4."
    higher = "an ICE of 0 because unarousable" if bounds.low == 3 else f"an ICE of {steps[bounds.low + 1]} or less"
    return f"{lower}; higher with {higher}."


def _capd_change(grade: int, rules: RuleSet) -> str:
    lower = rules.capd_delirium if grade == 3 else rules.capd_grade1_score
    higher = "" if grade == 3 else f"; higher with a CAPD of {rules.capd_delirium} or more"
    return f"Lower with a CAPD below {lower} for {rules.hold_min:g} min{higher}."
