"""Spells of critical values: what is one with a known one, how many are told apart, what pages that was over."""

import pytest
from msgspec.structs import replace

from schemas.times import format_time
from services.grader.engine.fold import Fold
from services.grader.engine.signs.readings import CRITICAL, FAST, NORMAL
from services.grader.engine.signs.track import Track
from services.grader.engine.state import PatientState
from services.grader.engine.telling.alarms import Over, Raised
from services.grader.engine.telling.critical_spells import KEPT_SPELLS, known_spells, past_critical, with_spell
from services.grader.engine.telling.sent import OpenAlarm, Sent
from services.grader.engine.ward import Ward

NOW_MS, LATE_AFTER_MS = 10**9, 60_000
SEEN_MS = NOW_MS - 1000
NOTHING = Sent()


@pytest.mark.parametrize(
    ("since_ms", "until_ms", "known"),
    [
        (5, 9, ((5, 9), (10, 20), (30, 40))),
        (5, 10, ((5, 20), (30, 40))),
        (12, 14, ((10, 20), (30, 40))),
        (20, 25, ((10, 25), (30, 40))),
        (21, 29, ((10, 20), (21, 29), (30, 40))),
        (15, 35, ((10, 40),)),
        (5, 50, ((5, 50),)),
        (41, 50, ((10, 20), (30, 40), (41, 50))),
    ],
)
def test_spells_that_touch_are_one(since_ms, until_ms, known):
    assert with_spell(((10, 20), (30, 40)), since_ms, until_ms) == known


def test_the_first_spell_is_known():
    assert with_spell((), 5, 5) == ((5, 5),)


def test_the_oldest_of_many_spells_are_known_as_one():
    many = tuple((at_ms, at_ms + 5) for at_ms in range(0, 10 * KEPT_SPELLS, 10))
    assert known_spells(many) == many
    assert with_spell(many, 10**4, 10**4) == ((0, 15), *many[2:], (10**4, 10**4))
    assert known_spells([(-3, 400), *many]) == ((-3, 400), *many[1:])


# --- what pages ------------------------------------------------------------------------------------------------------


def at(at_ms: int, since_ms: int | None) -> Fold:
    """A moment of a monitored pulse; critical since then."""
    pulse = Track(at_ms, 0, CRITICAL, FAST) if since_ms is not None else Track(at_ms, 80, NORMAL, FAST)
    critical = {} if since_ms is None else {"heart_rate_bpm": since_ms}
    return Fold(at_ms, at_ms, {"heart_rate_bpm": pulse}, critical=critical)


def said(trace: list[Fold], sent: Sent = NOTHING, *, now: Fold | None = None) -> tuple[Sent, list[Raised | Over]]:
    state = PatientState("bed-7", now or at(NOW_MS, None), sent=sent, newest_event_ms=NOW_MS)
    return past_critical(state, trace, Ward())


def test_what_was_over_at_once_pages_once():
    trace = [at(SEEN_MS - 3, None), at(SEEN_MS - 2, SEEN_MS - 2), at(SEEN_MS, SEEN_MS - 2), at(NOW_MS, None)]
    sent, (page,) = said(trace)
    assert isinstance(page, Raised)
    alarm = page.alarm
    assert (alarm.because[0]["value"], alarm.because[0]["observed_at"]) == (0, format_time(SEEN_MS - 2))
    assert (alarm.kind, alarm.sign, alarm.occurred_ms) == ("critical_value", "heart_rate_bpm", SEEN_MS - 2)
    assert (alarm.late, alarm.refuted) == (False, False)
    assert sent.critical == {"heart_rate_bpm": ((SEEN_MS - 2, SEEN_MS),)}
    assert sent.alarms.keys() == {"critical_value|heart_rate_bpm"}
    ended = replace(sent, alarms={})
    assert said(trace, ended) == (ended, [])


@pytest.mark.parametrize(("since_ms", "late"), [(NOW_MS - LATE_AFTER_MS, False), (NOW_MS - LATE_AFTER_MS - 1, True)])
def test_what_came_late_and_is_over_is_less_urgent(since_ms, late):
    _, (page,) = said([at(since_ms, since_ms), at(NOW_MS, None)])
    assert isinstance(page, Raised)
    assert (page.alarm.late, page.alarm.refuted) == (late, late)


def test_what_stands_is_not_paged_for_here():
    standing = at(NOW_MS, SEEN_MS)
    sent, pages = said([at(SEEN_MS, SEEN_MS), standing], now=standing)
    assert (sent.critical, pages) == ({"heart_rate_bpm": ((SEEN_MS, NOW_MS),)}, [])


def test_a_spell_before_one_that_is_open_already_is_known_and_not_paged_for():
    open_now = Sent(
        alarms={"critical_value|heart_rate_bpm": OpenAlarm("arrest", "critical_value")},
        critical={"heart_rate_bpm": ((SEEN_MS, SEEN_MS),)},
    )
    sent, pages = said([at(1, 1), at(2, None)], open_now)
    assert (sent.critical, pages) == ({"heart_rate_bpm": ((1, 1), (SEEN_MS, SEEN_MS))}, [])
