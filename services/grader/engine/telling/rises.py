"""When a rise of the CRS or ICANS grade pages, and when it is over.

In order, every rise pages once and a return after a confirmed downgrade is a new rise. Where late data rewrote the
past, only what goes beyond everything already sent in the episode pages (`settled.md` 16, 17, 22, 23).
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from services.grader.engine.crs.holds import ChartedHold, MeasuredHold
from services.grader.engine.fold import Fold
from services.grader.engine.telling.sent import Ladder, OpenRise
from services.grader.engine.value import Value


class Rise(NamedTuple):
    """A rise to page: the fold that shows it, where it came from, and how it is to be told; counted as it is said."""

    fold: Fold
    scope: str
    grade: int
    previous: int
    late: bool = False
    refuted: bool = False
    number: int = 0


class Ended(NamedTuple):
    """Rises that are over."""

    ids: tuple[str, ...]
    reason: str
    fold: Fold


Said = list[Rise | Ended]


class Scale(Value, frozen=True):
    """How one kind of grade is read off a fold, and how its escalations are named."""

    kind: str
    level: Callable[[Fold], int]
    shown: Callable[[Fold], int]
    scope: Callable[[Fold], str]
    identify: Callable[[str, int, int], str]


class Passage(NamedTuple):
    """What happened: the moments evaluated, whether they rewrite the past, and why."""

    start: Fold
    trace: Sequence[Fold]
    now: Fold
    rewritten: bool
    retraction: bool
    newest_ms: int
    late_after_ms: int


def crs_shown(fold: Fold) -> int:
    """The grade that the evidence shows now, improvements still being confirmed left out."""
    if not fold.counting:
        return fold.low
    holds = fold.holds
    measured = (holds.pressure, holds.saturation)
    return max(1, holds.pressor.level, holds.device.level, *(_shown(hold) for hold in measured))


def _shown(hold: MeasuredHold | ChartedHold) -> int:
    return 0 if isinstance(hold, MeasuredHold) and hold.supported_ms is not None else hold.level


def follow(ladder: Ladder, scale: Scale, passage: Passage) -> tuple[Ladder, Said]:
    """The ladder after a passage, and what has to be said, in order."""
    said: Said = []
    if passage.rewritten:
        ladder = _reveal(ladder, scale, passage, said)
        return _settle(ladder, scale, passage.now, passage, said), said
    for fold in passage.trace:
        level = scale.level(fold)
        # What is only held, and was never sent, does not page by being there; what is shown again does.
        shown = min(level, scale.shown(fold))
        if shown > ladder.reported:
            ladder = _rise(ladder, scale, Rise(fold, scale.scope(fold), shown, ladder.reported), said)
        elif level < ladder.reported:
            ladder = _settle(ladder, scale, fold, passage, said)
    return ladder, said


def _reveal(ladder: Ladder, scale: Scale, passage: Passage, said: Said) -> Ladder:
    """Rises that late data reveal: above everything sent in their episode, or standing now on the evidence itself."""
    before = scale.level(passage.start)
    for fold in passage.trace:
        level, scope = scale.level(fold), scale.scope(fold)
        if level > max(before, ladder.highest(scope)) and level == _peak(scale, passage, scope):
            told = _told(scale, fold, scope, level, min(before, ladder.reported), passage)
            ladder = _rise(ladder, scale, told, said)
        before = level
    now = passage.now
    # A retraction brings back what was resolved, held or not (`settled.md` 22); late data only what the evidence shows.
    standing = scale.level(now) if passage.retraction else min(scale.level(now), scale.shown(now))
    if standing > ladder.reported:
        ladder = _rise(ladder, scale, Rise(now, scale.scope(now), standing, ladder.reported), said)
    return ladder


def _peak(scale: Scale, passage: Passage, scope: str) -> int:
    return max(scale.level(fold) for fold in passage.trace if scale.scope(fold) == scope)


def _told(scale: Scale, fold: Fold, scope: str, level: int, before: int, passage: Passage) -> Rise:
    """It rose from what was paged for: a grade that was passed on the way and never sent is not resolved to."""
    late = passage.newest_ms - fold.at_ms > passage.late_after_ms
    by_pressor = scale.kind == "crs_rise" and fold.holds.pressor.level == level
    refuted = scale.shown(passage.now) < level and not by_pressor
    return Rise(fold, scope, level, before, late, refuted)


def _rise(ladder: Ladder, scale: Scale, rise: Rise, said: Said) -> Ladder:
    number = ladder.next_rise(rise.scope, rise.grade)
    said.append(rise._replace(number=number))
    of_scope = {**ladder.counts.get(rise.scope, {}), str(rise.grade): number}
    scopes = [name for name in ladder.counts if name != rise.scope][-3:]
    counts = {**{name: ladder.counts[name] for name in scopes}, rise.scope: of_scope}
    opened = OpenRise(scale.identify(rise.scope, rise.grade, number), rise.grade, rise.previous, rise.fold.at_ms)
    return Ladder(max(ladder.reported, rise.grade), counts, (*ladder.open, opened))


def _settle(ladder: Ladder, scale: Scale, fold: Fold, passage: Passage, said: Said) -> Ladder:
    level = scale.level(fold)
    over = tuple(item for item in ladder.open if item.rose_from >= level)
    if over:
        ids = _told_here(over)
        said.extend([Ended(ids, _reason(scale, fold, passage), fold)] if ids else [])
    left = tuple(item for item in ladder.open if item not in over)
    # Reported is what an open rise tells of: a level that was recorded and not sent must still be able to page.
    told = max((item.grade for item in left), default=0)
    return replace(ladder, reported=min(level, told), open=left)


def _reason(scale: Scale, fold: Fold, passage: Passage) -> str:
    if passage.retraction:
        return "retracted"
    findings = {"neuro"} if scale.kind == "icans_rise" else {"fever", "hypotension", "hypoxia"}
    if any(item.at_ms == fold.at_ms and item.finding in findings for item in fold.chart.attributions):
        return "attributed"
    return "episode_closed" if scale.kind == "crs_rise" and fold.episode is None else "improved"


def _told_here(rises: Sequence[OpenRise]) -> tuple[str, ...]:
    """Ids of rises, without those that were told and resolved under the name of a merged patient."""
    return tuple(sorted(item.escalation_id for item in rises if item.escalation_id))


def ended_all(ladder: Ladder, fold: Fold, reason: str) -> tuple[Ladder, Said]:
    """Nobody is paged for this patient any more."""
    ids = _told_here(ladder.open)
    return replace(ladder, reported=0, open=()), [Ended(ids, reason, fold)] if ids else []
