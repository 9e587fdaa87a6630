"""A patient whose stream says what it said before, for hours: the same as if each record were looked at."""

from random import Random
from typing import Any

import pytest

from services.grader.engine.past.history import MOST_SPANS, short_name
from tests.unit.grader.two_ways import TwoWays
from tests.vignettes.bed import ms
from tests.vignettes.starting_points import SECOND

RATES: dict[str, Any] = {"heart_rate_bpm": 80, "resp_rate_bpm": 16, "spo2_pct": 97}
LINE: dict[str, Any] = {"sbp_mmhg": 118, "dbp_mmhg": 70, "map_mmhg": 86, "bp_source": "arterial"}
WARM: dict[str, Any] = {"temperature_c": 37.2}


def steady(ways: TwoWays, start: float, seconds: range, **values: Any) -> int:
    """How many of a stream's records were taken at once."""
    return sum(ways.vitals(start + second * SECOND, **{**RATES, **values}) for second in seconds)


@pytest.mark.parametrize(
    "values", [{}, LINE, WARM, {**LINE, **WARM}, {"temperature_c": 36.9, "temperature_site": "axillary"}]
)
@pytest.mark.parametrize("source", ["monitor", "wearable"])
def test_two_minutes_of_a_monitor_are_all_taken_at_once_but_the_first(values, source):
    ways = TwoWays().admit()
    assert steady(ways, 1, range(120), source=source, **values) == 118
    state = ways.same_state()
    assert state.history.spans["heart_rate_bpm"][-1].readings == 120
    assert (state.vitals_ms, state.newest["spo2_pct"].event_id) == (ms(1 + 119 * SECOND), "e122")
    assert list(state.history.seen) == [short_name("e3")]  # of the first alone: on the others nothing rests


def test_values_may_move_within_what_changes_nothing():
    ways, random = TwoWays().admit(), Random(7)
    for second in range(120):
        moved = {"heart_rate_bpm": random.randint(60, 90), "spo2_pct": random.choice([96, 97, 98]), "sbp_mmhg": 118.5}
        ways.vitals(1 + second * SECOND, **{**RATES, **LINE, **moved})
    assert sum(ways.ways) == 118
    assert ways.same_state().trends["heart_rate_bpm"].readings > 30


@pytest.mark.parametrize("pauses", [(1, 2), (1, 1, 1, 5), (2, 2, 60, 1), (3,), (59, 61), (1, 0.4, 1.6)])
def test_a_monitor_that_speaks_at_odd_times_is_remembered_alike_whichever_way_it_came(pauses):
    ways, minute = TwoWays().admit(), 1.0
    for number in range(80):
        minute += pauses[number % len(pauses)] * SECOND
        ways.vitals(minute, **RATES, **LINE)
    assert sum(ways.ways) > 20
    spans = ways.same_state().history.spans["spo2_pct"]
    assert len(spans) <= MOST_SPANS


def test_runs_are_joined_by_the_long_way_when_there_is_no_room_for_more():
    ways, minute = TwoWays().admit(), 1.0
    for number in range(300):
        minute += (1 + number % 3 + number % 7) * SECOND
        ways.vitals(minute, **RATES)
    assert not all(ways.ways[10:])
    assert ways.same_state().history.spans["spo2_pct"][0].readings > 10


@pytest.mark.parametrize("split", [("spo2_pct",), ("heart_rate_bpm", "resp_rate_bpm"), ("spo2_pct", "temperature_c")])
@pytest.mark.parametrize("apart_s", [0, 0.4])
def test_signs_of_one_second_may_come_in_several_records(split, apart_s):
    values = {**RATES, **WARM}
    ways = TwoWays().admit()
    for second in range(60):
        one = {name: values[name] for name in split}
        ways.vitals(1 + second * SECOND, **one)
        rest = {name: item for name, item in values.items() if name not in split}
        ways.vitals(1 + (second + apart_s) * SECOND, **rest)
    assert sum(ways.ways) > 110
    assert ways.same_state().history.spans["spo2_pct"][-1].readings == 60


