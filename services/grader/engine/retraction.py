"""Entered in error: the named event is taken out, and everything is folded again as if it had never arrived."""

from dataclasses import replace

from services.grader.engine.arrival import Arrival
from services.grader.engine.fold import Fold, evaluate
from services.grader.engine.history import Entry, History, short_name, whole_content, with_entry, without_second
from services.grader.engine.holds import ChartedHold
from services.grader.engine.placing import Placed, refold, settle
from services.grader.engine.readings import SPOT
from services.grader.engine.state import Newest, PatientState


def retract(state: PatientState, arrival: Arrival) -> Placed | None:
    """The state without the retracted event; None if what it names cannot be retracted.

    A retraction that arrives first waits: its event will not be taken in.
    """
    record, history = arrival.record, state.history
    name = record["retracts"]
    target = history.entries.get(name)
    if target is not None and target.record is not None and target.record.get("kind") == "retraction":
        return None
    own = Entry(arrival.at_ms, record["event_id"], whole_content(record), (), {"kind": "retraction"})
    history = with_entry(history, own)
    history = replace(history, retracted={**history.retracted, name: arrival.clock_ms})
    seen = history.seen.get(short_name(name))
    if target is None and seen is None:
        return _amend(replace(state, history=history), name, arrival)
    at_ms = target.at_ms if target is not None else seen.at_ms if seen is not None else 0
    history = _without(history, name)
    state = replace(state, history=_without_kept(history, at_ms))
    state = replace(state, newest=_newest_without(state, name))
    return refold(state, at_ms, arrival.clock_ms, arrival.rules)


def _amend(state: PatientState, name: str, arrival: Arrival) -> Placed:
    """An event of which only its effect is left: a retraction is never too late, so that goes now."""
    fold = _amended(state.fold, name)
    if fold is state.fold:
        return settle(state, arrival.clock_ms, arrival.rules)
    marks = tuple(_amended(mark, name) for mark in state.marks)
    at_ms = max(arrival.clock_ms, fold.at_ms)
    fold = evaluate(fold, at_ms, arrival.rules, reached_ms=max(fold.reached_ms, at_ms - 1))
    return Placed(replace(state, fold=fold, marks=marks), state.fold, [fold], rewritten=False)


def _amended(fold: Fold, name: str) -> Fold:
    """The fold without what the event charted: that is unknown now, not absent."""
    chart = fold.chart
    pressors = tuple(item for item in chart.pressors if item.event_id != name)
    oxygen = None if chart.oxygen is not None and chart.oxygen.event_id == name else chart.oxygen
    neuro = {domain: exam for domain, exam in chart.neuro.items() if exam.event_id != name}
    attributions = tuple(item for item in chart.attributions if item.event_id != name)
    confirmed_ms = chart.pressors_ms if pressors == chart.pressors else None
    found = replace(
        chart, pressors=pressors, pressors_ms=confirmed_ms, oxygen=oxygen, neuro=neuro, attributions=attributions
    )
    if found == chart:
        return fold
    holds = replace(fold.holds, pressor=ChartedHold(), device=ChartedHold())
    return replace(fold, chart=found, holds=holds, icans_hold=ChartedHold())


def _without(history: History, name: str) -> History:
    seen = history.seen.get(short_name(name))
    for series in seen.series if seen is not None else ():
        history = without_second(history, series, seen.at_ms if seen is not None else 0)
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
