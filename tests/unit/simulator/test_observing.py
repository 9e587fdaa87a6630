"""How often and by whom a patient is observed, and what a failed sensor does not hide."""

from itertools import pairwise

import pytest

from tests.unit.simulator.wards import HOUR_MS, bodies, one, plan, time_of

MINUTE_MS = 60_000


def charted(of_plan, kind):
    return [body for body in bodies(of_plan) if body.get("kind") == kind]


def measured(of_plan, source, sign):
    return [body for body in bodies(of_plan) if body.get("source") == source and sign in body]


def longest_wait_ms(events):
    return max(later - earlier for earlier, later in pairwise(sorted({time_of(body) for body in events})))


@pytest.mark.parametrize(
    ("kind", "limit_h"),
    [("vasopressor", 4), ("oxygen", 12), ("neuro", 14)],
)
def test_support_and_examinations_are_charted_before_they_count_as_unconfirmed(kind, limit_h):
    events = charted(plan(1, days=3), kind)

    assert longest_wait_ms(events) < limit_h * HOUR_MS


def test_temperatures_are_taken_before_they_are_stale():
    assert longest_wait_ms(measured(plan(1, days=3), "manual", "temperature_c")) < 4.5 * HOUR_MS


def test_fever_is_watched_every_two_hours():
    temperatures = measured(one("crs_1", days=3), "manual", "temperature_c")

    waits = [
        time_of(later) - time_of(earlier)
        for earlier, later in pairwise(temperatures)
        if earlier["temperature_c"] >= 38.0
    ]
    assert waits
    assert max(waits) <= 2.2 * HOUR_MS


def test_a_low_pressure_is_measured_again_within_minutes():
    readings = measured(one("crs_3", days=3), "monitor", "sbp_mmhg")

    waits = [time_of(later) - time_of(low) for low, later in pairwise(readings) if low["sbp_mmhg"] < 90]
    assert len(waits) > 3
    assert max(waits) <= 6 * MINUTE_MS


def test_the_cuff_has_times_of_its_own():
    cuff = measured(plan(1, days=3), "monitor", "sbp_mmhg")

    assert all("heart_rate_bpm" not in body for body in cuff)
    assert 40 * MINUTE_MS < longest_wait_ms(cuff) < 75 * MINUTE_MS


def test_a_probe_that_falls_off_hides_saturation_alone():
    events = bodies(one("sensor_falls_off", days=3))

    saturations = [body for body in events if "spo2_pct" in body]
    heart_rates = [body for body in events if "heart_rate_bpm" in body]
    assert 3 * HOUR_MS <= longest_wait_ms(saturations) < 3.1 * HOUR_MS
    assert longest_wait_ms(heart_rates) < 5 * MINUTE_MS


def test_a_silent_monitor_sends_nothing_for_two_hours():
    sent = [body for body in bodies(one("monitor_goes_silent", days=3)) if "device_id" in body]

    assert 2 * HOUR_MS <= longest_wait_ms(sent) < 2.1 * HOUR_MS


def test_what_one_sensor_misses_changes_nothing_that_others_show():
    whole, gapped = (
        [body["heart_rate_bpm"] for body in bodies(one(name, days=3)) if "heart_rate_bpm" in body]
        for name in ("well", "sensor_falls_off")
    )

    assert whole == gapped


def test_leads_slip_now_and_then_and_never_for_long():
    readings = [body for body in bodies(plan(1, days=3, every_ms=10_000)) if body.get("source") == "monitor"]

    streamed = [body for body in readings if "bp_source" not in body]
    incomplete = [body for body in streamed if len(body) < 9]
    assert 0 < len(incomplete) < len(streamed) / 100


def test_an_arterial_line_is_a_series_beside_the_cuff():
    events = bodies(one("crs_4", days=3))

    sources = {body["bp_source"] for body in events if "sbp_mmhg" in body and "bp_source" in body}
    assert sources == {"cuff", "arterial"}


def test_without_a_monitor_everything_comes_by_hand():
    vitals = [body for body in bodies(one("hand_charted")) if "source" in body]

    assert {body["source"] for body in vitals} == {"manual"}
    assert all("spo2_pct" in body and "resp_rate_bpm" in body for body in vitals)


def test_a_child_is_examined_by_capd():
    examined = charted(one("paediatric_crs_2"), "neuro")

    assert examined
    assert all("capd" in body and "ice" not in body for body in examined)


def test_who_went_home_is_not_heard_of_again():
    events = bodies(one("going_home", days=3))

    discharged_ms = next(time_of(body) for body in events if body.get("action") == "discharge")
    assert time_of(events[-1]) < discharged_ms + 10 * MINUTE_MS


def test_a_mistake_is_taken_back_by_name():
    events = bodies(one("entered_in_error", days=3))

    (retraction,) = [body for body in events if body.get("kind") == "retraction"]
    (wrong,) = [body for body in events if body["event_id"] == retraction["retracts"]]
    assert wrong["temperature_c"] == 39.4
    assert time_of(retraction) - time_of(wrong) == 25 * MINUTE_MS


def test_vasopressors_are_weaned_and_then_charted_as_none():
    charts = charted(one("crs_3", days=3), "vasopressor")

    rates = [body["rate"] for body in charts if body["drug"] == "norepinephrine"]
    assert max(rates) == 0.12
    assert rates[-1] == 0
    assert charts[-1]["drug"] == charts[0]["drug"] == "none"
