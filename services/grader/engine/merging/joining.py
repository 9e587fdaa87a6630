"""Two patients who turn out to be one: what is known of both as one past, folded in the order of event time.

Both histories are put together and folded again, so that it is as if everything had come under one name from the
beginning. Where one of them reaches further back than what is remembered in full, the two folds of that moment become
one (`joined_folds.py`). Knowledge is only added: of two streams at one time the worse counts, and a level that one of
them had and the new past does not support goes into the hold from now (`keeping.py` does the same for late data). An
attribution that would explain away what stood under the other name ends.

Rules come into force by partition. Of the joined past all is judged by those of the survivor's; where other rules came
into force before anything is known of the survivor, by those of the other's.
"""

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from services.grader.engine.crs.components import COMPONENTS
from services.grader.engine.durations import NOTHING_YET_MS
from services.grader.engine.fold import Episode, Fold
from services.grader.engine.merging.joined_folds import joined_folds
from services.grader.engine.merging.joined_words import joined_sent
from services.grader.engine.past.founding import pruned
from services.grader.engine.past.history import Entry, History, Span, cut_out, is_activation, short_name, without_second
from services.grader.engine.past.in_force import FOR_EVER_MS, InForce
from services.grader.engine.past.placing import Placed, place_entry, refold
from services.grader.engine.past.points import points_after
from services.grader.engine.past.relimiting import against_the_limits_left
from services.grader.engine.past.timeline import feed_again
from services.grader.engine.state import EpisodeName, Newest, PatientState
from services.grader.engine.telling.episode_names import named


def joined(survivor: PatientState, other: PatientState, clock_ms: int, in_force: InForce) -> Placed:
    """The survivor with everything that is known of the other; what was said for either counts as said."""
    other = _as_merged(other)
    start_ms = max(survivor.marks[0].at_ms, other.marks[0].at_ms)
    history = _histories(survivor.history, other.history)
    start = joined_folds(
        _fold_at(survivor, start_ms, in_force), _fold_at(other, start_ms, in_force), in_force.at(history, start_ms)
    )
    opened_by = start.episode.key if start.episode else None
    history = pruned(history, start.at_ms, NOTHING_YET_MS, NOTHING_YET_MS, opened_by=opened_by)
    whole = replace(
        _what_came_last(survivor, other), marks=(start,), history=history, episodes=_episodes(survivor, other)
    )
    placed = refold(whole, start.at_ms, clock_ms, in_force)
    if placed.state.fold.chart.attributions and not _is_supported(placed.state.fold, _here(survivor, other)):
        placed = refold(_unexplained(whole, start), start.at_ms, clock_ms, in_force)
    placed = against_the_limits_left(placed, clock_ms, in_force.now)  # what is normal was charted for either name
    placed = _nothing_lowered(placed, survivor, other, clock_ms, in_force)
    state = placed.state
    state = replace(state, episodes=named(state.episodes, [placed.start, *placed.trace], state.fold))
    return placed._replace(state=replace(state, sent=joined_sent(survivor, other, state)))


def _as_merged(other: PatientState) -> PatientState:
    """The other patient's charts, with the name they came under."""
    entries = {name: _renamed(entry, other.patient_id) for name, entry in other.history.entries.items()}
    marks = tuple(_of(mark, other.patient_id) for mark in other.marks)
    return replace(other, history=replace(other.history, entries=entries), marks=marks)


def _renamed(entry: Entry, patient_id: str) -> Entry:
    if entry.record is None or "patient_id" not in entry.record:
        return entry
    names = [*entry.record.get("forwarded_from", ()), patient_id]
    return replace(entry, record={**entry.record, "forwarded_from": names})


def _of(fold: Fold, patient_id: str) -> Fold:
    return replace(fold, chart=replace(fold.chart, stay=replace(fold.chart.stay, of=patient_id)))


def _fold_at(state: PatientState, at_ms: int, in_force: InForce) -> Fold:
    """The oldest fold that is kept, with what is remembered up to a moment."""
    start = state.marks[0]
    points = [point for point in points_after(state.history, start.at_ms) if point.at_ms <= at_ms]
    return feed_again(start, points, in_force.eras(state.history, start.at_ms), [])


def _histories(one: History, two: History) -> History:
    spans = {name: _spans(one.spans.get(name, ()), two.spans.get(name, ())) for name in {**two.spans, **one.spans}}
    retracted = {**two.retracted, **one.retracted}
    # A retraction may have waited under one name for what came under the other.
    entries = {**_without_activations(two.entries, _known_ms(one)), **one.entries}
    entries = {name: item for name, item in entries.items() if name not in retracted}
    history = History(entries, spans, {**two.seen, **one.seen}, retracted)
    for name in retracted:
        history = _without_streamed(history, short_name(name))
    return history


def _known_ms(history: History) -> int:
    """Since when anything is known of a patient."""
    spans = (span.first_ms for spans in history.spans.values() for span in spans)
    return min([*(entry.at_ms for entry in history.entries.values()), *spans], default=FOR_EVER_MS)


def _without_activations(entries: dict[str, Entry], from_ms: int) -> dict[str, Entry]:
    """The other's charts; rules came into force for the survivor, as far as there was one, by its own partition."""
    return {name: entry for name, entry in entries.items() if entry.at_ms < from_ms or not is_activation(entry)}


