"""Feeding a fold: points in the order of event time, and everything that runs out in between.

All points of one moment are taken in before that moment is evaluated, so their order cannot matter. What falls due at
a moment comes after what arrives at it.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from services.grader.engine.chart import Chart, charted, dated, readmitted
from services.grader.engine.crs.attribution import attribute, standing
from services.grader.engine.crs.components import febrile, parts_of
from services.grader.engine.crs.grading import grade_device, hypotension_limit
from services.grader.engine.crs.holds import ChartedHold, MeasuredHold
from services.grader.engine.fold import Episode, Fold, evaluate
from services.grader.engine.fold_times import next_time
from services.grader.engine.neuro.icans import grade_icans
from services.grader.engine.past.history import RULES
from services.grader.engine.past.in_force import Era
from services.grader.engine.past.points import Point
from services.grader.engine.ruleset.rules import RuleSet
from services.grader.engine.signs.readings import NORMAL, SPO2, SPO2_HOME, Limits, categorise
from services.grader.engine.signs.track import observe, recategorised

Trace = list[Fold]
CHANGES_LIMITS = ("baseline", "encounter", RULES)


def feed(fold: Fold, points: Sequence[Point], rules: RuleSet, trace: Trace) -> Fold:
    """The fold after points later than it; every moment at which something was evaluated is added to `trace`."""
    for index, point in enumerate(points):
        if index == 0 or point.at_ms != points[index - 1].at_ms:
            fold = pass_time(fold, point.at_ms, rules, trace)
        fold = _taken_in(fold, point, rules)
        if index + 1 == len(points) or points[index + 1].at_ms != point.at_ms:
            fold = evaluate(fold, point.at_ms, rules, reached_ms=point.at_ms - 1)
            trace.append(fold)
    return fold


def feed_again(fold: Fold, points: Sequence[Point], eras: Sequence[Era], trace: Trace) -> Fold:
    """The same where other rules came into force meanwhile: each stretch by its own.

    An activation is one of the points. What runs out before it does so by the rules that it ends, and its own moment is
    the first of the new ones.
    """
    for era in eras:
        upto = bisect_left(points, era.until_ms, key=lambda point: point.at_ms)
        fold = feed(fold, points[:upto], era.rules, trace)
        points = points[upto:]
        if points:
            fold = reached(pass_time(fold, era.until_ms, era.rules, trace), era.until_ms - 1)
    return fold


def reached(fold: Fold, at_ms: int) -> Fold:
    """The fold after everything up to a moment ran out; other rules that follow find nothing due before."""
    return replace(fold, reached_ms=max(fold.reached_ms, at_ms))


def pass_time(fold: Fold, before_ms: int, rules: RuleSet, trace: Trace) -> Fold:
    """The fold after everything that runs out strictly before a moment."""
    while (due := next_time(fold, rules)) is not None and due < before_ms:
        fold = evaluate(fold, due, rules)
        trace.append(fold)
    return fold


def limits_of(chart: Chart, at_ms: int, rules: RuleSet) -> Limits:
    """What this patient's values are held against."""
    months = chart.person.age_months(at_ms)
    home = chart.baseline.spo2_target_low_pct
    return Limits(hypotension_limit(months, chart.baseline.sbp_mmhg, rules), home)


def _taken_in(fold: Fold, point: Point, rules: RuleSet) -> Fold:
    if point.readings:
        tracks = dict(fold.tracks)
        for reading in point.readings:
            tracks[reading.series] = observe(tracks.get(reading.series), reading, point.event_id, rules, point.dense)
        return replace(fold, tracks=tracks)
    return fold if point.record is None else _charted(fold, point.record, point.at_ms, rules)


def _charted(fold: Fold, record: dict[str, Any], at_ms: int, rules: RuleSet) -> Fold:
    kind = record["kind"]
    if kind == "attribution":
        return _attributed(fold, record, at_ms, rules)
    if kind == "kept":
        return _kept(fold, record, at_ms)
    if kind == "oxygen" and _is_outranked(fold.chart, record, at_ms, rules):
        return replace(fold, chart=dated(fold.chart, record))
    chart = charted(fold.chart, record, at_ms)
    if kind == "encounter" and record["action"] == "admit" and fold.chart.stay.status == "discharged":
        return Fold(chart=readmitted(chart))
    fold = replace(fold, chart=chart)
    return held_against(fold, at_ms, rules) if kind in CHANGES_LIMITS else fold


def _is_outranked(chart: Chart, record: dict[str, Any], at_ms: int, rules: RuleSet) -> bool:
    """Of two devices charted at one moment the higher grade wins, in whatever order (`settled.md` 9)."""
    known = chart.oxygen
    if known is None or known.at_ms != at_ms:
        return False
    new = grade_device(record["device"], record.get("flow_l_min"), rules)
    return new < grade_device(known.device, known.flow_l_min, rules)


def held_against(fold: Fold, at_ms: int, rules: RuleSet) -> Fold:
    """New limits count from now, for the newest readings too."""
    limits = limits_of(fold.chart, at_ms, rules)
    tracks = {
        name: recategorised(track, categorise(name, track.value, limits, rules), at_ms, rules)
        for name, track in fold.tracks.items()
    }
    if limits.spo2_home_pct is not None and SPO2 in tracks and SPO2_HOME not in tracks:
        known = tracks[SPO2]
        category = categorise(SPO2_HOME, known.value, limits, rules)
        bare = replace(known, finding=None, category=NORMAL)
        tracks[SPO2_HOME] = recategorised(bare, category, at_ms, rules)
    return replace(fold, tracks=tracks)


def _attributed(fold: Fold, record: dict[str, Any], at_ms: int, rules: RuleSet) -> Fold:
    icans = grade_icans(fold.chart.neuro, fold.chart.person, at_ms, rules)
    parts = parts_of(fold.tracks, fold.chart, at_ms, rules)
    chart = standing(fold.chart, parts, icans.low, at_ms)
    fever = fold.episode is not None or febrile(fold.tracks, chart, at_ms, rules) is True
    attributed = attribute(chart, record, at_ms, parts, fever=fever, icans_low=icans.low)
    return replace(fold, chart=dated(attributed, record))


def _kept(fold: Fold, record: dict[str, Any], at_ms: int) -> Fold:
    """What late data no longer support but was already said goes into the hold from now (`settled.md` 16)."""
    levels, holds, said = record["levels"], fold.holds, record["episode"]
    episode = fold.episode or (None if said is None else Episode(said["key"], said["opened_ms"]))
    if episode is not None and said is not None:
        episode = replace(episode, max_grade=max(episode.max_grade, said.get("max_grade", 0)))

    def measured(name: str, now: MeasuredHold) -> MeasuredHold:
        return MeasuredHold(levels[name], at_ms) if levels[name] > now.level else now

    def charted_hold(level: int, now: ChartedHold) -> ChartedHold:
        return ChartedHold(now.level, ((level, at_ms),)) if level > now.held else now

    kept = replace(
        holds,
        pressure=measured("pressure", holds.pressure),
        saturation=measured("saturation", holds.saturation),
        pressor=charted_hold(levels["pressor"], holds.pressor),
        device=charted_hold(levels["device"], holds.device),
    )
    return replace(fold, episode=episode, holds=kept, icans_hold=charted_hold(levels["icans"], fold.icans_hold))
