"""Entered in error: the named event is taken out, and everything is folded again as if it had never arrived."""

from msgspec.structs import replace

from services.grader.engine.durations import minutes
from services.grader.engine.past.arrival import Arrival
from services.grader.engine.past.history import (
    Entry,
    History,
    Seen,
    content_of,
    seen_since,
    short_name,
    with_entry,
    without_second,
)
from services.grader.engine.past.placing import Placed, refold, settle
from services.grader.engine.past.relimiting import against_the_limits_left, relimited
from services.grader.engine.past.taking_back import taken_back
from services.grader.engine.past.timeline import CHANGES_LIMITS
from services.grader.engine.signs.readings import SPOT, STREAMS
from services.grader.engine.state import Newest, PatientState

GRADES_NOTHING = ("lab", "clinician_grade", "monitoring")


def retract(state: PatientState, arrival: Arrival) -> Placed | None:
    """The state without the retracted event; None if what it names cannot be retracted.

    A retraction that arrives first waits: its event will not be taken in.
    """
    record, history = arrival.record, state.history
    name = record["retracts"]
    target = history.entries.get(name)
    if target is not None and target.record is not None and target.record.get("kind") == "retraction":
        return None
    own = Entry(arrival.at_ms, record["event_id"], content_of(record), (), {"kind": "retraction"})
    history = with_entry(history, own)
    history = replace(history, retracted={**history.retracted, name: arrival.clock_ms})
    state = replace(state, history=history)
    placed = _without_event(state, name, arrival)
    if target is None or not sets_limits(target):
        return placed
    return against_the_limits_left(placed, arrival.clock_ms, arrival.rules)


def sets_limits(entry: Entry) -> bool:
    """Whether what a value means may depend on this event."""
    return entry.record is not None and entry.record["kind"] in CHANGES_LIMITS


def _without_event(state: PatientState, name: str, arrival: Arrival) -> Placed:
    history = state.history
    bound_ms = minutes(arrival.rules.monitor_lateness_min)
    target = history.entries.get(name)
    seen = seen_since(history, name, arrival.clock_ms - bound_ms) or _of_a_run(state, name)
    found = target or seen
    if found is None:
        return settle(state, arrival.clock_ms, arrival.rules)  # it waits, or nothing rests on what it names
    at_ms = found.at_ms
    history = _without(history, name, seen)
    state = replace(state, history=history if _grades_nothing(target) else _without_kept(history, at_ms))
    state = replace(state, newest=_newest_without(state, name))
    mark = state.marks[0]
    if target is not None and at_ms <= mark.at_ms:
        then = arrival.in_force.at(state.history, mark.at_ms)
        mark = taken_back(mark, target, state.history.entries.values(), then)
        state, at_ms = replace(state, marks=(mark,)), mark.at_ms + 1
    if target is not None and sets_limits(target):
        start = next(mark for mark in reversed(state.marks) if mark.at_ms < at_ms)
        state = replace(state, history=relimited(state.history, start, at_ms, arrival.in_force))
    return refold(state, at_ms, arrival.clock_ms, arrival.in_force)


def _grades_nothing(target: Entry | None) -> bool:
    """Whether no grade can have rested on this chart, and so nothing that is held."""
    return target is not None and target.record is not None and target.record["kind"] in GRADES_NOTHING


def _of_a_run(state: PatientState, name: str) -> Seen | None:
    """Ids of a steady stream are not kept, but for the one that a run of readings began with, and the newest."""
    found = {
        series: span.first_ms
        for series, spans in state.history.spans.items()
        for span in spans
        if span.event_id == name
    }
    found |= {
        series: item.placed_ms
        for series, item in state.newest.items()
        if item.event_id == name and item.source in STREAMS and series in state.history.spans
    }
    return Seen(max(found.values()), "", tuple(sorted(found))) if found else None


def _without(history: History, name: str, seen: Seen | None) -> History:
    if seen is not None:
        for series in seen.series:
            history = without_second(history, series, seen.at_ms)
    return replace(
        history,
        entries={key: entry for key, entry in history.entries.items() if key != name},
        seen={key: item for key, item in history.seen.items() if key != short_name(name)},
    )


def _without_kept(history: History, from_ms: int) -> History:
    """What was held against late data rested on what was known then: it is decided anew."""
    entries = {
        key: entry
        for key, entry in history.entries.items()
        if entry.record is None or entry.record["kind"] != "kept" or entry.at_ms < from_ms
    }
    return replace(history, entries=entries)


def _newest_without(state: PatientState, name: str) -> dict[str, Newest]:
    """The newest readings, without those of one event: the one before takes its place."""
    found = {sign: newest for sign, newest in state.newest.items() if newest.event_id != name}
    for sign in (sign for sign, newest in state.newest.items() if newest.event_id == name):
        before = _newest_of(state.history, sign)
        if before is not None:
            found[sign] = before
    return found


def _newest_of(history: History, series: str) -> Newest | None:
    by_hand = [
        Newest(reading.value, reading.at_ms, "manual", SPOT, entry.event_id)
        for entry in history.entries.values()
        for reading in entry.readings
        if reading.series == series
    ]
    streamed = [
        Newest(span.value, span.last_ms, "monitor", span.manner, span.event_id)
        for span in history.spans.get(series, ())
    ]
    return max([*by_hand, *streamed], key=lambda newest: newest.observed_ms, default=None)
