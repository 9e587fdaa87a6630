"""An event is put where it belongs: what is folded again for it, which folds are kept, and what is forgotten."""

from typing import Any

from msgspec.structs import replace

from services.grader.engine.durations import HOUR_MS, MINUTE_MS
from services.grader.engine.fold import Episode, Fold
from services.grader.engine.past.history import Entry, History, Seen, short_name
from services.grader.engine.past.in_force import InForce
from services.grader.engine.past.placing import (
    MOST_MARKS,
    TRIMMED_AFTER_MS,
    Placed,
    place_entry,
    place_readings,
    refold,
    settle,
)
from services.grader.engine.past.timeline import pass_time
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.engine.signs.readings import FAST, SPO2
from services.grader.engine.state import PatientState
from tests.unit.grader.entries import charted, measured
from tests.vignettes.bed import ms

START = Fold(ms(0), ms(0))
SECOND = 1 / 60


def begun(*marks: Fold, fold: Fold | None = None, **remembered: Any) -> PatientState:
    """A patient with these earlier folds."""
    return PatientState("bed-7", fold or (marks or (START,))[-1], marks or (START,), History(**remembered))


def placed(state: PatientState, entry: Entry, clock_ms: int | None = None) -> Placed:
    return place_entry(state, entry, entry.at_ms if clock_ms is None else clock_ms, InForce(DEFAULT_RULES))


def streamed(
    state: PatientState, minute: float, name: str = "m", clock: float | None = None, **values: float
) -> Placed:
    """An event of a monitor."""
    readings = measured(minute, manner=FAST, **values).readings
    seen = Seen(ms(minute), "d", tuple(reading.series for reading in readings))
    return place_readings(state, readings, name, seen, ms(minute if clock is None else clock), InForce(DEFAULT_RULES))


def times(trace: list[Fold]) -> list[int]:
    return [fold.at_ms for fold in trace]


def at(*times_ms: int) -> tuple[Fold, ...]:
    return tuple(Fold(time_ms, time_ms) for time_ms in times_ms)


def test_in_order_one_moment_is_added_and_what_runs_out_around_it():
    first = placed(begun(), measured(5, line=88, sbp=118, temp=38.5))
    assert (first.start, times(first.trace), first.rewritten) == (START, [ms(5)], False)
    assert first.state.marks == (START,)  # the fold before it is the one it began with
    low = streamed(first.state, 6, spo2=88)
    counted = ms(6 + 15 * SECOND)
    second = placed(low.state, charted(7, "lab"), counted + 60_001)
    assert times(second.trace) == [counted, ms(7)]
    assert (second.start, second.rewritten) == (low.state.fold, False)
    assert times(list(second.state.marks)) == [ms(0), ms(5), counted]
    later = streamed(second.state, 8, spo2=88, clock=8)
    assert later.rewritten is False
    assert times(later.trace) == [ms(8)]
    # And what has run out by the time at which it arrives.
    late = streamed(begun(), 6, spo2=88, clock=7)
    assert times(late.trace) == [ms(6), counted]
    finding = late.state.fold.tracks[SPO2].finding
    assert finding is not None
    assert (finding.event_id, finding.established) == ("m", True)


def test_what_was_folded_again_and_is_as_it_was_changes_nothing():
    trace = list(at(3, 5, 8, 9))
    for from_ms, before, changed in ((9, 8, [9]), (8, 5, [8, 9]), (7, 5, [8, 9]), (3, 0, [3, 5, 8, 9])):
        found = Placed(begun(), *at(0), trace, rewritten=True, from_ms=from_ms)
        assert (found.before.at_ms, times(found.changed)) == (before, changed)


def test_only_time_passes():
    state = streamed(begun(), 6, spo2=88).state
    counted = ms(6 + 15 * SECOND)
    for before_ms, passed in ((counted, []), (counted + 1, [counted])):
        found = settle(state, before_ms, DEFAULT_RULES)
        assert (times(found.trace), found.start, found.rewritten) == (passed, state.fold, False)
        assert found.state == replace(state, fold=found.trace[-1] if passed else state.fold)


