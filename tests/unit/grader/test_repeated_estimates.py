"""The estimate that is repeated while a steady stream goes on: at once, or the long way where somebody has to look."""

import pytest
from msgspec.structs import replace

from services.grader.engine.kept import Kept
from services.grader.engine.steady.taking_in import UNCOMMON, commonly
from tests.unit.grader.one_reading_more import (
    MINUTE_MS,
    NEXT_MS,
    PLACE,
    WARD,
    aged,
    assert_same,
    having,
    monitored,
    said_next,
)
from tests.vignettes.bed import Bed
from tests.vignettes.starting_points import SECOND

DUE_MS = NEXT_MS - 5 * MINUTE_MS  # shown then, it is due with the next record
HOUR_MS = 60 * MINUTE_MS


def test_it_is_due_five_minutes_after_the_last_one():
    for shown_ms, repeated in ((DUE_MS, 1), (DUE_MS + 1, 0)):
        kept = Kept(having(shown_ms=shown_ms)(monitored()))
        found = commonly(kept, said_next(), NEXT_MS, PLACE, WARD)
        assert found.is_common
        assert found.outputs is not None
        assert [output.topic for output in found.outputs] == ["estimates"] * repeated
        assert kept.after().shown_ms == (NEXT_MS if repeated else shown_ms)


def test_what_it_says_and_leaves_is_what_the_long_way_says_and_leaves():
    after = assert_same(having(shown_ms=DUE_MS)(monitored()), said_next(heart_rate_bpm=82))
    assert after.shown_ms == NEXT_MS


def test_the_stream_goes_on_from_there_within_the_same_limits():
    kept = Kept(having(shown_ms=DUE_MS)(monitored()))
    commonly(kept, said_next(), NEXT_MS, PLACE, WARD)
    assert kept.steady is not None
    for second in range(1, 300):
        minute = 1 + (3 + second) * SECOND
        record = {**said_next(minute), "event_id": f"on-{second}"}
        assert kept.steady.take(record, NEXT_MS + 1000 * second, NEXT_MS + 1000 * second, second)
    assert not kept.steady.take(said_next(1 + 303 * SECOND), NEXT_MS + 300_000, NEXT_MS + 300_000, 300)
    assert kept.after().history.spans["spo2_pct"][-1].readings == 303


@pytest.mark.parametrize(
    ("state", "at_once"),
    [
        (having(), True),
        (having(shown="otherwise"), False),
        (aged(NEXT_MS + 6 * MINUTE_MS), True),
    ],
)
def test_what_has_changed_meanwhile_is_left_to_the_long_way(state, at_once):
    known = having(shown_ms=DUE_MS)(state(monitored()))
    kept = Kept(known)
    found = commonly(kept, said_next(), NEXT_MS, PLACE, WARD)
    assert (found.is_common, found.outputs is not None) == (True, at_once)
    assert at_once or kept.after() == known  # as if nothing had been taken in


@pytest.mark.parametrize(("marked_ms", "at_once"), [(NEXT_MS - HOUR_MS + 1, True), (NEXT_MS - HOUR_MS, False)])
def test_an_hour_after_the_last_mark_it_goes_the_long_way(marked_ms, at_once):
    state = having(shown_ms=DUE_MS)(monitored())
    state = replace(state, marks=(replace(state.marks[0], at_ms=marked_ms),))
    found = commonly(Kept(state), said_next(), NEXT_MS, PLACE, WARD)
    assert (found.is_common, found.outputs is not None) == (True, at_once)


def test_a_record_that_says_more_at_that_very_time_is_not_common():
    state = having(shown_ms=DUE_MS)(monitored())
    assert commonly(Kept(state), said_next(spo2_pct=88), NEXT_MS, PLACE, WARD) == UNCOMMON
    after_a_pause = having(shown_ms=DUE_MS)(monitored())
    assert commonly(Kept(after_a_pause), said_next(6.1), NEXT_MS + 6 * MINUTE_MS, PLACE, WARD) == UNCOMMON


def test_a_thorough_ward_only_tells_which_are_common():
    known = having(shown_ms=DUE_MS)(monitored())
    for state in (known, monitored()):
        kept = Kept(state)
        found = commonly(kept, said_next(), NEXT_MS, PLACE, WARD._replace(thorough=True))
        assert (found.is_common, found.outputs, kept.after()) == (True, None, state)
    assert commonly(Kept(known), said_next(spo2_pct=88), NEXT_MS, PLACE, WARD._replace(thorough=True)) == UNCOMMON


def test_what_is_odd_in_grown_ups_goes_the_long_way_although_it_is_usual_in_an_infant():
    bed = Bed(watch_all=False).admit(age_years=0.5).on_room_air()
    for second in range(3):
        bed.monitor(1 + second * SECOND, resp_rate_bpm=80, heart_rate_bpm=140)
    state = bed.partition.patients["bed-7"]
    assert state.newest["resp_rate_bpm"].flags == ()
    only = {"only": (), "heart_rate_bpm": 140}
    assert commonly(Kept(state), said_next(**only), NEXT_MS, PLACE, WARD).is_common
    assert commonly(Kept(state), said_next(**only, resp_rate_bpm=80), NEXT_MS, PLACE, WARD) == UNCOMMON
