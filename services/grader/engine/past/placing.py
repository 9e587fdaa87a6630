"""Putting an event where it belongs in event time, and folding again what comes after it.

In order costs one evaluation. Whatever arrives out of order folds again from the newest mark before it, so the order of
arrival cannot matter within the lateness bound. A mark is an earlier fold; they share almost everything.
"""

from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from services.grader.engine.durations import MINUTE_MS, NOTHING_YET_MS, hours, minutes
from services.grader.engine.fold import Fold
from services.grader.engine.past.coarsening import kept_small
from services.grader.engine.past.founding import pruned
from services.grader.engine.past.history import Entry, History, Seen, short_name, with_entry, with_reading
from services.grader.engine.past.in_force import InForce
from services.grader.engine.past.points import Point, point_of, points_after, reading_point
from services.grader.engine.past.timeline import Trace, feed, feed_again, pass_time
from services.grader.engine.ruleset.rules import RuleSet
from services.grader.engine.signs.readings import Reading, freshness_limits
from services.grader.engine.state import PatientState

MOST_MARKS = 6  # all of them are part of a checkpoint: a restart has to fold again from the same ones
TRIMMED_AFTER_MS = 20 * MINUTE_MS


class Placed(NamedTuple):
    """A state whose fold takes an event in, and every moment that was evaluated on the way.

    `from_ms` is since when the past was rewritten. What was folded again before that is as it was, however far back
    the mark lies from which it was folded.
    """

    state: PatientState
    start: Fold
    trace: Trace
    rewritten: bool
    from_ms: int = NOTHING_YET_MS

    @property
    def before(self) -> Fold:
        """The last fold that is as it was."""
        return next((fold for fold in reversed(self.trace) if fold.at_ms < self.from_ms), self.start)

    @property
    def changed(self) -> Trace:
        """What may be otherwise than it was."""
        return [fold for fold in self.trace if fold.at_ms >= self.from_ms]


def place_entry(state: PatientState, entry: Entry, clock_ms: int, in_force: InForce) -> Placed:
    """An event charted or taken by hand."""
    state = replace(state, history=with_entry(state.history, entry))
    return place(state, point_of(entry), entry.at_ms, clock_ms, in_force)


def place_readings(
    state: PatientState, readings: Sequence[Reading], event_id: str, seen: Seen | None, clock_ms: int, in_force: InForce
) -> Placed:
    """An event of a stream: one category a second and series; its id is kept if anything may rest on it (`seen`)."""
    history = state.history
    new: list[Reading] = []
    for reading in readings:
        stale_ms = freshness_limits(reading.manner, in_force.now)[0]
        history, is_new = with_reading(history, reading, event_id, stale_ms)
        history = kept_small(history, reading.series, in_force)
        new.extend([reading] if is_new else [])
    if seen is not None:
        history = replace(history, seen={**history.seen, short_name(event_id): seen})
    state = replace(state, history=history)
    if not new:
        return settle(state, clock_ms, in_force.now)
    return place(state, reading_point(tuple(new), event_id), new[0].at_ms, clock_ms, in_force)


def place(state: PatientState, point: Point, at_ms: int, clock_ms: int, in_force: InForce) -> Placed:
    """A point that is already in the history."""
    if at_ms <= state.fold.at_ms:
        return refold(state, at_ms, clock_ms, in_force)
    trace: Trace = []
    rules = in_force.now  # what belongs before an activation lies before the fold
    before = pass_time(state.fold, at_ms, rules, trace)
    fold = feed(before, [point], rules, trace)
    fold = pass_time(fold, clock_ms, rules, trace)
    after = replace(state, fold=fold, marks=_marked(state.marks, before))
    return Placed(_trimmed(after, clock_ms, rules), state.fold, trace, rewritten=False)


def refold(state: PatientState, from_ms: int, clock_ms: int, in_force: InForce) -> Placed:
    """Everything from a moment on, folded again in the order of event time, by the rules that were in force then."""
    marks = tuple(mark for mark in state.marks if mark.at_ms < from_ms) or state.marks[:1]
    start = marks[-1]
    trace: Trace = []
    points = points_after(state.history, start.at_ms)
    fold, before, rules = start, start, in_force.now
    if points:
        fold = feed_again(start, points, in_force.eras(state.history, start.at_ms), trace)
        before = next((earlier for earlier in reversed(trace) if earlier.at_ms < points[-1].at_ms), start)
    fold = pass_time(fold, max(clock_ms, state.fold.reached_ms + 1), rules, trace)
    horizon_ms = clock_ms - hours(rules.charted_lateness_h)  # further back it is a matter of which marks were kept
    state = replace(state, fold=fold, marks=_marked(marks, before))
    return Placed(_trimmed(state, clock_ms, rules), start, trace, rewritten=True, from_ms=max(from_ms, horizon_ms))


def settle(state: PatientState, before_ms: int, rules: RuleSet) -> Placed:
    """Only time passes."""
    trace: Trace = []
    fold = pass_time(state.fold, before_ms, rules, trace)
    return Placed(replace(state, fold=fold), state.fold, trace, rewritten=False)


def _marked(marks: tuple[Fold, ...], mark: Fold) -> tuple[Fold, ...]:
    """One more mark; older ones thin out, the further back the coarser."""
    if mark.at_ms <= marks[-1].at_ms:
        return marks
    marks = (*marks, mark)
    if len(marks) <= MOST_MARKS:
        return marks
    closest = min(range(1, len(marks) - 1), key=lambda index: _worth(marks, index))
    return marks[:closest] + marks[closest + 1 :]


def _worth(marks: tuple[Fold, ...], index: int) -> float:
    """How much a mark saves: its distance to its neighbours against its age."""
    age_ms = marks[-1].at_ms - marks[index].at_ms + 1
    return (marks[index + 1].at_ms - marks[index - 1].at_ms) / age_ms


def _trimmed(state: PatientState, clock_ms: int, rules: RuleSet) -> PatientState:
    """Forget what no event may be placed before any more."""
    horizon_ms = clock_ms - hours(rules.charted_lateness_h)
    marks = state.marks
    while len(marks) > 1 and marks[1].at_ms < horizon_ms:
        marks = marks[1:]
    # Ids of a stream need no prompt trimming: only their age counts.
    oldest = next(iter(state.history.seen.values()), None)
    if marks is state.marks and (oldest is None or clock_ms - oldest.at_ms < TRIMMED_AFTER_MS):
        return state
    history = _without_old(replace(state, marks=marks), clock_ms, rules)
    return replace(state, marks=marks, history=history)


def _without_old(state: PatientState, clock_ms: int, rules: RuleSet) -> History:
    episode = state.fold.episode
    return pruned(
        state.history, state.marks[0].at_ms, clock_ms - minutes(rules.monitor_lateness_min),
        clock_ms - hours(rules.charted_lateness_h), opened_by=episode.key if episode else None,
    )  # fmt: skip