def test_out_of_order_everything_is_folded_again_from_the_newest_mark_before_it():
    marks = at(ms(0), ms(10), ms(20))
    entries = {f"lab-{minute}": charted(minute, "lab") for minute in (12, 15, 25)}
    state = begun(*marks, fold=Fold(ms(25), ms(25)), entries=entries)
    for minute, start, changed, kept in [
        (14, 10, [12, 14, 15, 25], [0, 10, 15]),
        (20, 10, [12, 15, 20, 25], [0, 10, 20]),
        (20.5, 20, [20.5, 25], [0, 10, 20, 20.5]),
        (25, 20, [25], [0, 10, 20]),
        (0, 0, [12, 15, 25], [0, 15]),
        (-1, 0, [12, 15, 25], [0, 15]),
    ]:
        found = placed(state, charted(minute, "lab", "late"), ms(26))
        assert (found.start.at_ms, times(found.trace)) == (ms(start), [ms(at) for at in changed]), minute
        assert (found.rewritten, found.from_ms) == (True, ms(minute))
        assert times(list(found.state.marks)) == [ms(at) for at in kept], minute
    # What ran out in between is a moment too.
    low = {"low": measured(6, "low", line=88, manner=FAST), "lab-9": charted(9, "lab")}
    found = placed(begun(fold=Fold(ms(9), ms(9)), entries=low), charted(5, "lab"), ms(26))
    lost = [ms(6) + minutes * MINUTE_MS for minutes in (5, 15)]
    assert times(found.trace) == [ms(5), ms(6), ms(6 + 15 * SECOND), ms(9), *lost]
    # Nothing is revealed of what is older than what may still be placed.
    horizon = ms(26) - 24 * HOUR_MS
    for from_ms in (horizon - 1, horizon, horizon + 1):
        assert refold(state, from_ms, ms(26), InForce(DEFAULT_RULES)).from_ms == max(horizon, from_ms)
    # Where nothing is left, the fold is as it began.
    empty = refold(begun(*marks), ms(15), ms(26), InForce(DEFAULT_RULES))
    assert (empty.state.fold, empty.trace, empty.state.marks) == (marks[1], [], marks[:2])


def test_folded_again_what_had_run_out_has_run_out():
    low = measured(6, spo2=88, manner=FAST)
    due = ms(6 + 15 * SECOND)
    state = streamed(begun(), 6, spo2=88).state
    for reached_ms, clock_ms, passed in [
        (due - 2, due - 1, []),
        (due - 1, due - 1, []),
        (due, due, [due]),
        (due, due - 1, [due]),
        (ms(6), due + 1, [due]),
    ]:
        reached = pass_time(state.fold, reached_ms + 1, DEFAULT_RULES, [])
        before = replace(state, fold=replace(reached, reached_ms=reached_ms))
        found = refold(before, low.at_ms, clock_ms, InForce(DEFAULT_RULES))
        assert times(found.trace) == [ms(6), *passed], (reached_ms - due, clock_ms - due)


def test_of_one_second_of_a_stream_only_what_is_worse_changes_anything():
    state = streamed(begun(), 6, "low", spo2=88).state
    again = streamed(state, 6, "fine", spo2=97)
    assert (again.rewritten, again.trace, again.state.fold) == (False, [], state.fold)
    assert set(again.state.history.seen) == {short_name("low"), short_name("fine")}
    assert again.state.history.seen[short_name("fine")] == Seen(ms(6), "d", (SPO2,))
    worse = streamed(state, 6, "worse", spo2=80)
    assert (worse.rewritten, times(worse.trace)) == (True, [ms(6)])
    both = streamed(state, 6, "both", spo2=97, temp=38.5)
    assert set(both.state.fold.tracks) == {SPO2, "temperature_c"}
    assert both.state.fold.tracks[SPO2].category == 2


def test_a_stream_that_was_silent_until_it_was_stale_begins_again():
    for minutes, runs in ((4.9, 1), (5, 2), (10, 2)):
        state = streamed(streamed(begun(), 6, spo2=97).state, 6 + minutes, spo2=97).state
        assert len(state.history.spans[SPO2]) == runs, minutes


def test_a_stream_that_hovers_between_low_and_very_low_stays_small():
    state = begun()
    for second in range(70):
        state = streamed(state, second * SECOND, f"m{second}", spo2=88 if second % 2 else 84).state
    runs = state.history.spans[SPO2]
    assert len(runs) < 30
    assert runs[0].event_id == "m0"
    assert runs[-1].event_id == "m69"


