"""ASTCT consensus grading of neurotoxicity (ICANS) from charted examinations, as an interval.

Source: Lee 2019 (as `grading.py`); CAPD below 12 years. Stale never lowers, only a newer chart of the same domain does
(`settled.md` 30-32). NEWS2's consciousness is not an ICE score and does not enter here.
"""

from services.grader.engine.chart import Exam
from services.grader.engine.durations import hours
from services.grader.engine.grading import NONE, Bounds
from services.grader.engine.rules import RuleSet

_CONSCIOUSNESS = {"awake": 0, "voice": 2, "tactile": 3, "unarousable": 4}
_SEIZURE = {"none": 0, "resolved": 3, "prolonged": 4}
_RAISED_ICP = {"none": 0, "focal": 3, "diffuse": 4}
UNABLE = 4  # ICE 0 because the patient cannot be roused


def score_name(age_months: int | None, rules: RuleSet) -> str:
    """Which score this patient is examined with."""
    child = age_months is not None and age_months < 12 * rules.capd_until_years
    return "capd" if child else "ice"


def grade_icans(neuro: dict[str, Exam], age_months: int | None, at_ms: int, rules: RuleSet) -> Bounds:
    """The most severe domain; without a fresh score nobody can exclude worse."""
    name = score_name(age_months, rules)
    consciousness = _value(neuro, "consciousness")
    score = _grade_score(name, neuro.get(name), consciousness, rules)
    low = max(
        score.low,
        _CONSCIOUSNESS.get(str(consciousness), 0),
        _SEIZURE.get(str(_value(neuro, "seizure")), 0),
        _RAISED_ICP.get(str(_value(neuro, "raised_icp")), 0),
        UNABLE if _value(neuro, "motor_weakness") is True else 0,
    )
    if is_fresh(neuro.get(name), at_ms, rules):
        return Bounds(low, max(low, score.high))
    rousable = consciousness in ("awake", "voice", "tactile") and is_fresh(neuro["consciousness"], at_ms, rules)
    return Bounds(low, max(low, 3 if rousable else 4))


def is_fresh(exam: Exam | None, at_ms: int, rules: RuleSet) -> bool:
    """Whether a domain was examined recently enough."""
    return exam is not None and at_ms - exam.at_ms < hours(rules.exam_stale_h)


def _value(neuro: dict[str, Exam], name: str) -> int | str | bool | None:
    exam = neuro.get(name)
    return None if exam is None else exam.value


def _grade_score(name: str, exam: Exam | None, consciousness: object, rules: RuleSet) -> Bounds:
    if exam is None:
        return NONE
    score = int(exam.value)
    return _grade_ice(score, consciousness) if name == "ice" else _grade_capd(score, rules)


def _grade_ice(score: int, consciousness: object) -> Bounds:
    if score == 0:
        if consciousness is None:
            return Bounds(3, UNABLE)
        return Bounds(4, 4) if consciousness == "unarousable" else Bounds(3, 3)
    grade = 0 if score == 10 else 1 if score >= 7 else 2 if score >= 3 else 3
    return Bounds(grade, grade)


def _grade_capd(score: int, rules: RuleSet) -> Bounds:
    grade = 3 if score >= rules.capd_delirium else 1 if score >= 1 else 0
    return Bounds(grade, grade)
