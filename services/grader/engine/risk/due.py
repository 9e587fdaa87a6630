"""What is due at the bedside now: signs whose round is overdue, and when that will be (`clinical.md` 7.1).

A stream is due when it goes stale; what is taken by hand also when the expected round has passed.
"""

from collections.abc import Iterator

from services.grader.engine.durations import NOTHING_YET_MS, hours, minutes
from services.grader.engine.ruleset.rules import RuleSet
from services.grader.engine.signs.readings import GRADED_SIGNS, SPOT, freshness_limits, sign_of
from services.grader.engine.state import Newest, PatientState


def vitals_every_h(state: PatientState, rules: RuleSet) -> float:
    """How often vitals are expected: more often with fever after a dose."""
    febrile = state.fold.fever is True and state.fold.chart.dose is not None
    return rules.vitals_every_febrile_h if febrile else rules.vitals_every_h


def due_by_sign(state: PatientState, rules: RuleSet) -> dict[str, int]:
    """From when each sign is due; of several sources the one that stays good longest.

    A graded sign that was never measured is due some time after the admission.
    """
    every_ms = hours(vitals_every_h(state, rules)) + minutes(rules.due_grace_min)
    found: dict[str, int] = {}
    for name, item in state.newest.items():
        sign = sign_of(name)
        found[sign] = max(found.get(sign, NOTHING_YET_MS), _due_ms(item, every_ms, rules))
    if state.stay.status == "admitted":
        first_ms = state.stay.admitted_ms + minutes(rules.silent_admitted_min)
        found = {**dict.fromkeys(GRADED_SIGNS, first_ms), **found}
    return found


def signs_due(state: PatientState, now_ms: int, rules: RuleSet) -> list[str]:
    """The graded signs that are due."""
    times = due_by_sign(state, rules)
    return [sign for sign in GRADED_SIGNS if sign in times and now_ms >= times[sign]]


def due_times(state: PatientState, rules: RuleSet) -> Iterator[int]:
    """When time alone makes something due, or any value too old to speak of."""
    yield from due_by_sign(state, rules).values()
    for item in state.newest.values():
        yield item.placed_ms + freshness_limits(item.manner, rules)[0]


def _due_ms(item: Newest, every_ms: int, rules: RuleSet) -> int:
    stale_ms = freshness_limits(item.manner, rules)[0]
    return item.placed_ms + (min(stale_ms, every_ms) if item.manner == SPOT else stale_ms)
