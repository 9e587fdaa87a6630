"""The older readings of a high-rate stream, told more coarsely, so that a value hovering at its limit stays small.

A saturation of 89, 90, 89, 90 makes a span of its own each second. Joined are neighbours that fold again to the same
grade: what was abnormal too briefly to count is taken as normal, what counted goes on through a short normal spell (the
hold would bridge it anyway), and within what counted the depth matters no more. Critical values that count are kept.
Each stretch by the rules that it is folded by: an activation is told apart from what lies before and after it.
"""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from msgspec.structs import replace

from services.grader.engine.durations import SECOND_MS, seconds
from services.grader.engine.past.history import JOINED_GAP_MS, MOST_SPANS, History, Span
from services.grader.engine.past.in_force import Era, InForce
from services.grader.engine.ruleset.rules import RuleSet
from services.grader.engine.signs.readings import ABNORMAL, CRITICAL, DEEP, FAST, NORMAL, freshness_limits

EXACT_SPANS = 16  # the newest, always as they came
TOLD_EVERY = 16


def kept_small(history: History, series: str, in_force: InForce) -> History:
    """The history with one series told more coarsely, now and then once its spans are many."""
    spans = history.spans[series]
    if len(spans) <= MOST_SPANS or len(spans) % TOLD_EVERY:
        return history
    eras = in_force.eras(history, spans[0].first_ms)
    return replace(history, spans={**history.spans, series: coarsened(spans, eras)})


def coarsened(spans: tuple[Span, ...], eras: Sequence[Era]) -> tuple[Span, ...]:
    """All but the newest, joined where that changes no grade."""
    older, newest = spans[:-EXACT_SPANS], spans[-EXACT_SPANS:]
    found: list[Span] = []
    for era in eras:
        upto = bisect_left(older, era.until_ms, key=lambda span: span.first_ms)
        found += _told_coarsely(older[:upto], era.rules)
        older = older[upto:]
    return (*found, *newest)


def _told_coarsely(spans: Sequence[Span], rules: RuleSet) -> list[Span]:
    runs: list[Span] = []
    for span in spans:
        runs.append(span)
        while (category := _pair(runs[-2:], rules)) is not None:
            runs[-2:] = [_one(runs[-2:], category)]
        if _never_counted(runs[-3:], rules):
            runs[-3:] = [_one(runs[-3:], NORMAL)]
        elif _is_bridged(runs[-4:], rules):
            runs[-4:-1] = [_one(runs[-4:-1], max(runs[-4].category, runs[-2].category))]
    return runs


def _pair(pair: Sequence[Span], rules: RuleSet) -> int | None:
    """What two neighbours are together; None if they have to be told apart."""
    if len(pair) < 2 or not _are_close(pair):
        return None
    one, two = pair
    if one.category == two.category:
        return one.category
    if one.manner != FAST or min(one.category, two.category) < ABNORMAL or two.category == CRITICAL:
        return None
    lasted_ms = two.first_ms - one.first_ms
    if one.category == CRITICAL and lasted_ms >= seconds(rules.critical_persistence_s):
        return None
    # All of it has to be far beyond the limit to count early; what counts already, counts.
    deep = one.category >= DEEP and (two.category >= DEEP or lasted_ms >= seconds(rules.deep_persistence_s))
    return DEEP if deep else ABNORMAL


def _never_counted(three: Sequence[Span], rules: RuleSet) -> bool:
    """Whether an abnormal spell between two normal ones was too short to be established."""
    if len(three) < 3 or not _are_close(three) or three[0].category != NORMAL or three[2].category != NORMAL:
        return False
    spell = three[1]
    return spell.manner == FAST and three[2].first_ms - spell.first_ms <= _counts_after_ms(spell.category, rules)


def _is_bridged(four: Sequence[Span], rules: RuleSet) -> bool:
    """Whether a normal spell between two that counted was too short to matter, now that the second is over."""
    if len(four) < 4 or not _are_close(four) or any(span.manner != FAST for span in four):
        return False
    before, between, again, _ = four
    sides = [span.category >= ABNORMAL for span in four]
    if sides != [True, False, True, False] or CRITICAL in (before.category, again.category):
        return False
    counted = between.first_ms - before.first_ms > _counts_after_ms(before.category, rules)
    return counted and again.first_ms - before.last_ms < freshness_limits(FAST, rules)[0]


def _counts_after_ms(category: int, rules: RuleSet) -> int:
    if category == ABNORMAL:
        return seconds(rules.fast_persistence_s)
    return seconds(min(rules.deep_persistence_s, rules.critical_persistence_s))


def _are_close(spans: Sequence[Span]) -> bool:
    return all(two.first_ms - one.last_ms <= JOINED_GAP_MS and one.manner == two.manner for one, two in pairwise(spans))


def _one(spans: Sequence[Span], category: int) -> Span:
    """All as one, evenly; the first stays where it is, and the last but for milliseconds."""
    first, last = spans[0], spans[-1]
    lasted_ms = last.last_ms - first.first_ms
    readings = sum(span.readings for span in spans)
    steps = lasted_ms // max(SECOND_MS, lasted_ms // (readings - 1) // SECOND_MS * SECOND_MS)
    step_ms = lasted_ms // steps
    return Span(first.first_ms, step_ms, steps + 1, category, first.manner, last.value, first.event_id)
