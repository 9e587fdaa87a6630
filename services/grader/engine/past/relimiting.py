"""Readings by hand held against other limits, where a chart that set them turns out to have been an error.

Of a stream only categories are kept: its newest reading is held against the limits that are left, its past is not.
"""

from msgspec.structs import replace

from services.grader.engine.chart import Chart, charted
from services.grader.engine.fold import Fold, evaluate
from services.grader.engine.past.history import RULES, Entry, History
from services.grader.engine.past.in_force import InForce, during
from services.grader.engine.past.placing import Placed
from services.grader.engine.past.points import point_of
from services.grader.engine.past.timeline import held_against, limits_of
from services.grader.engine.ruleset.rules import RuleSet
from services.grader.engine.signs.readings import categorise

UNCHARTED = ("attribution", "kept", RULES)


def relimited(history: History, start: Fold, from_ms: int, in_force: InForce) -> History:
    """The history with every reading by hand since `from_ms` held against what is charted without the error.

    Args:
        history: without the event taken back.
        start: a fold before it.
        from_ms: since when the error counted.
        in_force: each reading is judged by the rules in force when it was taken; where nobody knows them it stays.
    """
    in_order = sorted(history.entries.values(), key=lambda entry: (entry.at_ms, point_of(entry).order))
    eras = in_force.eras(history, start.at_ms)
    chart, entries = start.chart, dict(history.entries)
    for entry in (entry for entry in in_order if entry.at_ms > start.at_ms):
        era = during(eras, entry.at_ms)
        if entry.record is None and entry.at_ms >= from_ms and era.is_known:
            entries[entry.event_id] = _held_to(entry, chart, era.rules)
        elif entry.record is not None and entry.record["kind"] not in UNCHARTED:
            chart = charted(chart, entry.record, entry.at_ms)
    return replace(history, entries=entries)


def _held_to(entry: Entry, chart: Chart, rules: RuleSet) -> Entry:
    limits = limits_of(chart, entry.at_ms, rules)
    judged = (
        reading._replace(category=categorise(reading.series, reading.value, limits, rules))
        for reading in entry.readings
    )
    return replace(entry, readings=tuple(judged))


def against_the_limits_left(placed: Placed, clock_ms: int, rules: RuleSet) -> Placed:
    """The placed state with the newest reading of each sign held against the limits as they are charted now."""
    state = placed.state
    fold = held_against(state.fold, state.fold.at_ms, rules)
    if fold == state.fold:
        return placed
    fold = evaluate(fold, max(clock_ms, fold.at_ms), rules, reached_ms=max(fold.reached_ms, clock_ms - 1))
    return placed._replace(state=replace(state, fold=fold), trace=[*placed.trace, fold])
