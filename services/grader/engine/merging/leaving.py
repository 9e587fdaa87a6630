"""A merge under the old name: hand over what is known, pass on what still comes, let go once that was taken over.

Until the survivor's owner has answered, the patient is graded and paged for under the old name too: for the moment in
between twice is better than not at all. The answer is a record in the old name's own partition, so everybody who reads
that partition sees the same moment; it says that the survivor's owner *has* taken over, which an acknowledgement by the
broker could not say.
"""

from typing import Any, NamedTuple

from msgspec.structs import replace

from schemas import ids
from schemas.bedside import HANDOVER
from schemas.encoding import encode
from schemas.reading import event_time
from schemas.times import format_time
from services.grader.engine import Output
from services.grader.engine.chart import Chart
from services.grader.engine.fold import Fold
from services.grader.engine.past.founding import pruned
from services.grader.engine.past.history import History
from services.grader.engine.past.points import points_after
from services.grader.engine.past.timeline import feed_again
from services.grader.engine.state import Merge, PatientState, Place, encode_state
from services.grader.engine.telling import escalation
from services.grader.engine.telling.escalation import Telling
from services.grader.engine.ward import Ward

Record = dict[str, Any]
# Less than what a refused record is kept of: an accepted one must fit into it, with its envelope.
MOST_STATE_BYTES = 400 * 1024


class Moment(NamedTuple):
    """The clock, where the record lies, and what applies to everybody."""

    clock_ms: int
    place: Place
    ward: Ward


class MergedInACircle(Exception):
    """An event came back to the name under which it was sent: nobody grades it."""


def leave(state: PatientState, record: Record, moment: Moment) -> tuple[PatientState, list[Output]]:
    """The state after its merge event was taken in, and the handover."""
    handover_id, into = ids.handover_id(record["event_id"]), record["merged_into"]
    merged_ms = event_time(record) or moment.clock_ms
    state = replace(state, merge=Merge(into, handover_id, record["event_id"], merged_ms, moment.clock_ms))
    handover: Record = {
        "schema": HANDOVER,
        "handover_id": handover_id,
        "patient_id": into,
        "merged_patient_id": state.patient_id,
        "merged_at": format_time(merged_ms),
        "state": _bounded(replace(state, merge=None), moment.ward),
        "escalations": _open(state),
    }
    return state, [Output("bedside", into, handover)]


def _open(state: PatientState) -> list[Record]:
    """What stands open under the old name; how often anything was said before is in the state."""
    sent = state.sent
    found: list[Record] = [
        {"escalation_id": rise.escalation_id, "kind": kind, "grade": rise.grade}
        for kind, ladder in (("crs_rise", sent.crs), ("icans_rise", sent.icans))
        for rise in ladder.open
    ]
    found += [{"escalation_id": alarm.escalation_id, "kind": alarm.kind} for _, alarm in sorted(sent.alarms.items())]
    return [told for told in found if told["escalation_id"]]


def _bounded(state: PatientState, ward: Ward) -> Record:
    """The state as checkpointed; of a history too long for one record the older half is folded up, until it fits."""
    encoded = encode_state(state)
    while len(encode(encoded)) > MOST_STATE_BYTES:
        points = points_after(state.history, state.marks[0].at_ms)
        if not points:
            return encode_state(replace(state, history=History()))
        cut_ms = points[len(points) // 2].at_ms
        eras = ward.in_force.eras(state.history, state.marks[0].at_ms)
        start = feed_again(state.marks[0], [point for point in points if point.at_ms <= cut_ms], eras, [])
        state = replace(state, marks=(start,), history=_cut(state.history, start, cut_ms))
        encoded = encode_state(state)
    return encoded


def _cut(history: History, start: Fold, cut_ms: int) -> History:
    return pruned(history, cut_ms, cut_ms, cut_ms, opened_by=start.episode.key if start.episode else None)


def forwarded(state: PatientState, merge: Merge, record: Record) -> list[Output]:
    """An event under the old name, passed on under the survivor's."""
    if record.get("merged_into") == merge.into:
        return []  # the same merge once more
    names = record.get("forwarded_from", [])
    if state.patient_id in names:
        raise MergedInACircle
    passed_on = {**record, "patient_id": merge.into, "forwarded_from": [*names, state.patient_id]}
    return [Output("bedside", merge.into, passed_on)]


def is_undone(merge: Merge, record: Record) -> bool:
    """Whether the merge itself was entered in error: the patient stands alone again."""
    return record.get("retracts") == merge.event_id


def alone_again(state: PatientState, merge: Merge) -> PatientState:
    """The patient as before the merge, with what comes from now on; what is open by then is said anew."""
    if merge.left is None:
        return replace(state, merge=None)
    counted = ("sent", "revision", "as_of_ms", "reached_ms", "place", "newest_event_ms", "taken", "shown", "shown_ms")
    return replace(merge.left, **{name: getattr(state, name) for name in counted})


def let_go(state: PatientState, record: Record, moment: Moment) -> tuple[PatientState, list[Output]]:
    """The survivor has taken over: what is open here is resolved, and nothing is graded here any more."""
    merge = state.merge
    if merge is None or merge.acknowledged or merge.handover_id != record["handover_id"]:
        return state, []
    gone = _gone(
        state, replace(merge, acknowledged=True, last_ms=moment.clock_ms, left=replace(state, merge=None)), moment
    )
    telling = Telling(replace(gone, fold=state.fold), moment.clock_ms, moment.place, moment.ward.rules)
    outputs: list[Output] = []
    for ended in _over(state):
        wire = escalation.told_resolved(ended, "merged", moment.clock_ms, telling)
        evidence = escalation.evidence(wire, state, record, telling)
        outputs += [Output("escalations", state.patient_id, wire), Output("evidence", state.patient_id, evidence)]
    return gone, [*outputs, Output("estimates", state.patient_id, None)]


def _over(state: PatientState) -> list[tuple[str, ...]]:
    """What was told under this name and is open: the rises of a kind together, each condition by itself."""
    ladders = (state.sent.crs, state.sent.icans)
    rises = [tuple(sorted(rise.escalation_id for rise in ladder.open if rise.escalation_id)) for ladder in ladders]
    alarms = [(alarm.escalation_id,) for _, alarm in sorted(state.sent.alarms.items()) if alarm.escalation_id]
    return [ids for ids in (*rises, *alarms) if ids]


def _gone(state: PatientState, merge: Merge, moment: Moment) -> PatientState:
    """Who the patient was and how often what was said: enough to stand alone again, and never to give an id twice."""
    chart, sent = state.fold.chart, state.sent
    crs, icans = (replace(ladder, reported=0, open=()) for ladder in (sent.crs, sent.icans))
    fold = Fold(chart=Chart(chart.stay, chart.person, chart.baseline, chart.dose))
    return PatientState(
        state.patient_id,
        fold,
        (fold,),
        History(retracted=state.history.retracted),
        sent=replace(sent, crs=crs, icans=icans, alarms={}),
        episodes=state.episodes,
        revision=state.revision + 1,
        as_of_ms=max(state.as_of_ms, moment.clock_ms),
        reached_ms=moment.clock_ms - 1,
        place=moment.place,
        newest_event_ms=state.newest_event_ms,
        merge=merge,
        taken=state.taken,
    )
