"""Another rule set comes into force: a record says when, so that a replay and a restart switch at the same place.

What stands is held against the new rules from then on and pages only where it rises; what was already said stays said.
The activation is a point in every patient's history: what is folded again later meets it at the same time, and what
lies before it is judged by the rules that it ended (`past/in_force.py`).
"""

from typing import Any

from msgspec.structs import replace

from services.grader.engine import Output
from services.grader.engine.conclude import Step, conclude
from services.grader.engine.merging.leaving import Moment
from services.grader.engine.past.in_force import activation
from services.grader.engine.past.placing import Placed, place_entry, settle
from services.grader.engine.past.timeline import reached
from services.grader.engine.state import PatientState
from services.grader.engine.ward import Ward


def under_new_rules(state: PatientState, record: dict[str, Any], moment: Moment) -> tuple[PatientState, list[Output]]:
    """The state held against the rules that are in force now, and what has to be said."""
    clock_ms, place, ward = moment
    if state.forgotten:  # a name, an enrolment: nothing is left that any rules could be held against
        return replace(state, place=place), []
    if state.merge is not None and state.gone:
        left = None if state.merge.left is None else _switched(state.merge.left, clock_ms, ward).state
        return replace(state, place=place, merge=replace(state.merge, left=left)), []
    placed = _switched(replace(state, place=place), clock_ms, ward)
    return conclude(Step(state, record, clock_ms, clock_ms - 1, ward), placed)


def _switched(state: PatientState, clock_ms: int, ward: Ward) -> Placed:
    """What runs out before now does so by the rules that end here; all that stands now is judged by the new ones."""
    before = ward.before or ward.rules
    passed = settle(state, clock_ms, before)
    state = replace(passed.state, fold=reached(passed.state.fold, clock_ms - 1))
    placed = place_entry(state, activation(clock_ms, ward.rules.hash, before.hash), clock_ms, ward.in_force)
    return placed if placed.rewritten else placed._replace(start=passed.start, trace=[*passed.trace, *placed.trace])
