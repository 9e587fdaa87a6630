"""ASTCT consensus grading of neurotoxicity (ICANS) from charted examinations, as an interval.

Source: Lee 2019 (as `grading.py`); CAPD below 12 years. Stale never lowers, only a newer chart of the same domain does
(`settled.md` 30-32). NEWS2's consciousness is not an ICE score: it never grades here, it prompts one (`prompts.py`).
"""

from services.grader.engine.chart import AVPU, Exam
from services.grader.engine.crs.grading import UNKNOWN, Bounds
from services.grader.engine.durations import hours
from services.grader.engine.person import Person
from services.grader.engine.ruleset.rules import RuleSet

Neuro = dict[str, Exam]
SCORES = ("ice", "capd")
UNGRADED_DOMAINS = (*SCORES, AVPU)  # on their own: a score counts by age, AVPU never
UNABLE = 4  # the score is 0 because the patient cannot be roused
UNGRADED = 3  # what an awake or rousable patient without a score may have at most


def score_name(age_months: int | None, rules: RuleSet) -> str:
    """Which score this patient is examined with."""
    child = age_months is not None and age_months < 12 * rules.capd_until_years
    return "capd" if child else "ice"


def counted_score(neuro: Neuro, person: Person, at_ms: int, rules: RuleSet) -> str:
    """Which score grades: the newest that was taken at its own age, for no birthday lowers what was found before.

    Without one it is that of the age now; and where that one was charted too early to count, the other.
    """
    scores = [name for name in SCORES if name in neuro]
    taken = [name for name in scores if score_name(person.age_months_then(neuro[name].at_ms), rules) == name]
    if taken:
        return max(taken, key=lambda name: neuro[name].at_ms)
    now = score_name(person.age_months(at_ms), rules)
    return next(name for name in SCORES if name != now) if now in neuro else now


def grade_icans(neuro: Neuro, person: Person, at_ms: int, rules: RuleSet, reached_ms: int | None = None) -> Bounds:
    """The most severe domain; without a fresh score nobody can exclude worse.

    Args:
        neuro: as charted.
        person: whose.
        at_ms: the moment.
        rules: the rule set in force.
        reached_ms: what goes stale by then is stale; by default the moment itself.
    """
    if not neuro:
        return UNKNOWN
    name = counted_score(neuro, person, at_ms, rules)
    at_ms = at_ms if reached_ms is None else reached_ms
    domains = grade_domains(neuro, name, at_ms, rules)
    low = max((bounds.low for bounds in domains.values()), default=0)
    if is_fresh(neuro.get(name), at_ms, rules):
        return Bounds(low, max(low, domains[name].high))
    return Bounds(low, max(low, _most_by_consciousness(neuro, at_ms, rules)))


def grade_domains(neuro: Neuro, name: str, at_ms: int, rules: RuleSet) -> dict[str, Bounds]:
    """What each examined domain says; the score that does not belong to this age says nothing."""
    found: dict[str, Bounds] = {}
    for domain, exam in neuro.items():
        if domain == name:
            found[domain] = _grade_score(neuro, name, at_ms, rules)
        elif domain not in UNGRADED_DOMAINS:
            grade = grade_finding(domain, exam.value, rules)
            found[domain] = Bounds(grade, grade)
    return found


def grade_finding(domain: str, value: int | str | bool, rules: RuleSet) -> int:
    """Grade of one finding as charted."""
    if domain == "motor_weakness":
        return rules.motor_weakness_grade if value is True else 0
    return rules.neuro_grades[domain][str(value)]


def is_fresh(exam: Exam | None, at_ms: int, rules: RuleSet) -> bool:
    """Whether a domain was examined recently enough."""
    return exam is not None and at_ms - exam.at_ms < hours(rules.exam_stale_h)


def is_examinable(neuro: Neuro, name: str, at_ms: int, rules: RuleSet) -> bool:
    """Whether the score says anything: who is sedated until unarousable cannot be graded, only explained."""
    consciousness = neuro.get("consciousness")
    unarousable = consciousness is not None and consciousness.value == "unarousable"
    return is_fresh(neuro.get(name), at_ms, rules) and not unarousable


def _most_by_consciousness(neuro: Neuro, at_ms: int, rules: RuleSet) -> int:
    """Who was looked at lately is no worse than charted: unarousable is Grade 4 by itself, all else at most 3."""
    return UNGRADED if is_fresh(neuro.get("consciousness"), at_ms, rules) else UNABLE


def _grade_score(neuro: Neuro, name: str, at_ms: int, rules: RuleSet) -> Bounds:
    score = int(neuro[name].value)
    if name == "capd":
        grade = 3 if score >= rules.capd_delirium else 1 if score >= rules.capd_grade1_score else 0
        return Bounds(grade, grade)
    if score > 0:
        grade = 0 if score > rules.ice_grade1_score else 1 if score > rules.ice_grade2_score else 2
        grade = 3 if score <= rules.ice_grade3_score else grade
        return Bounds(grade, grade)
    consciousness = neuro.get("consciousness")
    if consciousness is not None and consciousness.value == "unarousable":
        return Bounds(UNABLE, UNABLE)
    # Whoever was awake long ago may be unarousable now: the 0 has to be explained again.
    return Bounds(3, _most_by_consciousness(neuro, at_ms, rules))
