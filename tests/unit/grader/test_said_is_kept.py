"""What was said and what late data support no more is kept in the hold, and nothing else is."""

from typing import Any

from msgspec.structs import replace

from services.grader.engine.fold import Fold
from services.grader.engine.past.history import Entry, History
from services.grader.engine.past.in_force import InForce
from services.grader.engine.past.keeping import keep_what_was_said
from services.grader.engine.past.placing import Placed
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.engine.state import PatientState
from services.grader.engine.telling.sent import Ladder, OpenRise, Sent
from tests.unit.grader.entries import ADMITTED, charted, folded, measured
from tests.vignettes.bed import ms

NOW = 20
ONE = folded(ADMITTED, NOW)
TWO = folded([*ADMITTED, measured(2, sbp=84), charted(2, "neuro", ice=2)], NOW)
NOTHING = {"pressure": 0, "saturation": 0, "pressor": 0, "device": 0, "icans": 0}
THE_EPISODE = {"key": "fever-1", "opened_ms": ms(1)}


def ladder(reported: int, *rises: tuple[float, int]) -> Ladder:
    """Reported last, and the rises that are open: minute and grade."""
    return Ladder(reported, {}, tuple(OpenRise(f"x{grade}", grade, grade - 1, ms(at)) for at, grade in rises))


def placed(sent: Sent, *trace: Fold, rewritten: bool = True, from_minute: float = 0, now: Fold = ONE) -> Placed:
    """The past as it is now, ending in `now`."""
    state = PatientState("bed-7", now, (Fold(),), History(), sent=sent, revision=7)
    return Placed(state, Fold(), [*trace, now], rewritten, ms(from_minute))


def kept(found: Placed, before: Fold = TWO) -> dict[str, Any] | None:
    """What is put into the hold; None if nothing is, and then nothing at all has changed."""
    after = keep_what_was_said(found, before, ms(NOW) + 5, InForce(DEFAULT_RULES))
    if after is found:
        return None
    name = f"kept:7:{ms(NOW) + 5}"
    (entry,) = after.state.history.entries.values()
    assert entry.record is not None
    assert entry == Entry(ms(NOW) + 5, name, "", (), entry.record)
    assert after.trace[: len(found.trace)] == found.trace
    assert after.trace[-1] == after.state.fold
    assert (after.start, after.rewritten, after.from_ms) == (found.start, found.rewritten, found.from_ms)
    assert entry.record.pop("kind") == "kept"
    return entry.record


def test_a_grade_that_was_sent_and_has_no_support_is_held_with_its_episode():
    sent = Sent(crs=ladder(2, (1, 1), (2, 2)))
    assert kept(placed(sent)) == {"levels": {**NOTHING, "pressure": 2}, "episode": THE_EPISODE}
    after = keep_what_was_said(placed(sent), TWO, ms(NOW) + 5, InForce(DEFAULT_RULES))
    assert (after.state.fold.low, after.state.fold.icans_low) == (2, 0)
    assert kept(placed(sent), replace(TWO, episode=None)) == {"levels": {**NOTHING, "pressure": 2}, "episode": None}


def test_icans_is_held_by_itself():
    icans = ladder(3, (2, 3))
    assert kept(placed(Sent(icans=icans))) == {"levels": {**NOTHING, "icans": 3}, "episode": None}
    both = Sent(crs=ladder(2, (2, 2)), icans=icans)
    assert kept(placed(both)) == {"levels": {**NOTHING, "pressure": 2, "icans": 3}, "episode": THE_EPISODE}


def test_what_is_said_already_or_still_supported_is_not_held():
    said = Sent(crs=ladder(2, (2, 2)), icans=ladder(3, (2, 3)))
    assert kept(placed(said, now=TWO)) is None
    assert kept(placed(Sent(crs=ladder(1, (1, 1))), now=TWO)) is None
    assert kept(placed(Sent(crs=ladder(2, (NOW + 1, 2))), now=TWO)) is None  # for whatever moment it was sent
    assert kept(placed(Sent())) is None
    # Only the past can refute: what falls as time goes by falls by itself.
    assert kept(placed(said, rewritten=False)) is None


def test_a_past_that_reached_the_grade_since_the_rise_supports_it():
    for at, low, open_rises, supports in [
        (5, 2, [(5, 2)], True),
        (5, 3, [(5, 2)], True),
        (5, 1, [(5, 2)], False),
        (4.99, 2, [(5, 2)], False),
        (4.99, 2, [(1, 1), (5, 2)], False),  # the rise to less was before
        (4.99, 2, [(5, 2), (4.99, 3)], True),
        (5, 2, [(5, 2), (6, 3)], True),
        (0.5, 2, [], True),
    ]:
        reached = replace(ONE, at_ms=ms(at), low=low)
        sent = Sent(crs=ladder(2, *open_rises))
        assert (kept(placed(sent, reached)) is None) == supports, (at, low, open_rises)
        examined = replace(ONE, at_ms=ms(at), icans_low=low)
        assert (kept(placed(Sent(icans=ladder(2, *open_rises)), examined)) is None) == supports
    # What was before the past was rewritten is as it was, and of that only the last counts.
    sent = Sent(crs=ladder(2, (3, 2)))
    high, low_again = replace(ONE, at_ms=ms(5), low=2), replace(ONE, at_ms=ms(6))
    assert kept(placed(sent, high, from_minute=6)) is None
    assert kept(placed(sent, high, low_again, from_minute=7)) is not None
