"""A merge under the survivor's name: take over what is known of the old patient, and say that it is done.

What was said under either name counts as said: only what goes beyond it pages. The same handover again changes nothing
but is answered again, for the answer may have been lost with the old owner.
"""

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from schemas.bedside import HANDOVER
from schemas.times import parse_time
from services.grader.engine import Output
from services.grader.engine.conclude import Step, conclude
from services.grader.engine.durations import NOTHING_YET_MS
from services.grader.engine.merging.joining import joined
from services.grader.engine.merging.leaving import Moment, let_go
from services.grader.engine.state import PatientState, Taken, decode_state, unheard_of
from services.grader.engine.ward import Ward

Record = dict[str, Any]


def handed_over(state: PatientState | None, record: Record, moment: Moment) -> tuple[PatientState | None, list[Output]]:
    """The state after a handover under the survivor's name, or after its answer under the old one."""
    if record.get("acknowledges"):
        return (None, []) if state is None else let_go(state, record, moment)
    if state is not None and any(taken.handover_id == record["handover_id"] for taken in state.taken):
        return state, [_answer(record)]
    if state is not None and state.merge is not None:
        return _while_leaving(state, record, moment)
    return _take_over(state, record, moment)


def _while_leaving(state: PatientState, record: Record, moment: Moment) -> tuple[PatientState | None, list[Output]]:
    """A survivor that goes on under another name itself.

    A merge that would close a circle says nothing new, for the patients are one already: it is dropped by whom it comes
    back to. Where two were merged into each other at the same time, both owners have to decide alike.
    """
    merge = state.merge
    if merge is None or record["merged_patient_id"] == state.patient_id:
        return state if state.gone else replace(state, merge=None), []
    if record["merged_patient_id"] == merge.into and not merge.acknowledged:
        stays = record["handover_id"] < merge.handover_id
        return _take_over(replace(state, merge=None), record, moment) if stays else (state, [])
    return state, [Output("bedside", merge.into, {**record, "patient_id": merge.into})]


def _take_over(state: PatientState | None, record: Record, moment: Moment) -> tuple[PatientState, list[Output]]:
    clock_ms = moment.clock_ms
    survivor = state or unheard_of(record["patient_id"], moment.ward.unnamed)
    other = decode_state(record["state"])
    placed = joined(replace(survivor, place=moment.place), other, clock_ms, moment.ward.in_force)
    taken = Taken(other.patient_id, record["handover_id"], parse_time(record["merged_at"]))
    known = {item.handover_id: item for item in (*survivor.taken, *other.taken, taken)}
    sent = replace(placed.state.sent, watched_ms=_watched_ms((survivor, other), moment.ward))
    placed = placed._replace(state=replace(placed.state, sent=sent, taken=tuple(known.values()), forgotten=False))
    after, outputs = conclude(Step(state, record, clock_ms, clock_ms - 1, moment.ward), placed)
    return after, [*outputs, _answer(record)]


def _watched_ms(patients: Iterable[PatientState], ward: Ward) -> int:
    """Since when the grade of either has paged; of who is not paged for, nobody has to hear what passed."""
    return min(
        (patient.sent.watched_ms for patient in patients if ward.pages(patient.fold.chart)), default=NOTHING_YET_MS
    )


def _answer(record: Record) -> Output:
    """Under the old name, so in the partition in which the old name is graded."""
    old = record["merged_patient_id"]
    answer = {
        "schema": HANDOVER,
        "handover_id": record["handover_id"],
        "patient_id": old,
        "merged_patient_id": old,
        "merged_at": record["merged_at"],
        "acknowledges": True,
    }
    return Output("bedside", old, answer)
