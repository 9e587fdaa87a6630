"""What is due at the bedside now: signs whose round is overdue, and when that will be (`clinical.md` 7.1).

A stream is due when it goes stale; what is taken by hand also when the expected round has passed.
"""

from collections.abc import Iterator

from services.grader.engine.durations import hours, minutes
from services.grader.engine.readings import GRADED_SIGNS, SPOT, freshness_limits, sign_of
from services.grader.engine.rules import RuleSet
from services.grader.engine.state import Newest, PatientState


def vitals_every_h(state: PatientState, rules: RuleSet) -> float:
    """How often vitals are expected: more often with fever after a dose."""
    febrile = state.fold.fever is True and state.fold.chart.dose is not None
    return rules.vitals_every_febrile_h if febrile else rules.vitals_every_h


def sign_due_ms(state: PatientState, sign: str, rules: RuleSet) -> int | None:
    """From when a sign is due; of several sources the one that stays good longest. None where nobody waits for it."""
    every_ms = hours(vitals_every_h(state, rules)) + minutes(rules.due_grace_min)
    found = [_due_ms(item, every_ms, rules) for name, item in state.newest.items() if sign_of(name) == sign]
    if found:
        return max(found)
    if sign not in GRADED_SIGNS or state.stay.status != "admitted":
        return None
    return state.stay.admitted_ms + minutes(rules.silent_admitted_min)


def _due_ms(item: Newest, every_ms: int, rules: RuleSet) -> int:
    stale_ms = freshness_limits(item.manner, rules)[0]
    return item.placed_ms + (min(stale_ms, every_ms) if item.manner == SPOT else stale_ms)


def signs_due(state: PatientState, now_ms: int, rules: RuleSet) -> list[str]:
    """The graded signs that are due."""
    times = {sign: sign_due_ms(state, sign, rules) for sign in GRADED_SIGNS}
    return [sign for sign, due_ms in times.items() if due_ms is not None and now_ms >= due_ms]


def due_times(state: PatientState, rules: RuleSet) -> Iterator[int]:
    """When time alone makes something due, or a value too old to speak of."""
    for sign in GRADED_SIGNS:
        due_ms = sign_due_ms(state, sign, rules)
        if due_ms is not None:
            yield due_ms
    for name, item in state.newest.items():
        if sign_of(name) not in GRADED_SIGNS:
            yield item.placed_ms + freshness_limits(item.manner, rules)[0]
