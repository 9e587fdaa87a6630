"""Steady patients where something is just about to be otherwise: found by random streams, kept as named examples."""

from services.grader.engine.past.history import MOST_SPANS, short_name
from services.grader.engine.steady.row import Sums
from tests.unit.grader.two_ways import TwoWays
from tests.vignettes.bed import ms
from tests.vignettes.starting_points import SECOND

RATES = {"heart_rate_bpm": 80, "resp_rate_bpm": 16, "spo2_pct": 97}


def test_a_pressure_of_another_line_is_never_taken_for_one_of_this_line():
    ways = TwoWays().admit()
    ways.vitals(1, **RATES, map_mmhg=86, bp_source="cuff")
    for second in (1, 2):
        ways.vitals(1 + second * SECOND, **RATES, sbp_mmhg=118, bp_source="arterial")
    ways.vitals(1 + 3 * SECOND, **RATES, sbp_mmhg=119, bp_source="cuff")
    assert {name for name in ways.same_state().newest if "sbp" in name} == {"sbp_mmhg:arterial", "sbp_mmhg:cuff"}


def test_a_pause_is_counted_from_the_last_vitals_whatever_ran_out_since():
    """A stream that was silent for a quarter of an hour is back without its heart rate, and both is said."""
    ways = TwoWays().admit()
    for second in range(10):
        ways.vitals(1 + second * SECOND, sbp_mmhg=118, heart_rate_bpm=80)
    ways.until(17)
    assert "resolved" not in ways.kinds()
    ways.vitals(17, sbp_mmhg=118)  # the heart rate was lost just before
    assert ways.kinds()[-2:] == ["resolved", "technical_stale"]
    ways.same_state()


def test_a_run_ends_with_the_value_that_it_was_remembered_with():
    """Of two values in one second the first is kept of the run, the second is the newest."""
    ways = TwoWays().admit()
    for second in (0, 1, 2, 2.5, 4, 5):
        ways.vitals(1 + second * SECOND, **{**RATES, "heart_rate_bpm": 80 + 2 * second})
    state = ways.same_state()
    assert [(run.readings, run.value) for run in state.history.spans["heart_rate_bpm"]] == [(3, 84), (2, 90)]


def test_what_waits_ahead_of_the_fold_is_folded_with_a_second_record_of_one_second():
    """A retraction that finds nothing lies at its own time, where a refold meets it."""
    ways = TwoWays().admit()
    for second in range(3):
        ways.vitals(1 + second * SECOND, **RATES)
    ways.chart(1 + 30 * SECOND, "retraction", retracts="not here yet")
    for second in (3, 4, 5):
        ways.vitals(1 + second * SECOND, heart_rate_bpm=80, resp_rate_bpm=16, arrives=1 + 30 * SECOND)
    ways.vitals(1 + 5.4 * SECOND, spo2_pct=97, arrives=1 + 30 * SECOND)
    state = ways.same_state()
    assert state.fold.at_ms == ms(1 + 30 * SECOND)  # where the retraction lies
    runs = [(run.first_ms, run.readings) for run in state.history.spans["spo2_pct"]]
    assert runs == [(ms(1), 3), (ms(1 + 5 * SECOND), 1)]


def test_a_fever_that_begins_anew_after_a_reading_by_hand_names_the_reading_it_begins_with():
    """Also when the past is folded again from before that reading."""
    ways = TwoWays().admit()
    for second in range(40):
        ways.vitals(1 + second * SECOND, temperature_c=38.0, heart_rate_bpm=89, event_id=f"s{second}")
        if second == 20:
            by_hand = {"source": "manual", "temperature_site": "oral", "temperature_c": 36.8}
            ways.vitals(1 + 20 * SECOND, **by_hand, event_id="by hand")
    ways.chart(1 + 39 * SECOND, "medication", drug="paracetamol")
    assert ways.same_state().fold.tracks["temperature_c"].finding.event_id == "s21"


