"""A steady patient at the edge of what the short way may take: found by generated wards, kept as named examples."""

import pytest

from tests.unit.grader.two_ways import TwoWays
from tests.vignettes.bed import when
from tests.vignettes.starting_points import SECOND

RATES = {"heart_rate_bpm": 80, "resp_rate_bpm": 16, "spo2_pct": 97}
WORSE = {"heart_rate_bpm": 120, "resp_rate_bpm": 22, "spo2_pct": 95}
ARTERIAL, CUFF = {"sbp_mmhg": 120, "bp_source": "arterial"}, {"sbp_mmhg": 95, "bp_source": "cuff"}


def streamed(ways: TwoWays, minute: float, seconds: int, **values: object) -> float:
    """A stream once a second; the minute at which it goes on."""
    for second in range(seconds):
        ways.vitals(minute + second * SECOND, **values)
    return minute + seconds * SECOND


def cuff_before_the_line(ways: TwoWays) -> float:
    ways.vitals(1, **RATES, **CUFF)
    return streamed(ways, 2, 5, **RATES, **ARTERIAL)


def cuff_by_hand_after_the_line(ways: TwoWays) -> float:
    then = streamed(ways, 2, 5, **RATES, **ARTERIAL)
    ways.vitals(then, source="manual", sbp_mmhg=85)
    return then + SECOND


def both_at_one_time(ways: TwoWays) -> float:
    then = streamed(ways, 2, 5, **RATES)
    ways.vitals(then, sbp_mmhg=95, bp_source="arterial")
    ways.vitals(then, sbp_mmhg=120, bp_source="cuff")
    return then + SECOND


@pytest.mark.parametrize(
    ("pressures", "later_s"), [(cuff_before_the_line, 400), (cuff_by_hand_after_the_line, 400), (both_at_one_time, 100)]
)
def test_a_ward_score_is_paged_in_time_whichever_pressure_it_counts(pressures, later_s):
    """A line that was removed is stale soon; the cuff beside it counts for an hour longer."""
    ways = TwoWays().admit()
    ways.vitals(0.5, source="manual", temperature_c=36.8)
    then = streamed(ways, pressures(ways), later_s, **RATES)
    assert "ward_score" not in ways.kinds()
    streamed(ways, then, 120, **WORSE)
    assert "ward_score" in ways.kinds()
    ways.same_state()


def test_in_a_new_episode_a_gap_is_paged_for_again_with_the_first_fever():
    """The probe is connected when a low pressure has been paged for: what is missing is missing in an episode now."""
    ways = TwoWays()
    ways.chart(0, "encounter", action="admit", unit="onc", age_years=60)
    low = {**RATES, "sbp_mmhg": 85, "bp_source": "arterial"}
    then = streamed(ways, 1, 200, **low)
    assert ways.kinds() == ["possible_crs"]
    ways.vitals(then, **low, temperature_c=38.5)
    assert ways.kinds() == ["possible_crs", "crs_rise", "possible_crs"]
    streamed(ways, then + SECOND, 10, **low, temperature_c=38.5)
    assert len(ways.kinds()) == 3
    ways.same_state()


@pytest.mark.parametrize("again", [{"spo2_pct": 97, "heart_rate_bpm": 82}, {"spo2_pct": 97}])
def test_a_common_record_under_the_id_of_another_is_placed_in_its_own_second(again):
    """Ids of a steady stream are not kept, so nobody can refuse it; nor may it be taken for the other one."""
    ways = TwoWays().admit()
    ways.vitals(1, spo2_pct=97, heart_rate_bpm=80, event_id="x")
    streamed(ways, 1 + SECOND, 2, spo2_pct=97, heart_rate_bpm=80)
    ways.vitals(1 + 3 * SECOND, **again, event_id="x")
    assert not [output for output in ways.said if output.topic == "rejected"]
    assert ways.same_state().trends["spo2_pct"].readings == 4


@pytest.mark.parametrize("lag_s", [0, 7])
def test_on_a_birthday_the_test_that_is_due_is_another_one_at_once(lag_s):
    """CAPD until the day of the twelfth birthday, ICE from then on."""
    ways = TwoWays().chart(0, "encounter", action="admit", unit="onc", birth_date="2014-03-02")
    ways.chart(0, "oxygen", device="room_air").chart(0, "vasopressor", drug="none")
    ways.chart(0, "immunotherapy", product="axi-cel")
    midnight = 16 * 60
    for second in range(-60, 60):
        at = midnight + second * SECOND
        ways.vitals(at, arrives=at + lag_s * SECOND, **RATES)
    shown = [output.value["as_of"] for output in ways.said if output.topic == "estimates" and output.value]
    assert any(when(midnight) <= as_of <= when(midnight + 10 * SECOND) for as_of in shown)
    ways.same_state()


def test_the_fever_of_a_patch_that_counted_for_a_moment_is_unknown_again():
    """Its one reading goes stale as soon as it has lasted long enough."""
    ways = TwoWays().admit().chart(0, "immunotherapy", product="axi-cel")
    ways.vitals(1, source="wearable", temperature_c=38.5, heart_rate_bpm=80)
    streamed(ways, 1 + SECOND, 1_000, source="wearable", heart_rate_bpm=80, spo2_pct=97)
    assert ways.kinds() == ["crs_rise"]
    assert ways.same_state().fold.fever is None


@pytest.mark.parametrize("pace_s", [238, 239, 240, 241])
def test_a_stream_so_slow_that_it_is_nearly_stale_is_looked_at_record_by_record(pace_s):
    ways, pace = TwoWays().admit(), pace_s * SECOND
    for number in range(5):
        ways.vitals(1 + number * pace, **RATES)
    ways.vitals(1 + 4 * pace + 0.4 * SECOND, **RATES)  # the same second once more
    ways.vitals(1 + 5 * pace, **RATES, event_id="x")
    ways.vitals(1 + 5 * pace + SECOND, **RATES)
    ways.vitals(1 + 5 * pace + 2 * SECOND, **{**RATES, "spo2_pct": 85}, event_id="x")
    ways.same_state()


@pytest.mark.parametrize(("waited_h", "graded"), [(23.9, False), (24.2, True)])
def test_a_retraction_waits_a_day_for_its_event_whenever_somebody_tidied_up(waited_h, graded):
    ways = TwoWays().admit().chart(3, "retraction", retracts="waits")
    minute = 10.0
    while minute < 3 + waited_h * 60:
        ways.vitals(minute, **RATES)
        minute += 1
    ways.vitals(3 + waited_h * 60, source="manual", spo2_pct=80, event_id="waits")
    for partition in (ways.quick, ways.long):
        assert (partition.patients["bed-7"].newest["spo2_pct"].value == 80) is graded
