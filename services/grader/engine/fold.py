"""One patient folded over event time: signs and charted state in, a grade with its holds and its episode out.

A fold is immutable and knows nothing of arrival: it is fed in the order of event time (`timeline.py`), and fed again
from an earlier fold when something late belongs before. `evaluate` looks at one moment; `next_time` says when time
alone may change something.
"""

from msgspec import field
from msgspec.structs import replace

from services.grader.engine.chart import Chart
from services.grader.engine.crs import attribution
from services.grader.engine.crs.components import (
    COMPONENTS,
    FINDING_OF,
    MEASURED,
    PRESSURE,
    SATURATION,
    Part,
    Tracks,
    febrile,
    is_quiet,
    parts_of,
)
from services.grader.engine.crs.grading import Bounds, combine
from services.grader.engine.crs.holds import ChartedHold, MeasuredHold, hold_charted, hold_measured
from services.grader.engine.durations import NOTHING_YET_MS, hours, minutes
from services.grader.engine.neuro.icans import counted_score, grade_icans, is_examinable
from services.grader.engine.ruleset.rules import RuleSet
from services.grader.engine.signs.readings import TEMPERATURE
from services.grader.engine.signs.track import freshness, is_normal, settle
from services.grader.engine.value import Value


class Episode(Value, frozen=True):
    """An episode of CRS: fever is latched in it; `key` is the event that opened it."""

    key: str
    opened_ms: int
    max_grade: int = 0
    quiet_ms: int | None = None
    suspended: bool = False


class Holds(Value, frozen=True):
    """The held level of each component, and of ICANS."""

    pressure: MeasuredHold = MeasuredHold()
    saturation: MeasuredHold = MeasuredHold()
    pressor: ChartedHold = ChartedHold()
    device: ChartedHold = ChartedHold()

    def named(self) -> dict[str, MeasuredHold | ChartedHold]:
        """By component."""
        return {PRESSURE: self.pressure, SATURATION: self.saturation, "pressor": self.pressor, "device": self.device}

    def levels(self) -> dict[str, int]:
        """What counts of each component."""
        return {
            PRESSURE: self.pressure.level,
            SATURATION: self.saturation.level,
            "pressor": self.pressor.held,
            "device": self.device.held,
        }


class Fold(Value, frozen=True):
    """Everything that holds at `at_ms`; what runs out has been taken into account up to `reached_ms`."""

    at_ms: int = NOTHING_YET_MS
    reached_ms: int = NOTHING_YET_MS
    tracks: Tracks = field(default_factory=dict)
    chart: Chart = Chart()
    holds: Holds = Holds()
    icans_hold: ChartedHold = ChartedHold()
    episode: Episode | None = None
    low: int = 0
    high: int = 4
    icans_low: int = 0
    icans_high: int = 4
    fever: bool | None = None
    gap_ms: int | None = None
    critical: dict[str, int] = field(default_factory=dict)

    @property
    def counting(self) -> bool:
        """Whether fever counts: an episode is open and nobody attributed its fever elsewhere."""
        return self.episode is not None and not self.episode.suspended


def evaluate(fold: Fold, at_ms: int, rules: RuleSet, *, reached_ms: int | None = None) -> Fold:
    """The fold at a moment not before its own, after what was taken in.

    Args:
        fold: before.
        at_ms: the moment.
        rules: the rule set in force.
        reached_ms: what runs out by then has run out. By default the moment itself; events of a moment come before
            what runs out at it, so they are evaluated with the millisecond before.
    """
    reached = at_ms if reached_ms is None else reached_ms
    tracks = {name: settle(track, reached) for name, track in fold.tracks.items()}
    icans = grade_icans(fold.chart.neuro, fold.chart.person, at_ms, rules, reached)
    raw = parts_of(tracks, fold.chart, reached, rules)
    chart = attribution.standing(fold.chart, raw, icans.low, reached)
    parts = attribution.without_attributed(chart, raw)
    fever = febrile(tracks, chart, reached, rules)
    moment = replace(fold, at_ms=at_ms, reached_ms=reached, tracks=tracks, chart=chart, fever=fever)
    moment = replace(moment, episode=_episode(moment, parts, rules))
    moment = _with_icans(_graded(moment, parts, rules), icans, rules)
    return replace(moment, gap_ms=_gap(moment, parts, rules), critical=_critical(moment))