def test_of_one_second_the_same_sign_twice_is_shown_as_the_newest_and_graded_as_the_first():
    ways = TwoWays().admit()
    steady(ways, 1, range(10))
    assert ways.vitals(1 + 10 * SECOND, **RATES)
    assert ways.vitals(1 + 10.5 * SECOND, spo2_pct=98)
    state = ways.same_state()
    assert (state.newest["spo2_pct"].value, state.fold.tracks["spo2_pct"].value) == (98, 97)
    assert ways.vitals(1 + 11 * SECOND, **RATES)
    assert not ways.vitals(1 + 10.9 * SECOND, spo2_pct=96)  # late
    ways.same_state()


def test_a_monitor_that_speaks_twice_a_second_is_taken_at_once():
    ways = TwoWays().admit()
    assert sum(ways.vitals(1 + half / 2 * SECOND, **{**RATES, "spo2_pct": 97 + half % 2}) for half in range(80)) > 70
    assert ways.same_state().history.spans["spo2_pct"][-1].readings == 40


@pytest.mark.parametrize("target", [86, 88])
def test_a_saturation_that_is_graded_by_its_own_target_is_gathered_twice(target):
    ways = TwoWays().admit().chart(0, "baseline", oxygen_device="nasal_cannula", spo2_target_low_pct=target)
    ways.chart(0, "oxygen", device="nasal_cannula", flow_l_min=2)
    assert steady(ways, 1, range(60), spo2_pct=92) > 50
    spans = ways.same_state().history.spans
    assert spans["spo2_pct"][-1].readings == spans["spo2_pct:home"][-1].readings == 60


def test_a_point_of_the_trends_that_ends_in_between_is_as_it_was():
    ways = TwoWays().admit()
    taken = sum(ways.vitals(1 + 10 * step * SECOND, **RATES, **WARM) for step in range(120))
    assert taken > 110
    trends = ways.same_state().trends
    assert trends["heart_rate_bpm"].before.count(";") >= 1
    assert trends["heart_rate_bpm:per_degree"].before.count(";") >= 1


def test_the_estimate_is_repeated_every_five_minutes_while_data_arrive():
    ways = TwoWays().admit()
    before = ways.estimates()
    taken = sum(ways.vitals(1 + 5 * step * SECOND, **RATES) for step in range(12 * 21))
    assert taken >= 12 * 21 - 10  # not the first, nor those with which it is repeated
    assert ways.estimates() - before == 1 + 4
    ways.same_state()


def test_once_an_hour_the_past_is_marked():
    ways = TwoWays().admit()
    for step in range(60 * 3):
        ways.vitals(1 + step, **RATES)
    state = ways.same_state()
    marked = [mark.at_ms for mark in ways.quick.patients["bed-7"].marks]
    assert ms(181) - marked[-1] <= 66 * 60_000
    assert state.shown_ms >= ms(176)


def test_a_month_that_is_completed_between_two_readings_is_looked_at():
    """A child whose heart rate of 151 scores two points more from the fourth birthday on."""
    years = 4 - 3 / 24 / 60 / 365.25  # four years old in three minutes
    ways = TwoWays().admit(age_years=years)
    steady(ways, 1, range(400), heart_rate_bpm=140, resp_rate_bpm=25, spo2_pct=96)
    assert False in ways.ways[10:]
    ways.same_state()


@pytest.mark.parametrize("after", [1, 2, 3, 7, 60])
def test_a_restart_at_any_record_changes_nothing(after):
    ways = TwoWays().admit()
    for second in range(1, 80):
        ways.vitals(1 + second * SECOND, **RATES, **WARM)
        if second % after == 0:
            ways.restarted()
    ways.until(7)
    assert ways.vitals(8, **RATES) is False
    ways.same_state()


@pytest.mark.parametrize("sign", ["heart_rate_bpm", "resp_rate_bpm", "spo2_pct", "sbp_mmhg", "temperature_c"])
def test_each_sign_that_falls_silent_alone_goes_stale_at_its_time(sign):
    ways = TwoWays().admit()
    values = {**RATES, **LINE, **WARM}
    for second in range(20):
        ways.vitals(1 + second * SECOND, **values)
    left = {name: value for name, value in values.items() if name != sign}
    for step in range(200):
        ways.vitals(2 + 5 * step * SECOND, **left)
        ways.until(2 + (5 * step + 4) * SECOND)
    assert sum(ways.ways) > 180
    assert ("technical_stale" in ways.kinds()) is (sign in ("heart_rate_bpm", "resp_rate_bpm", "spo2_pct", "sbp_mmhg"))
    ways.same_state()


