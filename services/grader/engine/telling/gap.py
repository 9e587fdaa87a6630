"""Records that retention removed before they were graded: whatever they said of a patient is unknown, so each is paged.

What is known stays, and goes stale in its time. The page stands until a record of the patient is graded.
"""

from msgspec.structs import replace

from schemas import ids
from services.grader.engine import Origin, Output
from services.grader.engine.state import PatientState, Place
from services.grader.engine.telling import escalation
from services.grader.engine.telling.escalation import Telling
from services.grader.engine.telling.watch import Alarm
from services.grader.engine.ward import Ward

TEXT = "records lost before they were graded"


def data_gap(
    state: PatientState, first: Origin, last_offset: int, *, clock_ms: int, ward: Ward
) -> tuple[PatientState, list[Output]]:
    """The page for one patient, and its evidence; named after the first lost record, so a repeat is the same page."""
    gap_id = ids.fault_id(state.patient_id, "data_gap", first.offset)
    telling = Telling(state, clock_ms, Place(*first), ward.rules)
    alarm = Alarm("data_gap", None, "high", clock_ms, ({"rule": "data_gap", "text": TEXT},))
    wire = escalation.told_alarm(alarm, gap_id, telling)
    lost = {"provenance": {**wire["provenance"], "last_offset": last_offset}}
    evidence = escalation.evidence(wire, state, None, telling)
    sent = state.sent.with_incident("data_gap", first.offset, gap_id)
    return replace(state, sent=sent), [
        Output("escalations", state.patient_id, {**wire, **lost}),
        Output("evidence", state.patient_id, {**evidence, **lost}),
    ]