def thinned(*ages_ms: int) -> list[int]:
    """Of folds that old the ones that are left, once one more is taken."""
    marks = at(*(ms(0) - age_ms for age_ms in ages_ms))
    state = begun(*marks[:-1], fold=marks[-1])
    found = placed(state, charted(0, "lab"), ms(0))
    return [ms(0) - mark.at_ms for mark in found.state.marks]


def test_of_earlier_folds_the_one_that_saves_least_for_its_age_goes():
    even = [step * 1000 for step in range(MOST_MARKS + 1, 0, -1)]
    assert thinned(*even[1:]) == even[1:]
    assert thinned(*even) == [even[0], *even[2:]]
    # Each four times as old as the next: the newest but one is close to it.
    steep = [6 * 5 * 4**step + 5 for step in range(9, -1, -1)]
    assert thinned(*steep, 12, 10, 5) == [*steep, 12, 5]
    # Close together and new is worth more than far apart and old.
    assert thinned(*range(600, 240, -50), 230, 220, 210, 200, 190)[:3] == [600, 500, 450]
    # A millisecond is an age too.
    assert len(thinned(*even[:-1], even[-2] - 1)) == MOST_MARKS


def test_what_nothing_may_be_placed_before_any_more_is_forgotten():
    def left(clock_ms: int, **remembered: Any) -> PatientState:
        state = begun(*at(ms(0), ms(60)), fold=Fold(ms(90), ms(90), episode=Episode("fever", 1, 1)), **remembered)
        return placed(state, charted(24 * 60 + 30, "lab"), clock_ms).state

    fevers = [measured(at, name, temp=38.5) for at, name in ((10, "fever"), (20, "b"), (30, "c"))]
    entries = {entry.event_id: entry for entry in (*fevers, charted(40, "lab", "old"), charted(70, "lab", "new"))}
    horizon = ms(60) + 24 * HOUR_MS
    seen, waits = {"x": Seen(horizon - 15 * MINUTE_MS, "", ())}, {"y": 1}
    # The second mark is as old as that, or a millisecond older.
    state = left(horizon, entries=entries, seen=seen, retracted=waits)
    assert times(list(state.marks))[:2] == [ms(0), ms(60)]
    assert (set(state.history.entries) - {"lab-1470"}, state.history.seen) == (set(entries), seen)
    state = left(horizon + 1, entries=entries, seen=seen, retracted=waits)
    assert times(list(state.marks))[0] == ms(60)
    assert set(state.history.entries) == {"fever", "b", "c", "new", "lab-1470"}
    assert (state.history.seen, state.history.retracted) == ({}, {})
    two = placed(begun(*at(ms(0), ms(60)), fold=Fold(ms(60), ms(60))), charted(60 * 60, "lab")).state
    assert times(list(two.marks)) == [ms(60)]
    # The last mark stays, however old.
    alone = placed(begun(*at(ms(0)), fold=Fold(ms(0), ms(0))), charted(60 * 60, "lab")).state
    assert times(list(alone.marks)) == [ms(0)]


def test_ids_of_a_stream_are_forgotten_together_once_the_oldest_is_twice_as_old_as_it_need_be():
    clock_ms = ms(60)
    ages = {"new": 10 * MINUTE_MS, "old": 10 * MINUTE_MS + 1}

    def left(oldest_ms: int) -> History:
        seen = {name: Seen(clock_ms - age_ms, "", ()) for name, age_ms in {"oldest": oldest_ms, **ages}.items()}
        waits = {"new": clock_ms - 24 * HOUR_MS, "old": clock_ms - 24 * HOUR_MS - 1}
        return streamed(begun(seen=seen, retracted=waits), 60, "m", spo2=97).state.history

    waits = left(TRIMMED_AFTER_MS - 1)
    assert set(waits.seen) == {"oldest", "old", "new", short_name("m")}
    assert set(waits.retracted) == {"new", "old"}
    trimmed = left(TRIMMED_AFTER_MS)
    assert set(trimmed.seen) == {"new", short_name("m")}
    assert set(trimmed.retracted) == {"new"}
    assert begun(retracted={"old": 1}).history.retracted == {"old": 1}
    alone = place_readings(begun(retracted={"old": 1}), (), "m", None, clock_ms, InForce(DEFAULT_RULES))
    assert alone.state.history.retracted == {"old": 1}  # no id is kept: nothing is tidied up