def test_a_reading_by_hand_in_the_second_of_the_newest_ends_a_steady_run():
    ways = TwoWays().admit()
    for second in range(10):
        ways.vitals(1 + second * SECOND, **RATES, event_id=f"s{second}")
        if second == 5:
            ways.vitals(1 + 5 * SECOND, source="manual", spo2_pct=97, event_id="by hand")
    runs = ways.same_state().history.spans["spo2_pct"]
    assert [(run.event_id, run.readings) for run in runs] == [("s0", 6), ("s6", 4)]


def test_runs_that_are_more_than_there_is_room_for_are_told_coarsely_as_ever():
    """Saturation hovers at its limit: neighbours differ, so none of them can be joined."""
    ways, minute = TwoWays(watch_all=False).admit(), 1.0
    for number in range(55):
        minute += 2 * SECOND
        ways.vitals(minute, spo2_pct=89 if number % 2 else 90)
    assert len(ways.same_state().history.spans["spo2_pct"]) > MOST_SPANS
    for number in range(60):
        minute += (70 if number % 2 else 1) * SECOND
        ways.vitals(minute, spo2_pct=90)
    runs = ways.same_state().history.spans["spo2_pct"]
    assert len(runs) <= MOST_SPANS
    assert sum(run.readings for run in runs) == 55 + 60


def test_whether_an_id_is_kept_does_not_depend_on_when_somebody_last_looked():
    """The heart rate climbs: each step is within what the one before it allowed, the last not within the first."""
    ways, looked_at = TwoWays().admit(), TwoWays().admit()
    for second in range(60):
        values = {**RATES, "heart_rate_bpm": 70 + second, "sbp_mmhg": 118, "temperature_c": 37.0}
        for one in (ways, looked_at):
            one.vitals(1 + second * SECOND, **values, bp_source="arterial")
        looked_at.restarted()
    assert set(ways.quick.patients["bed-7"].history.seen) == set(looked_at.quick.patients["bed-7"].history.seen)
    assert ways.same_state() == looked_at.same_state()


def test_an_id_older_than_the_lateness_bound_is_forgotten_by_a_retraction_too():
    """Whenever it is that somebody tidies up."""
    ways = TwoWays().admit()
    for step in range(40):
        low = step == 15
        ways.vitals(1 + step, spo2_pct=88 if low else 97, event_id="low" if low else f"m{step}")
    assert short_name("low") in ways.quick.patients["bed-7"].history.seen  # though it came 25 minutes ago
    ways.chart(45, "retraction", retracts="low")
    assert list(ways.same_state().history.retracted) == ["low"]
    for partition in (ways.quick, ways.long):
        assert short_name("low") not in partition.patients["bed-7"].history.seen


def test_an_id_that_is_part_of_a_charted_one_is_another_event_and_the_charted_one_itself_is_known():
    ways = TwoWays().admit()
    for second in range(3):
        ways.vitals(1 + second * SECOND, **RATES)
    ways.vitals(1 + 3 * SECOND, **{**RATES, "heart_rate_bpm": 84}, event_id="e")  # a part of e0, who was admitted by it
    assert ways.same_state().newest["heart_rate_bpm"].value == 84
    ways.vitals(1 + 4 * SECOND, **{**RATES, "heart_rate_bpm": 88}, event_id="e0")
    assert ways.same_state().newest["heart_rate_bpm"].value == 84
    assert ways.said[-1].value["reason"] == "conflicting_event_id"


def test_a_clock_that_was_never_set_stops_nobody():
    """A machine that starts without its battery begins at 1970, in the middle of a point of the trends before it."""
    row = Sums("")
    for index in (-1, 0, 1):
        row.turn(index)
        row.n, row.x, row.y = 2, 60, 16_000
    row.turn(2)
    assert row.points == tuple((index, 2, 60, 16_000) for index in (-1, 0, 1))
