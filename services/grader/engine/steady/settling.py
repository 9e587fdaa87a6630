"""Whether a patient is steady, and within which limits: everything that could make a record say more, asked beforehand.

What is asked here is asked of the state; the deadlines up to its time have run already.
"""

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from sys import intern
from typing import NamedTuple

from msgspec.structs import replace

from services.grader.engine.chart import Chart
from services.grader.engine.crs.components import febrile
from services.grader.engine.crs.holds import MeasuredHold, held_until
from services.grader.engine.durations import DAY_MS, NEVER_MS, NOTHING_YET_MS, minutes
from services.grader.engine.fold import Fold
from services.grader.engine.past.arrival import PRESSURE_SIGNS
from services.grader.engine.past.history import is_activation
from services.grader.engine.past.timeline import limits_of
from services.grader.engine.ruleset.rules import RuleSet
from services.grader.engine.signs.readings import (
    FAST,
    GRADED_SIGNS,
    HEART_RATE,
    NORMAL,
    PRESSURES,
    SIGNS,
    SPO2,
    SPO2_HOME,
    STREAMS,
    TEMPERATURE,
    Limits,
    categorise,
    freshness_limits,
    sign_of,
)
from services.grader.engine.signs.track import Finding
from services.grader.engine.state import Newest, PatientState
from services.grader.engine.steady.allowance import allowed_edges
from services.grader.engine.steady.bands import Band, band_of
from services.grader.engine.steady.row import Row, Sums
from services.grader.engine.steady.steady import Steady
from services.grader.engine.step import next_deadline
from services.grader.engine.ward import Ward

FORWARDED = "forwarded_from"
_FAR_MS = 400 * DAY_MS  # a stream that never ends: what is due all the same is due by time alone
# So many names are looked for in one text, as fast as in a set and in a fifth of its room; an id that is part of a name
# goes the long way, as one that is known does.
FEW = 8


def settled(state: PatientState, ward: Ward) -> Steady | None:
    """The limits within which this patient's stream says nothing new; None while anything is pending."""
    if not (_is_calm(state) and _fever_stands(state.fold, ward.rules)):
        return None
    rules, repeat_ms = ward.rules, state.shown_ms + minutes(ward.rules.repeat_min)
    # What is shown was graded at its own moment, which may lie before the clock.
    if grows(state.fold.chart, min(state.as_of_ms, state.fold.at_ms, state.reached_ms), repeat_ms):
        return None
    activations = (entry.at_ms for entry in state.history.entries.values() if is_activation(entry))
    activated_ms = max(activations, default=NOTHING_YET_MS)
    limits = limits_of(state.fold.chart, state.as_of_ms, rules)
    asked = Asked(limits, allowed_edges(state, ward), rules, activated_ms)
    rows = tuple(row for name, item in sorted(state.newest.items()) for row in _rows(state, name, item, asked))
    if not any(row.series for row in rows):
        return None
    signs = {row.sign for row in rows}
    rate = state.newest.get(HEART_RATE)
    return Steady(
        source=state.vitals_source,
        rows=rows,
        others=_shared(frozenset({FORWARDED, *SIGNS} - signs)),
        from_ms=_from_ms(state),
        placed_ms=state.vitals_ms or 0,
        repeat_ms=repeat_ms,
        changes_ms=min(_changes_ms(state, row.series, rules) for row in rows),
        pause_ms=minutes(rules.others_arrive_min),
        ids=_ids(state),
        line=_line(state),
        site=state.newest[TEMPERATURE].site if TEMPERATURE in signs else None,
        pairs=Sums(_how(state.newest[TEMPERATURE], TEMPERATURE)) if TEMPERATURE in signs else None,
        rate=(rate.value, rate.observed_ms) if rate is not None and not rate.flags and TEMPERATURE in signs else None,
        static_ms=_static_ms(state, rows, ward),
        silent_ms=minutes(rules.silent_monitor_min),
        rules=rules,
    )


def _is_calm(state: PatientState) -> bool:
    """Whether nothing stands that the next record may end, and nobody has left."""
    given = state.fold.chart.clinician
    return (
        state.vitals_source in STREAMS
        and state.vitals_ms is not None
        and state.stay.status != "discharged"
        and state.merge is None
        and not state.faulted
        and not state.forgotten
        and not state.sent.has_incident
        and state.high_before.get("") == state.fold.high
        and not state.fold.critical
        and state.score_below_ms is None
        and (given is None or state.newest_event_ms > given.at_ms)
        and all(entry.at_ms <= state.fold.at_ms for entry in state.history.entries.values())
    )


def _fever_stands(fold: Fold, rules: RuleSet) -> bool:
    """Whether it is more than the moment at which the one reading of a patch counts and goes stale."""
    return febrile(fold.tracks, fold.chart, fold.reached_ms + 1, rules) == fold.fever


def grows(chart: Chart, from_ms: int, until_ms: int) -> bool:
    """Whether the patient completes another month before that: charts and limits go by age."""
    return chart.person.age_months(from_ms) != chart.person.age_months(until_ms)


def _from_ms(state: PatientState) -> int:
    """The first second that is not late. Signs of one second may come in several records."""
    fold = state.fold
    by_record = fold.at_ms == state.vitals_ms and fold.reached_ms == fold.at_ms - 1
    return fold.at_ms if by_record else fold.at_ms + 1


def _ids(state: PatientState) -> Collection[str]:
    """Names that another event must not carry, or that were entered in error before they came."""
    ids = {*state.history.entries, *state.history.retracted}
    return ids if len(ids) > FEW else "\n".join(sorted(ids))


