"""A fold as if an event older than the window had never been in it.

Within the window everything is simply folded again. Before it only the events are left on which something rests
(`founding.py`): what rested on the one taken back falls back to what was there before, or is unknown, never normal.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from services.grader.engine.chart import AVPU, NEURO_DOMAINS, Chart, charted
from services.grader.engine.crs.components import PRESSURE, SATURATION
from services.grader.engine.crs.holds import ChartedHold, MeasuredHold
from services.grader.engine.fold import Episode, Fold, Holds, evaluate
from services.grader.engine.past.founding import foundations, is_febrile
from services.grader.engine.past.history import Entry
from services.grader.engine.past.timeline import CHANGES_LIMITS, held_against
from services.grader.engine.ruleset.rules import RuleSet
from services.grader.engine.signs.readings import ABNORMAL, PRESSURES, SPO2, SPO2_HOME, SPOT, TEMPERATURE
from services.grader.engine.signs.track import is_established, observe

# What of the chart an event of a kind sets.
_SLOTS = {
    "oxygen": ("oxygen",),
    "vasopressor": ("pressors", "pressors_ms", "pressors_off_ms"),
    "baseline": ("baseline",),
    "immunotherapy": ("dose",),
    "clinician_grade": ("clinician",),
    "monitoring": ("monitoring_stopped", "monitored_ms"),
}
_OUTLIVES_A_STAY = ("encounter", "baseline", "immunotherapy")
_SERIES = {PRESSURE: PRESSURES, SATURATION: (SPO2, SPO2_HOME)}


def taken_back(fold: Fold, gone: Entry, rest: Iterable[Entry], rules: RuleSet) -> Fold:
    """The fold without one event.

    Args:
        fold: which has taken it in.
        gone: the event.
        rest: the other events that are known.
        rules: the rule set in force.
    """
    kept = foundations(rest, fold.at_ms)
    found = _without_chart(fold, gone, kept, rules) if gone.record else _without_readings(fold, gone, kept, rules)
    return evaluate(found, fold.at_ms, rules, reached_ms=fold.reached_ms)


def _without_chart(fold: Fold, gone: Entry, kept: list[Entry], rules: RuleSet) -> Fold:
    record = gone.record or {}
    chart = _fallen_back(fold.chart, _before(fold.chart, kept), gone)
    holds = fold.holds
    if record["kind"] == "oxygen":
        holds = replace(holds, device=ChartedHold())
    if record["kind"] == "vasopressor":
        holds = replace(holds, pressor=ChartedHold())
    examined = record["kind"] == "neuro" and any(domain in record for domain in NEURO_DOMAINS if domain != AVPU)
    exams = ChartedHold() if examined else fold.icans_hold
    found = replace(fold, chart=chart, holds=holds, icans_hold=exams)
    if record["kind"] not in CHANGES_LIMITS:
        return found
    found = held_against(found, fold.at_ms, rules)
    return replace(found, holds=_without_unsupported(fold, found))


def _before(chart: Chart, kept: list[Entry]) -> Chart:
    """The chart as the other events make it; of an earlier stay only what outlives one."""
    found = Chart()
    for entry in kept:
        record = entry.record
        if record is not None and (entry.at_ms >= chart.stay.admitted_ms or record["kind"] in _OUTLIVES_A_STAY):
            found = charted(found, record, entry.at_ms)
    return found


def _fallen_back(chart: Chart, before: Chart, gone: Entry) -> Chart:
    record = gone.record or {}
    kind = record["kind"]
    if kind == "encounter":
        return _encounter_fallen_back(chart, before, gone)
    if kind == "attribution":
        left = tuple(item for item in chart.attributions if item.event_id != gone.event_id)
        return replace(chart, attributions=left)
    if kind == "neuro":
        left_over = {name: exam for name, exam in chart.neuro.items() if exam.event_id != gone.event_id}
        return replace(
            chart, neuro={**{name: before.neuro[name] for name in record if name in before.neuro}, **left_over}
        )
    return replace(chart, **{name: getattr(before, name) for name in _SLOTS.get(kind, ())})


def _encounter_fallen_back(chart: Chart, before: Chart, gone: Entry) -> Chart:
    record = gone.record or {}
    person, stay = chart.person, chart.stay
    if "birth_date" in record or "age_years" in record:
        known = before.person
        person = replace(
            person, birth_date=known.birth_date, age_years=known.age_years, age_charted_ms=known.age_charted_ms
        )
    if "weight_kg" in record:
        person = replace(person, weight_kg=before.person.weight_kg)
    if record["action"] == "update":
        stay = replace(stay, unit=before.stay.unit, bed=before.stay.bed)
    elif gone.event_id == stay.encounter_id:
        stay = before.stay
    else:
        stay = replace(before.stay, encounter_id=stay.encounter_id, admitted_ms=stay.admitted_ms)
    return replace(chart, person=person, stay=stay)


def _without_unsupported(before: Fold, after: Fold) -> Holds:
    """Without the measured levels whose series are abnormal no more, now that another limit holds."""
    holds = after.holds
    for name, series in _SERIES.items():
        was = any(is_established(before.tracks.get(item)) for item in series)
        if was and not any(is_established(after.tracks.get(item)) for item in series):
            holds = _reset(holds, name)
    return holds


def _reset(holds: Holds, name: str) -> Holds:
    if name == PRESSURE:
        return replace(holds, pressure=MeasuredHold())
    return replace(holds, saturation=MeasuredHold())


def _without_readings(fold: Fold, gone: Entry, kept: list[Entry], rules: RuleSet) -> Fold:
    tracks = dict(fold.tracks)
    for reading in gone.readings:
        track = tracks.get(reading.series)
        if track is None or track.last_ms != reading.at_ms or track.manner != SPOT:
            continue  # newer readings speak for themselves
        del tracks[reading.series]
        for entry in kept:
            for other in entry.readings:
                if other.series == reading.series:
                    known = tracks.get(other.series)
                    tracks[other.series] = observe(known, other, entry.event_id, rules)
    holds = fold.holds
    for name, series in _SERIES.items():
        low = any(reading.category >= ABNORMAL for reading in gone.readings if reading.series in series)
        if low and not _is_low_otherwise(series, fold, kept):
            holds = _reset(holds, name)
    found = replace(fold, tracks=tracks, holds=holds)
    if fold.episode is None or fold.episode.key != gone.event_id:
        return found
    return _without_fever(found, fold.episode, kept)


def _is_low_otherwise(series: tuple[str, ...], fold: Fold, kept: list[Entry]) -> bool:
    """Whether something else may have established it: a stream, of which single readings are not kept, or by hand."""
    tracks = [fold.tracks[name] for name in series if name in fold.tracks]
    readings = (reading for entry in kept for reading in entry.readings if reading.series in series)
    return any(track.manner != SPOT for track in tracks) or any(reading.category >= ABNORMAL for reading in readings)


def _without_fever(fold: Fold, episode: Episode, kept: list[Entry]) -> Fold:
    """The episode rests on another fever, or never was."""
    other = next((entry for entry in kept if is_febrile(entry) and entry.at_ms >= episode.opened_ms), None)
    if other is not None:
        return replace(fold, episode=replace(episode, key=other.event_id))
    track = fold.tracks.get(TEMPERATURE)
    if track is not None and track.manner != SPOT and track.finding is not None and track.finding.established:
        return replace(fold, episode=replace(episode, key=track.finding.event_id))
    return replace(fold, episode=None)  # with which all that is held goes
