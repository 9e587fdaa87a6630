"""`step` and `tick`: one record, or one moment, of one patient. Pure: no clock, no I/O, no randomness.

`step` refuses what cannot be taken in, knows what it has seen, and puts the rest where it belongs in event time;
`conclude.py` says what follows from that.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from msgspec.structs import replace

from schemas.bedside import HANDOVER, RULES, VITALS
from schemas.reading import event_time
from schemas.reasons import Reason
from services.grader.engine import Output
from services.grader.engine.activation import under_new_rules
from services.grader.engine.conclude import Step, conclude
from services.grader.engine.durations import NOTHING_YET_MS, hours, minutes
from services.grader.engine.fold_times import next_time
from services.grader.engine.merging.leaving import Moment, alone_again, forwarded, is_undone, leave
from services.grader.engine.merging.taking_over import handed_over
from services.grader.engine.past.arrival import Arrival, is_there_already, newest_after, readings_then, state_applies
from services.grader.engine.past.forgetting import forget_ms, forgotten
from services.grader.engine.past.history import Entry, Seen, as_first_sent, content_of, has_content, seen_since
from services.grader.engine.past.placing import Placed, place_entry, place_readings, settle
from services.grader.engine.past.retraction import retract
from services.grader.engine.ruleset.rules import RuleSet
from services.grader.engine.signs.readings import STREAMS, placed_ms
from services.grader.engine.state import Merge, PatientState, Place, unheard_of
from services.grader.engine.telling.watch import watch_times
from services.grader.engine.ward import Ward

Record = dict[str, Any]


class Stepped(NamedTuple):
    """The state after a record and what has to be said."""

    state: PatientState | None
    outputs: list[Output]


class Refused(NamedTuple):
    """The record is not taken in."""

    reason: Reason
    field: str | None = None


def step(
    state: PatientState | None, record: Record, *, clock_ms: int, place: Place, ward: Ward, common: bool = False
) -> Stepped | Refused:
    """The state after one record, and what has to be said; a duplicate changes nothing.

    Args:
        state: before; None for a patient never heard of.
        record: a valid record of the bedside topic, ticks aside.
        clock_ms: the partition's clock; everything strictly before it has run out already.
        place: where the record lies.
        ward: rules, and for whom pages go out.
        common: whether the record changes nothing but values and times, so that nothing will ever rest on its id.
    """
    moment = Moment(clock_ms, place, ward)
    if record["schema"] == HANDOVER:
        return Stepped(*handed_over(state, record, moment))
    if record["schema"] == RULES:
        return Stepped(None, []) if state is None else Stepped(*under_new_rules(state, record, moment))
    observed_ms = event_time(record)
    if observed_ms is None or observed_ms > clock_ms + minutes(ward.rules.clock_ahead_min):
        return Refused("future_time", "observed_at" if record["schema"] == VITALS else "recorded_at")
    if state is not None and state.merge is not None:
        return _under_both_names(state, state.merge, record, observed_ms, moment)
    return _graded(state, record, observed_ms, moment, common=common)


def _under_both_names(
    state: PatientState, merge: Merge, record: Record, observed_ms: int, moment: Moment
) -> Stepped | Refused:
    """A merged patient's event: passed on, and graded here too until the survivor has taken over."""
    if is_undone(merge, record):
        return _graded(alone_again(state, merge), record, observed_ms, moment)
    if state.gone:
        kept = replace(state, place=moment.place, merge=replace(merge, last_ms=moment.clock_ms))
        return Stepped(kept, forwarded(state, merge, record))
    stepped = _graded(state, record, observed_ms, moment)
    if isinstance(stepped, Refused) or stepped.state is state:
        return stepped
    return stepped._replace(outputs=[*stepped.outputs, *forwarded(state, merge, record)])


def _graded(
    state: PatientState | None, record: Record, observed_ms: int, moment: Moment, *, common: bool = False
) -> Stepped | Refused:
    clock_ms, place, ward = moment
    known = None if common else _known(state, record, clock_ms, ward.rules)
    if known is not None:
        return known
    before = state or unheard_of(record["patient_id"], ward.unnamed)
    arrival = Arrival(record, min(observed_ms, clock_ms), clock_ms, observed_ms > clock_ms, ward.in_force)
    if is_there_already(before, arrival):
        return Stepped(state, [])
    placed = _placed(replace(before, place=place, newest_event_ms=_newer(before, arrival)), arrival, common=common)
    if placed is None:
        return Refused("bad_retraction", "retracts")
    retraction = record.get("kind") == "retraction"
    after, outputs = conclude(Step(state, record, clock_ms, clock_ms - 1, ward, retraction), placed)
    if record.get("action") == "merge" and after.merge is None:
        after, handover = leave(after, record, moment)
        outputs += handover
    return Stepped(after, outputs)


