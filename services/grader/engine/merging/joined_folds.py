"""Two folds of one moment as one: needed only for what lies further back than events are remembered in full."""

from collections.abc import Callable
from typing import Any, TypeVar

from msgspec.structs import replace

from services.grader.engine.chart import Attribution, Chart, ClinicianGrade, Dose, Exam, Oxygen, Stay
from services.grader.engine.crs.holds import ChartedHold, MeasuredHold
from services.grader.engine.durations import NOTHING_YET_MS
from services.grader.engine.fold import Episode, Fold, Holds, evaluate
from services.grader.engine.person import Person
from services.grader.engine.ruleset.rules import RuleSet
from services.grader.engine.signs.track import Track

_HERE = {"admitted": 2, "off_unit": 2, "unknown": 1, "discharged": 0}
_Dated = Attribution | ClinicianGrade | Dose | Exam | Oxygen
_D = TypeVar("_D", ClinicianGrade, Dose, Oxygen)
_T = TypeVar("_T")


def joined_folds(survivor: Fold, other: Fold, rules: RuleSet) -> Fold:
    """The newest of each sign and chart, the higher of each level; of a stay that was over only who it was."""
    at_ms = max(survivor.at_ms, other.at_ms)
    chart = _charts(survivor.chart, other.chart)
    if at_ms == NOTHING_YET_MS:
        # Nothing folded yet: what is known is who the patients are.
        return replace(survivor, chart=chart)
    fold = Fold(chart=chart)
    for side in (survivor, other):
        if not _is_over(side.chart.stay, chart.stay):
            fold = replace(
                fold,
                tracks=_newest_of_each(fold.tracks, side.tracks, _by_time_and_worst),
                holds=_holds(fold.holds, side.holds),
                icans_hold=_charted(fold.icans_hold, side.icans_hold),
                episode=_episode(fold.episode, side.episode),
            )
    return evaluate(fold, at_ms, rules, reached_ms=max(survivor.reached_ms, other.reached_ms))


def _is_over(own: Stay, stay: Stay) -> bool:
    return own.status == "discharged" and own != stay and (own.discharged_ms or 0) <= stay.admitted_ms


def _charts(one: Chart, two: Chart) -> Chart:
    goes_on = _goes_on(one, two)
    chart = Chart(
        goes_on.stay,
        _person(one.person, two.person),
        replace(two.baseline, **{name: value for name in ("sbp_mmhg", "oxygen_device", "spo2_target_low_pct")
                                 if (value := getattr(one.baseline, name)) is not None}),
        _newest(one.dose, two.dose),
        monitoring_stopped=goes_on.monitoring_stopped,
        newest_ms=_newest_of_each(one.newest_ms, two.newest_ms),
    )  # fmt: skip
    for side in (one, two):
        if not _is_over(side.stay, goes_on.stay):
            chart = _with_charts(chart, side)
    return chart


def _goes_on(one: Chart, two: Chart) -> Chart:
    """The one whose stay goes on; of two that do, or do not, the survivor's."""
    return max(one, two, key=lambda chart: (bool(chart.stay.encounter_id), _HERE[chart.stay.status]))


def _person(one: Person, two: Person) -> Person:
    known = one if one.birth_date is not None or one.age_years is not None else two
    return replace(known, weight_kg=one.weight_kg if one.weight_kg is not None else two.weight_kg)


def _with_charts(chart: Chart, side: Chart) -> Chart:
    """The newer chart of each kind; what runs by either runs, unless none was charted since."""
    first, second = sorted((chart, side), key=lambda item: (-(item.pressors_ms or NOTHING_YET_MS), not item.pressors))
    names = {item.drug for item in first.pressors}
    more = tuple(item for item in second.pressors if item.drug not in names and first.pressors)
    attributions = sorted((*chart.attributions, *side.attributions), key=_at)
    return replace(
        chart,
        pressors=(*first.pressors, *more),
        pressors_ms=first.pressors_ms,
        pressors_off_ms=_later(chart.pressors_off_ms, side.pressors_off_ms),
        oxygen=_newest(chart.oxygen, side.oxygen),
        antipyretic_ms=_later(chart.antipyretic_ms, side.antipyretic_ms),
        attributions=tuple({item.finding: item for item in attributions}.values()),
        neuro=_newest_of_each(chart.neuro, side.neuro, _at),
        clinician=_newest(chart.clinician, side.clinician),
        monitored_ms=_later(chart.monitored_ms, side.monitored_ms),
    )


def _newest_of_each(
    one: dict[str, _T], two: dict[str, _T], time: Callable[[_T], Any] = lambda item: item
) -> dict[str, _T]:
    """By name; of one time the first's."""
    return {**two, **{name: max(item, two.get(name, item), key=time) for name, item in one.items()}}


def _newest(one: _D | None, two: _D | None) -> _D | None:
    return max((item for item in (one, two) if item is not None), key=_at, default=None)


def _at(item: _Dated) -> int:
    return item.at_ms


def _by_time_and_worst(track: Track) -> tuple[int, int]:
    return track.last_ms, track.category


def _later(one: int | None, two: int | None) -> int | None:
    return max(filter(None, (one, two)), default=None)


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
