"""When time alone may change something, while a past with known readings is folded again."""

import pytest
from msgspec.structs import replace

from services.grader.engine.chart import Attribution, Chart, Exam, Infusion, Oxygen
from services.grader.engine.crs.holds import MeasuredHold
from services.grader.engine.durations import hours, minutes
from services.grader.engine.fold import Episode, Fold, Holds
from services.grader.engine.fold_times import next_time
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.engine.signs.readings import ABNORMAL, FAST, NORMAL
from services.grader.engine.signs.track import Dense, Track

SECOND = 1000
HALF_HOUR = minutes(30)
ARTERIAL, SPO2 = "sbp_mmhg:arterial", "spo2_pct"


def even(category=NORMAL, until_s=3600):
    """Readings every second from 10 s on."""
    return Track(10 * SECOND, 97, category, FAST, dense=Dense(10 * SECOND, SECOND, until_s * SECOND))


def fold(holds, chart=None, **tracks):
    at_ms = 10 * SECOND
    return Fold(at_ms, at_ms, tracks, chart or Chart(), holds)


def test_a_hold_begins_with_the_next_reading_known_to_come():
    assert next_time(fold(Holds(saturation=MeasuredHold(2)), spo2_pct=even()), DEFAULT_RULES) == 11 * SECOND
    assert next_time(fold(Holds(pressure=MeasuredHold(2)), **{ARTERIAL: even()}), DEFAULT_RULES) == 11 * SECOND


def test_a_hold_ends_with_the_first_reading_half_an_hour_later():
    begun = MeasuredHold(2, 10 * SECOND + 500)
    assert next_time(fold(Holds(saturation=begun), spo2_pct=even()), DEFAULT_RULES) == 11 * SECOND + HALF_HOUR


@pytest.mark.parametrize(
    ("holds", "track"),
    [
        (Holds(), even()),  # nothing is held
        (Holds(pressure=MeasuredHold(2)), even()),  # another sign
        (Holds(saturation=MeasuredHold(2)), even(ABNORMAL)),  # what comes supports nothing
        (Holds(saturation=MeasuredHold(2, SECOND)), even(until_s=600)),  # the last comes too early
    ],
)
def test_otherwise_the_next_that_time_changes_is_freshness(holds, track):
    due_ms = next_time(fold(holds, spo2_pct=track), DEFAULT_RULES)
    assert due_ms == track.dense.until_ms + minutes(DEFAULT_RULES.fast_stale_min)


def test_a_pressure_held_up_by_a_vasopressor_begins_no_hold_and_saturation_does():
    chart = Chart(pressors=(Infusion("dopamine"),))
    held = Holds(pressure=MeasuredHold(2), saturation=MeasuredHold(2))
    stale_ms = even().dense.until_ms + minutes(DEFAULT_RULES.fast_stale_min)
    assert next_time(fold(held, chart, **{ARTERIAL: even()}), DEFAULT_RULES) == stale_ms
    assert next_time(fold(held, chart, **{ARTERIAL: even(), SPO2: even()}), DEFAULT_RULES) == 11 * SECOND


@pytest.mark.parametrize(
    ("chart", "due_ms"),
    [
        (Chart(pressors_ms=7), 7 + hours(4)),
        (Chart(oxygen=Oxygen("face_mask", None, None, 7, "e")), 7 + hours(12)),
        (Chart(antipyretic_ms=7), 7 + hours(6)),
        (Chart(attributions=(Attribution("hypoxia", 99, 7, "e"),)), 99),
        (Chart(neuro={"ice": Exam(10, 7, "e")}), 7 + hours(14)),
    ],
)
def test_what_was_charted_runs_out(chart, due_ms):
    assert next_time(Fold(chart=chart), DEFAULT_RULES) == due_ms


def test_nothing_is_due_of_nobody_and_a_quiet_episode_closes():
    assert next_time(Fold(), DEFAULT_RULES) is None
    quiet = replace(Fold(), episode=Episode("fever-1", 0, quiet_ms=5))
    assert next_time(quiet, DEFAULT_RULES) == 5 + hours(24)
    assert next_time(replace(quiet, reached_ms=5 + hours(24)), DEFAULT_RULES) is None
