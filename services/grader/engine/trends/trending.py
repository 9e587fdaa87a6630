"""Taking readings into the trends of a patient, and out again. Cheap: it happens with every reading."""

from collections.abc import Mapping, Sequence
from typing import Any

from schemas.bedside import VITALS
from schemas.reading import event_time
from services.grader.engine.durations import hours, minutes, seconds
from services.grader.engine.past.history import History, content_of, has_content, seen_since, short_name
from services.grader.engine.ruleset.rules import RuleSet
from services.grader.engine.signs.readings import (
    GRADED_SIGNS,
    HEART_RATE,
    NORMAL,
    SPO2_HOME,
    STREAMS,
    TEMPERATURE,
    Reading,
    flags_of,
    manner_of,
    placed_ms,
    series_of,
    sign_of,
)
from services.grader.engine.state import Newest, PatientState
from services.grader.engine.trends.trend_points import UNITS, Trend, with_value, with_xy, without

PER_DEGREE = "heart_rate_bpm:per_degree"
_PAIRED = {TEMPERATURE, HEART_RATE}

Record = dict[str, Any]
Trends = dict[str, Trend]


def with_readings(
    trends: Trends, record: Record, readings: Sequence[Reading], newest: Mapping[str, Newest], rules: RuleSet
) -> Trends:
    """The trends after new readings of one record, none of them odd.

    Args:
        trends: before.
        record: the vitals they are of.
        readings: as they are placed; series that are another view of a sign are left out.
        newest: the newest reading of each sign, this record taken in.
        rules: the rule set in force.
    """
    found, width_s, most = dict(trends), _width_s(rules), rules.trend_points
    for reading in readings:
        series = reading.series
        if series == SPO2_HOME:
            continue
        # Two sites of temperature differ by more than a trend: they are never joined.
        how = f"{reading.manner} {record.get('temperature_site', '')}" if series == TEMPERATURE else ""
        found[series] = with_value(found.get(series), reading.at_ms, reading.value, how, width_s, most)
        if series == TEMPERATURE:
            _pair_temperature(found, record, reading, how, newest, rules)
        elif series == HEART_RATE and record["source"] not in STREAMS and TEMPERATURE not in record:
            _pair_heart_rate(found, reading, newest, rules)
    return found


def after_record(
    before: PatientState | None, record: Record | None, after: PatientState, clock_ms: int, rules: RuleSet
) -> Trends:
    """The trends once a record was placed: its readings taken in, or what it retracts taken out."""
    stay = None if before is None else before.stay
    if stay is not None and stay.status == "discharged" and stay.encounter_id != after.stay.encounter_id:
        return {}  # a new stay
    if record is None:
        return after.trends
    if record["schema"] == VITALS:
        bound_ms = (
            minutes(rules.monitor_lateness_min) if record["source"] in STREAMS else hours(rules.charted_lateness_h)
        )
        placed = _placed(record, after.history, clock_ms - bound_ms)
        readings = [reading for reading in placed if not _is_odd(reading, after, rules)]
        return with_readings(after.trends, record, readings, after.newest, rules)
    if record.get("kind") == "retraction" and before is not None:
        from_ms = clock_ms - minutes(rules.monitor_lateness_min)
        return _without_event(after.trends, before.history, record["retracts"], from_ms, rules)
    return after.trends


def _is_odd(reading: Reading, state: PatientState, rules: RuleSet) -> bool:
    """Whether a value is flagged: no trend rests on it."""
    months = state.fold.chart.person.age_months(reading.at_ms)
    infant = months is not None and months < rules.infant_until_months
    return bool(flags_of(sign_of(reading.series), reading.value, infant=infant, rules=rules))


