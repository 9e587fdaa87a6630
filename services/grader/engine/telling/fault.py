"""A fault in `step` costs one record: the state stays, the estimate says so, and one page goes out.

The page stands until the next record of the patient is graded; then it is resolved as `data_returned`.
"""

from typing import Any

from msgspec.structs import replace

from schemas import ids
from services.grader.engine import Output
from services.grader.engine.chart import Chart
from services.grader.engine.estimate import estimate
from services.grader.engine.fold import Fold
from services.grader.engine.risk.prompts import FAULT
from services.grader.engine.state import PatientState, Place, unheard_of
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
        state = unheard_of(record["patient_id"], ward.unnamed)
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
    told = Telling(state, clock_ms, place, ward.rules)
    try:
        return state, _said(fault_id, before, record, told)
    except Exception:  # what went wrong may lie in telling: then who it is, and where, has to do
        return state, _said(fault_id, None, record, told._replace(state=_bare(state)))


def _said(fault_id: str, before: PatientState | None, record: dict[str, Any] | None, telling: Telling) -> list[Output]:
    state = telling.state
    alarm = Alarm("engine_fault", None, "high", telling.now_ms, ({"rule": "engine_fault", "text": FAULT},))
    wire = escalation.told_alarm(alarm, fault_id, telling)
    return [
        Output("escalations", state.patient_id, wire),
        Output("evidence", state.patient_id, escalation.evidence(wire, before, record, telling)),
        Output("estimates", state.patient_id, estimate(state, telling.now_ms - 1, telling.rules)),
    ]


def _bare(state: PatientState) -> PatientState:
    """A patient of whom nothing is known but the name, the bed and that there was a fault."""
    return replace(
        PatientState(state.patient_id, fold=Fold(chart=Chart(stay=state.stay))),
        faulted=True,
        revision=state.revision,
        as_of_ms=state.as_of_ms,
        reached_ms=state.reached_ms,
    )
