"""When time alone may change a fold: everything that runs out, as one minimum."""

from collections.abc import Iterator

from services.grader.engine.crs.holds import held_until
from services.grader.engine.durations import hours, minutes
from services.grader.engine.fold import Fold
from services.grader.engine.ruleset.rules import RuleSet
from services.grader.engine.signs.readings import PRESSURES, SPO2, SPO2_HOME
from services.grader.engine.signs.track import deadlines, is_normal, next_reading_ms


def next_time(fold: Fold, rules: RuleSet) -> int | None:
    """The next moment worth an `evaluate`; None if nothing is pending. Never before what it describes."""
    return min((at_ms for at_ms in _times(fold, rules) if at_ms > fold.reached_ms), default=None)


def _times(fold: Fold, rules: RuleSet) -> Iterator[int]:
    for track in fold.tracks.values():
        yield from deadlines(track, rules)
    yield from _chart_times(fold, rules)
    yield from _hold_times(fold, rules)
    if fold.episode is not None and fold.episode.quiet_ms is not None:
        yield fold.episode.quiet_ms + hours(rules.episode_quiet_h)


def _chart_times(fold: Fold, rules: RuleSet) -> Iterator[int]:
    chart = fold.chart
    if chart.pressors_ms is not None:
        yield chart.pressors_ms + hours(rules.pressor_confirmed_h)
    if chart.oxygen is not None:
        yield chart.oxygen.at_ms + hours(rules.device_confirmed_h)
    if chart.antipyretic_ms is not None:
        yield chart.antipyretic_ms + hours(rules.antipyretic_mask_h)
    for item in chart.attributions:
        yield item.until_ms
    for exam in chart.neuro.values():
        yield exam.at_ms + hours(rules.exam_stale_h)


def _hold_times(fold: Fold, rules: RuleSet) -> Iterator[int]:
    hold_ms = minutes(rules.hold_min)
    for charted in (fold.holds.pressor, fold.holds.device, fold.icans_hold):
        yield from (ended_ms + hold_ms for _, ended_ms in charted.ended)
    yield from _readings_ahead(fold, hold_ms)


def _readings_ahead(fold: Fold, hold_ms: int) -> Iterator[int]:
    """A measured hold begins and ends with a reading; ahead of us one is known only while a past is replayed."""
    pressure_speaks = not fold.chart.pressors
    for hold, names in ((fold.holds.pressure, PRESSURES), (fold.holds.saturation, (SPO2, SPO2_HOME))):
        if not hold.level or (names is PRESSURES and not pressure_speaks):
            continue
        due = held_until(hold, hold_ms) or fold.at_ms + 1
        for track in (fold.tracks[name] for name in names if name in fold.tracks):
            at_ms = next_reading_ms(track, due) if is_normal(track) else None
            if at_ms is not None:
                yield at_ms