def tick(state: PatientState, now_ms: int, ward: Ward) -> tuple[PatientState | None, list[Output]]:
    """The state after everything that runs out up to and including `now_ms`, as one moment; None if it is forgotten."""
    gone_ms = forget_ms(state, ward)
    if gone_ms is not None and gone_ms <= now_ms:
        return forgotten(state, now_ms, ward)
    return conclude(Step(state, None, now_ms, now_ms, ward), settle(state, now_ms + 1, ward.rules))


def next_deadline(state: PatientState, reached_ms: int, ward: Ward) -> int | None:
    """When time alone may change something; later than what has been reached."""
    due = [forget_ms(state, ward), None if state.gone else next_time(state.fold, ward.rules)]
    times = [] if state.gone else [at_ms for at_ms in watch_times(state, ward) if at_ms > reached_ms]
    times += [max(at_ms, reached_ms + 1) for at_ms in due if at_ms is not None]
    return min(times, default=None)


def _newer(state: PatientState, arrival: Arrival) -> int:
    return max(state.newest_event_ms, arrival.at_ms)


def _known(state: PatientState | None, record: Record, clock_ms: int, rules: RuleSet) -> Refused | Stepped | None:
    """What follows from an event that was seen before: refused with other content, else nothing; None if it is new."""
    if state is None:
        return None
    event_id, history = record["event_id"], state.history
    entry = history.entries.get(event_id)
    seen = seen_since(history, event_id, clock_ms - minutes(rules.monitor_lateness_min))
    if entry is not None or seen is not None:
        known = any(
            has_content(entry, content) or has_content(seen, content)
            for content in map(content_of, _as_sent(state, record))
        )
        return Stepped(state, []) if known else Refused("conflicting_event_id", "event_id")
    # Whenever it is that somebody tidies up: a retraction waits as long as its event may be late.
    waits = history.retracted.get(event_id, NOTHING_YET_MS) >= clock_ms - hours(rules.charted_lateness_h)
    return Stepped(state, []) if waits else None


def _as_sent(state: PatientState, record: Record) -> Iterator[Record]:
    """The record as it is, and as it would have come under the name of anybody who was merged into this patient."""
    yield record
    if state.taken or "forwarded_from" in record:
        for name in (state.patient_id, *(taken.patient_id for taken in state.taken)):
            yield as_first_sent(record, name)


def _placed(state: PatientState, arrival: Arrival, *, common: bool) -> Placed | None:
    if arrival.record["schema"] == VITALS:
        return _vitals(state, arrival, common=common)
    if arrival.record["kind"] == "retraction":
        return retract(state, arrival)
    return _clinical(state, arrival)


def _vitals(state: PatientState, arrival: Arrival, *, common: bool) -> Placed:
    record, rules = arrival.record, arrival.rules
    streamed = record["source"] in STREAMS
    readings = readings_then(state, arrival)
    newest, signs = newest_after(state, arrival)
    bound_ms = minutes(rules.monitor_lateness_min) if streamed else hours(rules.charted_lateness_h)
    if arrival.clock_ms - arrival.at_ms > bound_ms:  # too late: only what is newest of its sign still counts
        readings = tuple(reading for reading in readings if reading.series.partition(":")[0] in signs)
    vitals_ms = max(state.vitals_ms or NOTHING_YET_MS, placed_ms(record, arrival.at_ms))
    source = record["source"] if vitals_ms == placed_ms(record, arrival.at_ms) else state.vitals_source
    state = replace(state, newest=newest, vitals_ms=vitals_ms, vitals_source=source)
    readings = tuple(reading for reading in readings if reading.at_ms > state.marks[0].at_ms)
    name = record["event_id"]
    if streamed:
        names = tuple(reading.series for reading in readings)
        seen = Seen(placed_ms(record, arrival.at_ms), content_of(record), names)
        return place_readings(state, readings, name, None if common else seen, arrival.clock_ms, arrival.in_force)
    entry = Entry(placed_ms(record, arrival.at_ms), name, content_of(record), readings)
    return place_entry(state, entry, arrival.clock_ms, arrival.in_force)


def _clinical(state: PatientState, arrival: Arrival) -> Placed:
    record = arrival.record
    at_ms = state_applies(state, arrival)
    entry = Entry(arrival.at_ms if at_ms is None else at_ms, record["event_id"], content_of(record), (), record)
    if at_ms is None:  # remembered, and nothing more: a newer one of its kind is known
        entry = replace(entry, record={**record, "kind": "superseded"})
    placed = place_entry(state, entry, arrival.clock_ms, arrival.in_force)
    stay = placed.state.stay
    if state.stay.status == "discharged" and stay.encounter_id != state.stay.encounter_id:
        return placed._replace(state=_in_new_stay(placed.state, stay.admitted_ms))
    return placed


def _in_new_stay(state: PatientState, admitted_ms: int) -> PatientState:
    """What was measured in an earlier stay is not waited for in this one."""
    newest = {name: item for name, item in state.newest.items() if item.observed_ms >= admitted_ms}
    return replace(state, newest=newest, vitals_ms=None)
