"""Another rule set comes into force: a record says when, so that a replay and a restart switch at the same place.

What stands is held against the new rules from then on and pages only where it rises; what was already said stays said.
The activation is a point in every patient's history: what is folded again later meets it at the same time.
"""

from dataclasses import replace
from typing import Any

from services.grader.engine import Output
from services.grader.engine.conclude import Step, conclude
from services.grader.engine.merging.leaving import Moment
from services.grader.engine.past.history import Entry
from services.grader.engine.past.placing import place_entry
from services.grader.engine.state import PatientState


def under_new_rules(state: PatientState, record: dict[str, Any], moment: Moment) -> tuple[PatientState, list[Output]]:
    """The state held against the rules that are in force now, and what has to be said."""
    if state.gone:
        return state, []
    clock_ms, place, ward = moment
    entry = Entry(clock_ms, f"rules:{record['rules_hash']}:{clock_ms}", "", (), {"kind": "rules"})
    placed = place_entry(replace(state, place=place), entry, clock_ms, ward.rules)
    return conclude(Step(state, record, clock_ms, clock_ms - 1, ward), placed)
