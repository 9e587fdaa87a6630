"""A fault in `step` costs one record: the state stays, the estimate says so, and one page goes out.

The page stands until the next record of the patient is graded; then it is resolved as `data_returned`.
"""

from dataclasses import replace
from typing import Any

from schemas import ids
from services.grader.engine import Output
from services.grader.engine.estimate import estimate
from services.grader.engine.risk.prompts import FAULT
from services.grader.engine.state import PatientState, Place
from services.grader.engine.telling import escalation
from services.grader.engine.telling.escalation import Telling
from services.grader.engine.telling.watch import Alarm
from services.grader.engine.ward import Ward


def after_fault(
    before: PatientState | None, record: dict[str, Any] | None, *, clock_ms: int, place: Place, ward: Ward
) -> tuple[PatientState, list[Output]]:
    """The state as before, marked; the page, its evidence and the estimate that says what happened."""
    state = before
    if state is None:
        if record is None:
            raise ValueError("neither a patient nor a record")
        state = PatientState(record["patient_id"])
    state = replace(
        state,
        faulted=True,
        place=place,
        revision=state.revision + 1,
        as_of_ms=max(state.as_of_ms, clock_ms),
        reached_ms=clock_ms - 1,
        shown="",
        forgotten=False,
    )
    fault_id = ids.fault_id(state.patient_id, "engine_fault", place.offset)
    state = replace(state, sent=state.sent.with_incident("engine_fault", place.offset, fault_id))
    telling = Telling(state, clock_ms, place, ward.rules)
    alarm = Alarm("engine_fault", None, "high", clock_ms, ({"rule": "engine_fault", "text": FAULT},))
    wire = escalation.told_alarm(alarm, fault_id, telling)
    patient_id = state.patient_id
    return state, [
        Output("escalations", patient_id, wire),
        Output("evidence", patient_id, escalation.evidence(wire, before, record, telling)),
        Output("estimates", patient_id, estimate(state, clock_ms - 1, ward.rules)),
    ]
