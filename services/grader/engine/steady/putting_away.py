"""What was gathered of a steady patient, as part of the state again: the very state that the long way leaves."""

from msgspec.structs import replace

from services.grader.engine.past.history import History, Span, with_next_span
from services.grader.engine.signs.track import Track
from services.grader.engine.state import PatientState
from services.grader.engine.steady.gathered import Gathered, GatheredRow
from services.grader.engine.trends.trend_points import Trend, with_sums
from services.grader.engine.trends.trending import PER_DEGREE


def put_away(state: PatientState, gathered: Gathered) -> PatientState:
    """The state after all records that were gathered since."""
    fold, placed_ms = state.fold, gathered.placed_ms
    graded = [row for row in gathered.rows if row.series]
    tracks: dict[str, Track] = {
        row.series: replace(fold.tracks[row.series], last_ms=row.last_ms, value=row.graded) for row in graded
    }
    spans = {row.series: _with_runs(state.history, row) for row in graded}
    newest = {
        row.name: replace(state.newest[row.name], value=row.value, observed_ms=row.at_ms, event_id=row.event_id)
        for row in gathered.rows
        if row.name
    }
    return replace(
        state,
        fold=replace(fold, at_ms=placed_ms, reached_ms=placed_ms - 1, tracks={**fold.tracks, **tracks}),
        history=replace(state.history, spans={**state.history.spans, **spans}),
        newest={**state.newest, **newest},
        trends=_with_points(state.trends, gathered),
        revision=state.revision + gathered.records,
        as_of_ms=max(state.as_of_ms, gathered.clock_ms),
        reached_ms=gathered.clock_ms - 1,
        place=state.place._replace(offset=gathered.offset),
        newest_event_ms=max(state.newest_event_ms, gathered.arrived_ms),
        vitals_ms=placed_ms,
        shown_ms=gathered.shown_ms or state.shown_ms,
    )


def _with_runs(history: History, row: GatheredRow) -> tuple[Span, ...]:
    spans = history.spans[row.series]
    last = spans[-1]
    for number, (first_ms, step_ms, readings, value, event_id) in enumerate(row.runs):
        one = Span(first_ms, step_ms, readings, last.category, last.manner, value, event_id or last.event_id)
        spans = (*spans[:-1], one) if number == 0 else with_next_span(history, spans, one)
    return spans


def _with_points(trends: dict[str, Trend], gathered: Gathered) -> dict[str, Trend]:
    found, size = dict(trends), (gathered.width_s, gathered.most)
    of_rows = [(row.series, row.how, row.points) for row in gathered.rows]
    for name, how, points in [*of_rows, (PER_DEGREE, gathered.pairs_how, gathered.pairs)]:
        for index, readings, x, y in points:
            found[name] = with_sums(found.get(name), index, (readings, x, y), how, *size)
    return found