def _episode(fold: Fold, parts: dict[str, Part], rules: RuleSet) -> Episode | None:
    episode, explained = fold.episode, attribution.is_attributed(fold.chart, attribution.FEVER)
    if episode is None:
        track = fold.tracks.get(TEMPERATURE)
        finding = None if track is None else track.finding
        return Episode(finding.event_id, fold.at_ms) if finding and fold.fever and not explained else None
    quiet = is_quiet(fold.tracks, fold.chart, fold.reached_ms, rules)
    quiet_ms = None if not quiet else fold.at_ms if episode.quiet_ms is None else episode.quiet_ms
    if quiet_ms is not None and fold.chart.antipyretic_ms is not None:
        quiet_ms = max(quiet_ms, fold.chart.antipyretic_ms)
    if quiet_ms is not None and fold.reached_ms >= quiet_ms + hours(rules.episode_quiet_h):
        return None
    return replace(episode, quiet_ms=quiet_ms, suspended=_rests(episode, fold, parts, explained, rules))


def _rests(episode: Episode, fold: Fold, parts: dict[str, Part], explained: bool, rules: RuleSet) -> bool:
    """Fever explained otherwise suspends the episode; it resumes with what stands then, or unless the fever is gone."""
    if explained or not episode.suspended:
        return explained
    if any(part.low for part in parts.values()):
        return False
    track = fold.tracks.get(TEMPERATURE)  # none where its only reading was taken back: then nobody knows
    return track is not None and is_normal(track) and freshness(track, fold.reached_ms, rules) != "lost"


def _graded(fold: Fold, parts: dict[str, Part], rules: RuleSet) -> Fold:
    episode = fold.episode
    if episode is None or episode.suspended:
        explained = attribution.is_attributed(fold.chart, attribution.FEVER)
        high = combine(False if explained or fold.fever is False else None, *parts.values()).high
        return replace(fold, holds=Holds(), low=0, high=high)
    holds = _held(fold, parts, rules)
    low, high = combine(True, *parts.values(), *(Bounds(level, level) for level in holds.levels().values()))
    episode = replace(episode, max_grade=max(low, episode.max_grade))
    return replace(fold, holds=holds, low=low, high=high, episode=episode)


def _held(fold: Fold, parts: dict[str, Part], rules: RuleSet) -> Holds:
    """Each component on its own evidence; what is attributed is let go at once."""
    hold_ms, before = minutes(rules.hold_min), fold.holds
    free = {name for name in COMPONENTS if attribution.is_attributed(fold.chart, FINDING_OF[name])}

    def measured(name: str, hold: MeasuredHold) -> MeasuredHold:
        hold = MeasuredHold() if name in free else hold
        return hold_measured(hold, parts[name].low, parts[name].clear_ms, hold_ms)

    def charted(name: str, hold: ChartedHold) -> ChartedHold:
        hold = ChartedHold() if name in free else hold
        return hold_charted(hold, parts[name].low, fold.at_ms, fold.reached_ms, hold_ms)

    return Holds(
        measured(PRESSURE, before.pressure),
        measured(SATURATION, before.saturation),
        charted("pressor", before.pressor),
        charted("device", before.device),
    )


def _with_icans(fold: Fold, icans: Bounds, rules: RuleSet) -> Fold:
    explained = attribution.is_attributed(fold.chart, attribution.NEURO)
    before = ChartedHold() if explained else fold.icans_hold
    level = 0 if explained else icans.low
    hold = hold_charted(before, level, fold.at_ms, fold.reached_ms, minutes(rules.hold_min))
    high = 0 if explained and icans.high == icans.low and _is_examinable(fold, rules) else icans.high
    return replace(fold, icans_hold=hold, icans_low=hold.held, icans_high=max(hold.held, high))


def _is_examinable(fold: Fold, rules: RuleSet) -> bool:
    """Whether an explained finding leaves nothing open."""
    name = counted_score(fold.chart.neuro, fold.chart.person, fold.at_ms, rules)
    return is_examinable(fold.chart.neuro, name, fold.reached_ms, rules)


def _gap(fold: Fold, parts: dict[str, Part], rules: RuleSet) -> int | None:
    """Since when something is established and much worse cannot be excluded (`possible_crs`)."""
    found = any(part.low >= 2 for part in parts.values())
    if not (found or fold.counting) or fold.high - fold.low < rules.gap_grades:
        return None
    if not found and all(parts[name].high == 0 for name in MEASURED):
        return None  # fever alone, pressure and saturation known: a prompt to chart, not a page
    return fold.at_ms if fold.gap_ms is None else fold.gap_ms


def _critical(fold: Fold) -> dict[str, int]:
    """Series with an established critical value, and since when."""
    return {
        name: track.critical.since_ms
        for name, track in fold.tracks.items()
        if track.critical is not None and track.critical.established
    }
