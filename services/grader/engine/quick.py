"""The common record: a stream's reading that says what the one before it said. It is stored, and nothing else happens.

Everything that could make it say more sends it the long way (`step.py`); a property test holds the two against each
other. What is asked here is asked of the state alone: deadlines up to the clock have run already.
"""

from dataclasses import replace
from typing import Any

from services.grader.engine.durations import MINUTE_MS, minutes
from services.grader.engine.past.arrival import PRESSURE_SIGNS
from services.grader.engine.past.coarsening import kept_small
from services.grader.engine.past.history import History, Seen, content_of, short_name, with_reading
from services.grader.engine.past.timeline import limits_of
from services.grader.engine.ruleset.rules import RuleSet
from services.grader.engine.scores.seen import paged_chart
from services.grader.engine.signs.oddities import contradict_each_other
from services.grader.engine.signs.readings import (
    NORMAL,
    PRESSURES,
    SIGNS,
    SPO2,
    SPO2_HOME,
    STREAMS,
    Reading,
    flags_of,
    freshness_limits,
    manner_of,
    placed_ms,
    pressure_source,
    readings_of,
    sign_of,
)
from services.grader.engine.signs.track import Track
from services.grader.engine.state import Newest, PatientState, Place
from services.grader.engine.trends.trending import with_readings
from services.grader.engine.ward import Ward

Record = dict[str, Any]
TRIMMED_EVERY = 64  # as `placing.py`: now and then a record goes the long way and takes old ids out


def quickly(
    state: PatientState, record: Record, *, at_ms: int, clock_ms: int, place: Place, ward: Ward
) -> PatientState | None:
    """The state after a record that changes nothing but values and times; None where more may follow from it."""
    if not _is_common(state, record, at_ms, clock_ms, ward.rules):
        return None
    newest = _newest(state, record, at_ms, ward.rules)
    if newest is None:
        return None
    limits = limits_of(state.fold.chart, clock_ms, ward.rules)
    readings = tuple(readings_of(record, at_ms, limits, ward.rules))
    if not readings:
        return None  # nothing that grades: the moment up to which the patient is graded stays where it is
    tracks = dict(state.fold.tracks)
    for reading in readings:
        track = _continued(state, tracks.get(reading.series), reading)
        if track is None:
            return None
        tracks[reading.series] = track
    placed = placed_ms(record, at_ms)
    return replace(
        state,
        fold=replace(state.fold, at_ms=placed, reached_ms=placed - 1, tracks=tracks),
        history=_stored(state.history, record, placed, readings, ward.rules),
        newest=newest,
        trends=with_readings(state.trends, record, readings, newest, ward.rules),
        revision=state.revision + 1,
        as_of_ms=max(state.as_of_ms, clock_ms),
        reached_ms=clock_ms - 1,
        place=place,
        newest_event_ms=max(state.newest_event_ms, at_ms),
        vitals_ms=placed,
    )


def _is_common(state: PatientState, record: Record, at_ms: int, clock_ms: int, rules: RuleSet) -> bool:
    """Later than everything before, of the same source, soon enough after the last, and no estimate due."""
    placed, given = placed_ms(record, at_ms), state.fold.chart.clinician
    return (
        record["source"] in STREAMS
        and record["source"] == state.vitals_source
        and placed > state.fold.at_ms
        and clock_ms - placed < MINUTE_MS
        and state.vitals_ms is not None
        and clock_ms - state.vitals_ms < minutes(rules.others_arrive_min)
        and clock_ms - state.shown_ms < minutes(rules.repeat_min)
        and state.stay.status != "discharged"
        and not state.faulted
        and not state.sent.has_incident
        and state.high_before.get("") == state.fold.high
        and not state.fold.critical
        and state.score_below_ms is None
        and not _has_grown(state, clock_ms)
        and (given is None or state.newest_event_ms > given.at_ms)
        and (len(state.history.seen) + 1) % TRIMMED_EVERY != 0
        and not contradict_each_other(record, rules)
    )


def _has_grown(state: PatientState, clock_ms: int) -> bool:
    """Whether the patient completed another month since: charts and limits go by age."""
    person = state.fold.chart.person
    return person.age_months(clock_ms) != person.age_months(state.as_of_ms)


def _newest(state: PatientState, record: Record, at_ms: int, rules: RuleSet) -> dict[str, Newest] | None:
    newest, chart = dict(state.newest), paged_chart(state.fold.chart, at_ms, rules)
    for sign in SIGNS:
        if sign not in record:
            continue
        name = f"{sign}:{pressure_source(record)}" if sign in PRESSURE_SIGNS else sign
        known, value = newest.get(name), record[sign]
        if known is None or known.flags or known.observed_ms >= at_ms or known.source != record["source"]:
            return None
        manner = manner_of(sign, record)
        bands = chart.get(sign)
        same_band = bands is None or bands.band(value) == bands.band(known.value)
        if _was_spoken_over(newest, sign, known):
            return None
        if manner != known.manner or not same_band or _says_more(sign, value, known, at_ms, rules):
            return None
        site = record.get("temperature_site") if sign == "temperature_c" else None
        newest[name] = Newest(value, at_ms, record["source"], manner, record["event_id"], (), site)
    return newest


def _was_spoken_over(newest: dict[str, Newest], sign: str, known: Newest) -> bool:
    """Whether the other pressure source said something since: then the scores change the one they look at."""
    others = (item for name, item in newest.items() if sign_of(name) == sign and item is not known)
    return any(item.observed_ms >= known.observed_ms for item in others)


def _says_more(sign: str, value: float, known: Newest, at_ms: int, rules: RuleSet) -> bool:
    """A value that is odd, one that was missed, a mean pressure on the other side of its limit."""
    stale = at_ms - known.placed_ms >= freshness_limits(known.manner, rules)[0] - MINUTE_MS
    other_side = sign == "map_mmhg" and (value < rules.low_map_mmhg) != (known.value < rules.low_map_mmhg)
    return stale or other_side or bool(flags_of(sign, value, infant=False, rules=rules))


def _continued(state: PatientState, track: Track | None, reading: Reading) -> Track | None:
    """The series after a reading like the one before; None where something is pending or being confirmed."""
    if track is None or track.category != reading.category or track.manner != reading.manner or track.dense:
        return None
    if any(finding is not None and not finding.established for finding in (track.finding, track.critical)):
        return None
    holds = state.fold.holds
    confirming = (reading.series in PRESSURES and holds.pressure.level) or (
        reading.series in (SPO2, SPO2_HOME) and holds.saturation.level
    )
    if confirming and reading.category == NORMAL:
        return None
    return replace(track, last_ms=reading.at_ms, value=reading.value)


def _stored(history: History, record: Record, placed: int, readings: tuple[Reading, ...], rules: RuleSet) -> History:
    for reading in readings:
        stale_ms = freshness_limits(reading.manner, rules)[0]
        history, _ = with_reading(history, reading, record["event_id"], stale_ms)
        history = kept_small(history, reading.series, rules)
    seen = Seen(placed, content_of(record), tuple(reading.series for reading in readings))
    return replace(history, seen={**history.seen, short_name(record["event_id"]): seen})
