"""One series: when a finding counts, what interrupts it, and when it is too old (`settled.md` 10 to 12)."""

import pytest

from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.engine.signs.readings import ABNORMAL, CRITICAL, CUFF, DEEP, FAST, NORMAL, PATCH, SPOT, Reading
from services.grader.engine.signs.track import (
    Dense,
    Track,
    deadlines,
    freshness,
    is_established,
    is_pending,
    newest_ms,
    next_reading_ms,
    observe,
    recategorised,
    settle,
)
from tests.vignettes.bed import Bed
from tests.vignettes.starting_points import SECOND, febrile_bed

MINUTE = 60_000


def series(*readings, manner=FAST):
    """A series after readings (second, category)."""
    track = None
    for second, category in readings:
        reading = Reading("sbp_mmhg:arterial", second * 1000, 80 + second, category, manner)
        track = observe(track, reading, f"at-{second}", DEFAULT_RULES)
    return track


@pytest.mark.parametrize(
    ("readings", "due_s"),
    [
        (((0, ABNORMAL),), 15),
        (((0, DEEP),), 10),
        (((0, DEEP), (5, DEEP)), 10),
        (((0, DEEP), (4, DEEP), (8, DEEP)), 10),
        (((0, DEEP), (5, ABNORMAL)), 15),
        (((0, ABNORMAL), (5, DEEP)), 15),
        (((0, DEEP), (5, ABNORMAL), (7, DEEP)), 15),
        (((0, ABNORMAL), (5, NORMAL), (7, DEEP)), 17),
    ],
)
def test_a_stream_is_established_after_fifteen_seconds_or_ten_if_all_are_deep(readings, due_s):
    track = series(*readings)
    assert track.finding.due_ms == due_s * 1000
    assert is_pending(settle(track, due_s * 1000 - 1))
    assert is_established(settle(track, due_s * 1000))
    assert deadlines(track, DEFAULT_RULES)[0] == due_s * 1000
    assert len(deadlines(settle(track, due_s * 1000), DEFAULT_RULES)) == 2  # nothing is pending any more


def test_a_reading_at_the_very_deadline_cannot_put_it_off():
    assert is_established(series((0, DEEP), (10, ABNORMAL)))
    assert not is_established(series((0, DEEP), (9, ABNORMAL)))


def test_what_is_established_stays_so_with_every_further_reading_and_ends_with_a_normal_one():
    track = series((0, ABNORMAL), (20, ABNORMAL), (21, DEEP))
    assert (track.finding.since_ms, track.finding.event_id) == (0, "at-0")
    assert is_established(track)
    assert not is_pending(track)
    assert not is_established(series((0, ABNORMAL), (20, ABNORMAL), (21, NORMAL)))
    assert not is_established(None)


def test_a_finding_is_named_after_its_first_reading():
    assert series((0, ABNORMAL), (5, ABNORMAL)).finding.event_id == "at-0"
    critical = series((0, CRITICAL), (5, CRITICAL)).critical
    assert (critical.since_ms, critical.event_id) == (0, "at-0")


@pytest.mark.parametrize(("manner", "due_ms"), [(FAST, 10_000), (CUFF, 10_000), (PATCH, 10_000), (SPOT, 0)])
def test_a_critical_value_of_a_stream_lasts_ten_seconds_and_counts_at_once_by_hand(manner, due_ms):
    assert series((0, CRITICAL), manner=manner).critical.due_ms == due_ms


def test_a_second_critical_value_of_a_cuff_waits_for_the_ten_seconds_all_the_same():
    track = series((0, CRITICAL), (5, CRITICAL), manner=CUFF)
    assert is_established(track)  # low twice
    assert track.critical.due_ms == 10_000
    assert not track.critical.established
    alone = settle(series((0, CRITICAL), manner=CUFF), 10_000)
    assert (alone.critical.established, is_established(alone)) == (True, False)
    assert is_established(settle(alone, 5 * MINUTE))


@pytest.mark.parametrize(("manner", "due_ms"), [(CUFF, 5 * MINUTE), (PATCH, 10 * MINUTE), (SPOT, 0)])
def test_a_single_reading_that_is_no_stream(manner, due_ms):
    assert series((0, DEEP), manner=manner).finding.due_ms == due_ms


def test_only_a_cuff_is_confirmed_by_a_second_reading():
    assert is_established(series((0, ABNORMAL), (60, ABNORMAL), manner=CUFF))
    assert is_pending(series((0, ABNORMAL), (60, ABNORMAL), manner=PATCH))