class Asked(NamedTuple):
    """What values are held against, and since when: this patient's limits, and where the score cannot page."""

    limits: Limits
    score_edges: Mapping[str, tuple[float, ...]]
    rules: RuleSet
    activated_ms: int


def _rows(state: PatientState, name: str, item: Newest, asked: Asked) -> Iterator[Row]:
    """The series of one sign and source, if all of them can go on."""
    sign, (limits, score_edges, rules, activated_ms) = sign_of(name), asked
    if item.placed_ms <= activated_ms:
        return  # with other rules a run begins
    if item.source != state.vitals_source or item.flags or _was_spoken_over(state, sign, item):
        return
    if sign in PRESSURE_SIGNS and name != f"{sign}:{_line(state)}":
        return
    band = band_of(sign, item.value, limits, score_edges.get(sign, ()), rules)
    series = _series(sign, name, limits)
    if not band.low <= item.value < band.high:
        return
    if not all(_goes_on(state, one, item, categorise(one, item.value, limits, rules)) for one in series):
        return
    stale_ms = freshness_limits(item.manner, rules)[0]
    for one in series or ("",):
        row = _row(state, sign, one, item, band, stale_ms)
        row.name = name if one != SPO2_HOME else ""
        yield row


def _line(state: PatientState) -> str:
    """Of two lines of pressure the one that spoke last; the other one is looked at more closely."""
    lines = [(item.observed_ms, name.partition(":")[2]) for name, item in state.newest.items() if ":" in name]
    return intern(max(lines, default=(0, ""))[1])


def _row(state: PatientState, sign: str, series: str, item: Newest, band: Band, stale_ms: int) -> Row:
    row = Row(sign, series=series, band=band, stale_ms=stale_ms, last_ms=item.placed_ms, how=_how(item, sign))
    row.value, row.at_ms, row.event_id = item.value, item.observed_ms, item.event_id
    row.graded = state.fold.tracks[series].value if series else item.value
    if series:
        row.go_on(state.history.spans[series])
    else:
        row.room = 1  # only shown: no spans are kept of it
    return row


def _how(item: Newest, sign: str) -> str:
    return f"{item.manner} {item.site or ''}" if sign == TEMPERATURE else ""


def _series(sign: str, name: str, limits: Limits) -> tuple[str, ...]:
    """What grades or pages of a sign; diastolic and mean pressure are only shown."""
    if sign not in GRADED_SIGNS:
        return ()
    return (name, SPO2_HOME) if sign == SPO2 and limits.spo2_home_pct is not None else (name,)


def _was_spoken_over(state: PatientState, sign: str, item: Newest) -> bool:
    """Whether the other pressure source said something since: then the scores change the one they look at."""
    others = (other for name, other in state.newest.items() if sign_of(name) == sign and other is not item)
    return any(other.observed_ms >= item.observed_ms for other in others)


def _goes_on(state: PatientState, series: str, item: Newest, category: int) -> bool:
    """Whether one more reading like the newest can change nothing before `_changes_ms`."""
    track, spans = state.fold.tracks.get(series), state.history.spans.get(series)
    if track is None or not spans or track.dense:
        return False
    if not (category == track.category == spans[-1].category and item.manner == track.manner):
        return False
    if not item.placed_ms == track.last_ms == spans[-1].last_ms or track.value != spans[-1].value:
        return False
    if track.manner != FAST and any(map(_is_pending, (track.finding, track.critical))):
        return False  # the second reading of a cuff establishes what the first one found
    hold = _hold(state, series)
    return track.category != NORMAL or not hold.level or hold.supported_ms is not None


def _changes_ms(state: PatientState, series: str, rules: RuleSet) -> int:
    """When a reading may establish what is pending, or confirm an improvement."""
    if not series:
        return NEVER_MS
    track, hold = state.fold.tracks[series], _hold(state, series)
    due = [
        finding.due_ms for finding in (track.finding, track.critical) if finding is not None and _is_pending(finding)
    ]
    held_ms = held_until(hold, minutes(rules.hold_min)) if hold.level else None
    return min([*due, NEVER_MS if held_ms is None else held_ms])


def _is_pending(finding: Finding | None) -> bool:
    return finding is not None and not finding.established


def _hold(state: PatientState, series: str) -> MeasuredHold:
    """The level that readings of this series may confirm to be over."""
    if series in PRESSURES:
        return state.fold.holds.pressure
    return state.fold.holds.saturation if series in (SPO2, SPO2_HOME) else MeasuredHold()


def _static_ms(state: PatientState, rows: tuple[Row, ...], ward: Ward) -> int:
    """When time alone changes something, were the stream to go on for ever."""
    fold = state.fold
    far = {row.series: replace(fold.tracks[row.series], last_ms=_FAR_MS + fold.at_ms) for row in rows if row.series}
    ahead = {row.name: replace(state.newest[row.name], observed_ms=_FAR_MS + fold.at_ms) for row in rows if row.name}
    endless = replace(
        state,
        fold=replace(fold, tracks={**fold.tracks, **far}),
        newest={**state.newest, **ahead},
        vitals_ms=_FAR_MS + fold.at_ms,
    )
    due_ms = next_deadline(endless, state.reached_ms, ward)
    return NEVER_MS if due_ms is None else due_ms


@lru_cache(maxsize=1024)
def _shared(names: frozenset[str]) -> frozenset[str]:
    """One set for all patients alike: of a hundred thousand nearly all have the same signs."""
    return names