def test_a_stream_that_falls_silent_is_told_at_its_time():
    ways = TwoWays().admit()
    steady(ways, 1, range(30))
    ways.until(16 + 29 * SECOND - SECOND / 1000)
    assert ways.kinds().count("technical_silent") == 0
    ways.until(16 + 29 * SECOND)
    assert ways.kinds().count("technical_silent") == 1
    ways.same_state()


def test_what_other_clocks_bring_is_brought_while_the_stream_goes_on():
    """Oxygen that nobody confirmed, a temperature that grows old: nothing of it needs a record."""
    ways = TwoWays().admit().chart(0, "immunotherapy", product="axi-cel")
    ways.vitals(0, source="manual", temperature_c=38.5)
    for step in range(0, 14 * 60, 2):
        ways.vitals(1 + step, **RATES, **LINE)
        ways.until(2 + step)
    assert {"neuro_due", "technical_stale"} <= set(ways.kinds())
    ways.same_state()


def test_a_value_that_says_more_is_heard_at_once_and_the_stream_goes_on():
    ways = TwoWays().admit()
    ways.vitals(0, source="manual", temperature_c=38.5)
    steady(ways, 1, range(60))
    steady(ways, 2, range(40), spo2_pct=86)
    assert ways.kinds() == ["crs_rise", "crs_rise"]
    assert ways.ways[-10:] == [True] * 10
    steady(ways, 2 + 40 * SECOND, range(20))
    ways.until(60)
    ways.same_state()


# --- ids of which nothing rests on --------------------------------------------------------------------------------


def test_a_reading_sent_again_changes_nothing_although_its_id_is_not_kept():
    ways = TwoWays().admit()
    steady(ways, 1, range(30))
    state = ways.same_state()
    for second in (29, 15, 1, 0):
        sent = {"event_id": f"e{3 + second}", "schema": "crs.vitals.v1", "source": "monitor", **RATES}
        sent["observed_at"] = f"2026-03-01T08:01:{second:02}.000Z"
        assert not ways.send(sent, ms(2))
    assert ways.same_state() == state


def test_a_retraction_of_an_id_that_nothing_rests_on_empties_nothing_and_trends_begin_anew():
    ways = TwoWays().admit()
    steady(ways, 1, range(30))
    ways.chart(2, "retraction", retracts="e18")
    state = ways.same_state()
    assert [(span.first_ms, span.readings) for span in state.history.spans["spo2_pct"]] == [(ms(1), 30)]
    assert (state.trends, state.history.retracted) == ({}, {"e18": ms(2)})
    # And it waits: the reading does not count when it comes again.
    sent = {
        "event_id": "e18",
        "schema": "crs.vitals.v1",
        "source": "monitor",
        "observed_at": "2026-03-01T08:02:05.000Z",
    }
    assert not ways.send({**sent, **RATES}, ms(2 + 5 * SECOND))
    assert ways.same_state().vitals_ms == ms(1 + 29 * SECOND)


def test_the_first_of_a_run_is_taken_back_with_its_second():
    ways = TwoWays().admit()
    steady(ways, 1, range(30))
    ways.chart(2, "retraction", retracts="e3")
    assert [(span.first_ms, span.readings) for span in ways.same_state().history.spans["spo2_pct"]] == [
        (ms(1 + SECOND), 29)
    ]


def test_the_newest_reading_of_a_steady_stream_is_not_shown_once_it_is_retracted():
    ways = TwoWays().admit()
    steady(ways, 1, range(10))
    newest = ways.same_state().newest["spo2_pct"]
    ways.chart(2, "retraction", retracts=newest.event_id)
    after = ways.same_state().newest["spo2_pct"]
    assert (after.observed_ms, newest.observed_ms) == (ms(1 + 8 * SECOND), ms(1 + 9 * SECOND))