def test_new_limits_count_from_now_for_the_newest_reading_too():
    normal = series((0, NORMAL))
    low = recategorised(normal, ABNORMAL, 60_000, DEFAULT_RULES)
    assert (low.category, low.finding.since_ms, low.finding.due_ms) == (ABNORMAL, 60_000, 75_000)
    assert (low.last_ms, low.value) == (normal.last_ms, normal.value)
    assert (low.critical, low.finding.event_id) == (None, "limits")
    again = recategorised(low, NORMAL, 70_000, DEFAULT_RULES)
    assert (again.category, again.finding) == (NORMAL, None)
    assert recategorised(normal, NORMAL, 60_000, DEFAULT_RULES) is normal


def test_new_limits_do_not_start_anew_what_is_pending_or_stands():
    low = series((0, ABNORMAL))
    assert recategorised(low, DEEP, 5_000, DEFAULT_RULES).finding.due_ms == 15_000
    assert is_established(recategorised(settle(low, 15_000), DEEP, 20_000, DEFAULT_RULES))
    worst = recategorised(low, CRITICAL, 5_000, DEFAULT_RULES)
    assert (worst.critical.since_ms, worst.critical.due_ms, worst.critical.event_id) == (5_000, 15_000, "limits")
    assert recategorised(worst, ABNORMAL, 6_000, DEFAULT_RULES).critical is None
    by_hand = recategorised(series((0, CRITICAL), manner=SPOT), DEEP, 1, DEFAULT_RULES)
    assert by_hand.critical is None


EVEN = Track(100, 97, NORMAL, FAST, dense=Dense(100, 10, 140))


def test_readings_known_to_come_are_the_newest_in_their_time():
    assert [newest_ms(EVEN, at_ms) for at_ms in (99, 100, 109, 110, 125, 140, 999)] == [
        100,
        100,
        100,
        110,
        120,
        140,
        140,
    ]
    assert newest_ms(Track(100, 97, NORMAL, FAST), 999) == 100
    assert freshness(EVEN, 5 * MINUTE + 139, DEFAULT_RULES) == "fresh"
    assert freshness(EVEN, 5 * MINUTE + 140, DEFAULT_RULES) == "stale"
    assert observe(None, Reading("", 100, 97, NORMAL, FAST), "e", DEFAULT_RULES, EVEN.dense) == EVEN


def test_the_next_of_the_readings_known_to_come():
    assert [next_reading_ms(EVEN, at_ms) for at_ms in (50, 100, 101, 110, 111, 140, 141)] == [
        100, 100, 110, 110, 120, 140, None,
    ]  # fmt: skip
    assert next_reading_ms(Track(100, 97, NORMAL, FAST), 100) is None


def test_freshness_counts_from_the_last_reading_known_to_come():
    assert deadlines(EVEN, DEFAULT_RULES) == [140 + 5 * MINUTE, 140 + 15 * MINUTE]
    assert deadlines(series((0, NORMAL)), DEFAULT_RULES) == [5 * MINUTE, 15 * MINUTE]


def test_fresh_stale_lost_never():
    track = series((0, NORMAL))
    at = [0, 5 * MINUTE - 1, 5 * MINUTE, 15 * MINUTE - 1, 15 * MINUTE]
    assert [freshness(track, at_ms, DEFAULT_RULES) for at_ms in at] == ["fresh", "fresh", "stale", "stale", "lost"]
    assert freshness(None, 0, DEFAULT_RULES) == "never"


def test_a_stream_low_and_deep_counts_at_ten_seconds_even_if_the_last_reading_is_shallow():
    bed = febrile_bed().monitor(10, sbp_mmhg=80, bp_source="arterial")
    bed.monitor(10 + 10 * SECOND, sbp_mmhg=88, bp_source="arterial").until(10 + 10 * SECOND)
    assert bed.said() == ["crs_rise 2 #1"]


def test_a_second_low_reading_of_a_stream_does_not_wait_longer_than_the_first():
    bed = febrile_bed().monitor(10, sbp_mmhg=80, bp_source="arterial")
    bed.monitor(10 + 5 * SECOND, sbp_mmhg=80, bp_source="arterial").until(10 + 9 * SECOND)
    assert bed.said() == []
    assert bed.interval == (1, 2)
    bed.until(10 + 10 * SECOND)
    assert bed.said() == ["crs_rise 2 #1"]


def test_a_critical_pressure_stands_through_further_ones():
    bed = Bed().admit().on_room_air()
    for second in (0, 4, 8, 12):
        bed.monitor(1 + second * SECOND, sbp_mmhg=45, bp_source="arterial")
    assert bed.said() == ["critical_value sbp_mmhg"]
    bed.monitor(2, sbp_mmhg=45, bp_source="arterial")
    assert bed.said() == []