def _without_streamed(history: History, name: str) -> History:
    if name not in history.seen:
        return history
    for series in history.seen[name].series:
        history = without_second(history, series, history.seen[name].at_ms)
    return replace(history, seen={key: item for key, item in history.seen.items() if key != name})


def _spans(one: tuple[Span, ...], two: tuple[Span, ...]) -> tuple[Span, ...]:
    """Readings of two streams: where both spoke, the worse counts."""
    found: tuple[Span, ...] = ()
    for span in sorted((*one, *two), key=lambda span: (-span.category, span.first_ms)):
        pieces = [span]
        for known in found:
            pieces = [rest for piece in pieces for rest in cut_out(piece, known.first_ms, known.last_ms)]
        found = (*found, *pieces)
    return tuple(sorted(found, key=lambda span: span.first_ms))


def _is_taken_back(survivor: PatientState, other: PatientState) -> bool:
    """Whether a retraction waited under one name for what came under the other: trends then begin anew."""
    return any(
        name in two.history.entries or short_name(name) in two.history.seen
        for one, two in ((survivor, other), (other, survivor))
        for name in one.history.retracted
    )


def _what_came_last(survivor: PatientState, other: PatientState) -> PatientState:
    """The survivor with the newest reading of each sign, from whichever of the two it came."""
    retracted = {*survivor.history.retracted, *other.history.retracted}
    ours, theirs = (
        {name: item for name, item in state.newest.items() if item.event_id not in retracted}
        for state in (survivor, other)
    )
    newest = {name: max(item, theirs.get(name, item), key=_age) for name, item in ours.items()}
    latest = max(survivor, other, key=lambda state: state.vitals_ms or NOTHING_YET_MS)
    high = {name: max(bound, other.high_before.get(name, bound)) for name, bound in survivor.high_before.items()}
    return replace(
        survivor,
        newest={**theirs, **newest},
        high_before={**other.high_before, **high},
        trends={} if _is_taken_back(survivor, other) else {**other.trends, **survivor.trends},
        vitals_ms=latest.vitals_ms,
        vitals_source=latest.vitals_source,
        newest_event_ms=max(survivor.newest_event_ms, other.newest_event_ms),
        score_name=survivor.score_name or other.score_name,
        score_ms=min((ms for ms in (survivor.score_ms, other.score_ms) if ms is not None), default=None),
        score_below_ms=None,
    )


def _age(item: Newest) -> tuple[int, str]:
    return item.observed_ms, item.event_id


def _episodes(survivor: PatientState, other: PatientState) -> tuple[EpisodeName, ...]:
    """Known episodes of both; two that are open are one, under the older name (`settled.md` 20)."""
    open_now = [name for name in (*survivor.episodes, *other.episodes) if name.closed_ms is None]
    closed = [name for name in (*other.episodes, *survivor.episodes) if name.closed_ms is not None]
    older = min(open_now, key=lambda name: name.opened_ms, default=None)
    if older is not None:
        keys = (*older.keys, *(key for name in open_now for key in name.keys if key not in older.keys))
        closed.append(replace(older, keys=keys))
    return tuple(sorted(closed, key=lambda name: name.opened_ms))


def _nothing_lowered(
    placed: Placed, survivor: PatientState, other: PatientState, clock_ms: int, in_force: InForce
) -> Placed:
    """Levels that one of the two had, and that the joined past does not support, are held from now."""
    here = _here(survivor, other)
    if _is_supported(placed.state.fold, here):
        return placed
    record = _kept(here)
    entry = Entry(clock_ms, f"kept:{placed.state.revision}:{clock_ms}", "", (), record)
    kept = place_entry(placed.state, entry, clock_ms, in_force)
    return placed._replace(state=kept.state, trace=[*placed.trace, *kept.trace])


def _here(survivor: PatientState, other: PatientState) -> list[Fold]:
    return [state.fold for state in (survivor, other) if state.stay.status != "discharged"]


def _unexplained(state: PatientState, start: Fold) -> PatientState:
    """Without attributions: who explained a finding under one name did not see what stood under the other."""
    entries = {
        name: replace(entry, record=None) if entry.record and entry.record["kind"] == "attribution" else entry
        for name, entry in state.history.entries.items()
    }
    start = replace(start, chart=replace(start.chart, attributions=()))
    return replace(state, history=replace(state.history, entries=entries), marks=(start,))


def _is_supported(now: Fold, folds: Iterable[Fold]) -> bool:
    return all(
        now.low >= fold.low and now.icans_low >= fold.icans_low and _goes_on(fold.episode, now.episode)
        for fold in folds
    )


def _goes_on(episode: Episode | None, now: Episode | None) -> bool:
    return episode is None or (now is not None and now.max_grade >= episode.max_grade)


def _kept(folds: list[Fold]) -> dict[str, Any]:
    levels = {name: max(fold.holds.levels()[name] for fold in folds) for name in COMPONENTS}
    levels["icans"] = max(fold.icans_low for fold in folds)
    episodes = [fold.episode for fold in folds if fold.episode is not None]
    if not episodes:
        return {"kind": "kept", "levels": levels, "episode": None}
    oldest = min(episodes, key=lambda episode: episode.opened_ms)
    most = max(episode.max_grade for episode in episodes)
    said = {"key": oldest.key, "opened_ms": oldest.opened_ms, "max_grade": most}
    return {"kind": "kept", "levels": levels, "episode": said}
