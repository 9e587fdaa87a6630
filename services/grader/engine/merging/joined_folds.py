"""Two folds of one moment as one: needed only for what lies further back than events are remembered in full."""

from dataclasses import replace

from services.grader.engine.chart import Chart, Stay
from services.grader.engine.crs.holds import ChartedHold, MeasuredHold
from services.grader.engine.fold import Episode, Fold, Holds, evaluate
from services.grader.engine.person import Person
from services.grader.engine.ruleset.rules import RuleSet

_HERE = {"admitted": 2, "off_unit": 2, "unknown": 1, "discharged": 0}


def joined_folds(survivor: Fold, other: Fold, rules: RuleSet) -> Fold:
    """The newest of each sign and chart, the higher of each level; of a stay that was over only who it was."""
    at_ms = max(survivor.at_ms, other.at_ms)
    if at_ms == 0:
        # Nothing folded yet: what is known is who the patients are.
        return replace(survivor, chart=_charts(survivor.chart, other.chart))
    here = [fold for fold in (survivor, other) if not _is_over(fold, _stay(survivor.chart, other.chart))]
    fold = Fold(at_ms, max(survivor.reached_ms, other.reached_ms), chart=_charts(survivor.chart, other.chart))
    for side in here:
        fold = replace(
            fold,
            tracks={**fold.tracks, **{name: track for name, track in side.tracks.items()
                                      if name not in fold.tracks or track.last_ms > fold.tracks[name].last_ms}},
            holds=_holds(fold.holds, side.holds),
            icans_hold=_charted(fold.icans_hold, side.icans_hold),
            episode=_episode(fold.episode, side.episode),
            critical={**side.critical, **fold.critical},
        )  # fmt: skip
    return evaluate(fold, at_ms, rules, reached_ms=fold.reached_ms)


def _stay(survivor: Chart, other: Chart) -> Stay:
    """The stay that goes on; of two that do, or do not, the survivor's."""
    one, two = survivor.stay, other.stay
    if not one.encounter_id and two.encounter_id:
        return two
    return two if two.encounter_id and _HERE[two.status] > _HERE[one.status] else one


def _is_over(fold: Fold, stay: Stay) -> bool:
    own = fold.chart.stay
    return own.status == "discharged" and own != stay and (own.discharged_ms or 0) <= stay.admitted_ms


def _charts(one: Chart, two: Chart) -> Chart:
    stay = _stay(one, two)
    kept = [chart for chart in (one, two) if not _is_over(Fold(chart=chart), stay)]
    chart = Chart(
        stay,
        _person(one.person, two.person),
        replace(two.baseline, **{name: value for name in ("sbp_mmhg", "oxygen_device", "spo2_target_low_pct")
                                 if (value := getattr(one.baseline, name)) is not None}),
        max((dose for dose in (one.dose, two.dose) if dose is not None), key=lambda dose: dose.at_ms, default=None),
        newest_ms={kind: max(one.newest_ms.get(kind, 0), two.newest_ms.get(kind, 0))
                   for kind in {**two.newest_ms, **one.newest_ms}},
    )  # fmt: skip
    for side in kept:
        chart = _with_charts(chart, side)
    return chart


def _person(one: Person, two: Person) -> Person:
    known = one if one.birth_date is not None or one.age_years is not None else two
    return replace(known, weight_kg=one.weight_kg if one.weight_kg is not None else two.weight_kg)


def _with_charts(chart: Chart, side: Chart) -> Chart:
    """The newer chart of each kind; what runs by either runs, unless none was charted since."""
    newer = (side.pressors_ms or 0) > (chart.pressors_ms or 0)
    first, second = (side, chart) if newer else (chart, side)
    names = {item.drug for item in first.pressors}
    more = tuple(item for item in second.pressors if item.drug not in names and first.pressors)
    findings = {item.finding: item for item in sorted((*chart.attributions, *side.attributions), key=lambda a: a.at_ms)}
    exams = [exam for exam in (chart.oxygen, side.oxygen) if exam is not None]
    return replace(
        chart,
        pressors=(*first.pressors, *more),
        pressors_ms=first.pressors_ms if first.pressors_ms is not None else second.pressors_ms,
        pressors_off_ms=max(filter(None, (chart.pressors_off_ms, side.pressors_off_ms)), default=None),
        oxygen=max(exams, key=lambda device: device.at_ms, default=None),
        antipyretic_ms=max(filter(None, (chart.antipyretic_ms, side.antipyretic_ms)), default=None),
        attributions=tuple(findings.values()),
        neuro={name: max((exams[name] for exams in (chart.neuro, side.neuro) if name in exams), key=lambda e: e.at_ms)
               for name in {**side.neuro, **chart.neuro}},
        clinician=max((given for given in (chart.clinician, side.clinician) if given is not None),
                      key=lambda given: given.at_ms, default=None),
        monitoring_stopped=side.monitoring_stopped if side.stay == chart.stay else chart.monitoring_stopped,
        monitored_ms=max(filter(None, (chart.monitored_ms, side.monitored_ms)), default=None),
    )  # fmt: skip


def _holds(one: Holds, two: Holds) -> Holds:
    return Holds(
        _measured(one.pressure, two.pressure),
        _measured(one.saturation, two.saturation),
        _charted(one.pressor, two.pressor),
        _charted(one.device, two.device),
    )


def _measured(one: MeasuredHold, two: MeasuredHold) -> MeasuredHold:
    return two if two.level > one.level else one


def _charted(one: ChartedHold, two: ChartedHold) -> ChartedHold:
    return two if two.held > one.held else one


def _episode(one: Episode | None, two: Episode | None) -> Episode | None:
    if one is None or two is None:
        return one or two
    older = two if two.opened_ms < one.opened_ms else one
    most = max(one.max_grade, two.max_grade)
    return replace(older, max_grade=most, quiet_ms=None, suspended=one.suspended and two.suspended)