def _placed(record: Record, history: History, from_ms: int) -> tuple[Reading, ...]:
    """What of a record was placed in event time; what came too late for that is graded at most as the newest."""
    name, at_ms = record["event_id"], placed_ms(record, event_time(record) or 0)
    entry, seen = history.entries.get(name), history.seen.get(short_name(name))
    if entry is not None and entry.at_ms >= from_ms:
        return entry.readings
    if at_ms < from_ms:
        return ()
    if seen is not None and not (seen.at_ms == at_ms and has_content(seen, content_of(record))):
        seen = None  # another event under this id, which nobody asked about: the record is a common one
    # The id of a common record is not kept: all of it was placed.
    names = [series_of(sign, record) for sign in GRADED_SIGNS if sign in record] if seen is None else seen.series
    return tuple(
        Reading(series, at_ms, record[sign_of(series)], NORMAL, manner_of(sign_of(series), record)) for series in names
    )


def _without_event(trends: Trends, history: History, name: str, from_ms: int, rules: RuleSet) -> Trends:
    """The trends without an event. Of one that is remembered no more nobody knows what it added: all begin anew."""
    entry, seen = history.entries.get(name), seen_since(history, name, from_ms)
    if entry is not None:
        return without_reading(trends, [reading.series for reading in entry.readings], entry.at_ms, rules)
    return {} if seen is None else without_reading(trends, seen.series, seen.at_ms, rules)


def without_reading(trends: Trends, series: Sequence[str], at_ms: int, rules: RuleSet) -> Trends:
    """A retracted reading takes its point along, and every pair it may be part of."""
    found: Trends = {}
    pair_ms = minutes(rules.trend_pair_min)
    reaches = {**dict.fromkeys(series, 0), **({PER_DEGREE: pair_ms} if _PAIRED & set(series) else {})}
    for name, trend in trends.items():
        left: Trend | None = trend
        if name in reaches:
            width_ms = seconds(trend.width_s)
            first, last = ((at_ms + reach_ms) // width_ms for reach_ms in (-reaches[name], reaches[name]))
            left = without(trend, range(first, last + 1))
        found |= {} if left is None else {name: left}
    return found


def _width_s(rules: RuleSet) -> int:
    return round(rules.trend_point_min * 60)


def _pair_temperature(
    trends: Trends, record: Record, reading: Reading, how: str, newest: Mapping[str, Newest], rules: RuleSet
) -> None:
    """A temperature with the heart rate it came with, or with the newest one if that is close to it."""
    rate = record.get(HEART_RATE)
    if rate is None:
        known = newest.get(HEART_RATE)
        if known is None or known.flags or not _are_close(known.observed_ms, reading.at_ms, rules):
            return
        rate = known.value
    if not flags_of(HEART_RATE, rate, infant=False, rules=rules):
        _pair(trends, reading.at_ms, (reading.value, rate), how, rules)


def _pair_heart_rate(trends: Trends, reading: Reading, newest: Mapping[str, Newest], rules: RuleSet) -> None:
    """A heart rate taken by hand right after a temperature that found none."""
    known, temperatures, pairs = newest.get(TEMPERATURE), trends.get(TEMPERATURE), trends.get(PER_DEGREE)
    if known is None or known.flags or temperatures is None:
        return
    index = known.placed_ms // seconds(temperatures.width_s)
    is_paired = pairs is not None and pairs.base + pairs.place >= index
    if not is_paired and _are_close(known.observed_ms, reading.at_ms, rules):
        _pair(trends, known.placed_ms, (known.value, reading.value), temperatures.how, rules)


def _pair(trends: Trends, at_ms: int, pair: tuple[float, float], how: str, rules: RuleSet) -> None:
    width_s = _width_s(rules)
    xy = round(pair[0] * UNITS), round(pair[1] * UNITS)
    trends[PER_DEGREE] = with_xy(
        trends.get(PER_DEGREE), at_ms // seconds(width_s), xy, how, width_s, rules.trend_points
    )


def _are_close(one_ms: int, two_ms: int, rules: RuleSet) -> bool:
    return abs(one_ms - two_ms) <= minutes(rules.trend_pair_min)
