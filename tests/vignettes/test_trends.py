"""Where signs are going: slopes with their uncertainty, when a limit may be met, how long ago fever was."""

from typing import Any

import orjson
import pytest

from schemas.times import parse_time
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.engine.trends.trend_points import points_of, with_value
from tests.vignettes.bed import Bed, ms, when

HOUR = 60
WELL = {"sbp_mmhg": 118, "spo2_pct": 97, "heart_rate_bpm": 80, "resp_rate_bpm": 16}


def bed() -> Bed:
    """Admitted, nothing running."""
    return Bed(watch_all=False).admit().on_room_air()


def by_hand(sign: str, *values: float, every: float = HOUR, **fields: Any) -> Bed:
    """One sign charted again and again, from minute 1."""
    patient = bed()
    for number, value in enumerate(values):
        patient.vitals(1 + every * number, **{sign: value, **fields})
    return patient


def trend_of(patient: Bed, series: str) -> dict[str, Any]:
    return shown(patient)["signs"][series]


def shown(patient: Bed) -> dict[str, Any]:
    """What an estimate would say now, sent or not."""
    (output,) = patient.partition.standing([patient.patient])
    return dict(output.value or {}).get("trend", {})


def test_a_rising_temperature_has_a_slope_with_its_error_and_says_when_fever_may_come():
    found = trend_of(by_hand("temperature_c", 36.8, 37.1, 37.3, 37.5, 37.8), "temperature_c")

    assert (found["points"], found["span_min"], found["unit"]) == (5, 240, "Cel/h")
    assert found["per_hour"] == pytest.approx(0.24)  # least squares by hand
    assert found["standard_error"] == pytest.approx(0.0115, abs=0.0006)
    assert found["low"] == pytest.approx(0.24 - 3.182 * 0.01155, abs=0.001)  # Student's t, 3 degrees of freedom
    assert found["reaches"]["rule"] == "fever_c"
    # 37.78 on the line at the newest point: 0.22 left at 0.24 an hour.
    assert parse_time(found["reaches"]["likely_at"]) == ms(241 + 55)
    times = [parse_time(found["reaches"][name]) for name in ("earliest_at", "likely_at", "latest_at")]
    assert times == sorted(times)


def test_three_points_are_no_slope():
    assert trend_of(by_hand("temperature_c", 36.8, 37.3, 37.8), "temperature_c") == {"points": 3, "span_min": 120}


def test_a_sign_that_wanders_reaches_nothing():
    found = trend_of(by_hand("temperature_c", 37.0, 37.6, 36.9, 37.7, 37.2), "temperature_c")

    assert found["low"] < 0 < found["high"]
    assert "reaches" not in found


def test_a_limit_further_ahead_than_the_points_reach_back_is_not_projected():
    slow = trend_of(by_hand("temperature_c", 36.5, 36.6, 36.7, 36.8, 36.9), "temperature_c")  # fever in 11 hours

    assert slow["low"] > 0
    assert "reaches" not in slow


def test_a_limit_that_is_behind_us_is_not_ahead():
    assert "reaches" not in trend_of(by_hand("temperature_c", 38.1, 38.4, 38.7, 39.0, 39.3), "temperature_c")
    assert "reaches" not in trend_of(by_hand("temperature_c", 37.9, 37.6, 37.3, 37.0, 36.7), "temperature_c")


def test_falling_pressure_heads_for_the_limit_of_this_patient():
    adult = trend_of(by_hand("sbp_mmhg", 118, 112, 106, 100, every=30, dbp_mmhg=60), "sbp_mmhg:cuff")
    assert (adult["reaches"]["rule"], adult["reaches"]["threshold"]) == ("hypotension", 90)

    child = Bed(watch_all=False).admit(age_years=6)
    for number, sbp in enumerate((106, 101, 95, 90)):
        child.vitals(1 + 30 * number, sbp_mmhg=sbp)
    assert trend_of(child, "sbp_mmhg:cuff")["reaches"]["threshold"] == 82


def desaturating(patient: Bed) -> dict[str, Any]:
    for tick in range(45 * 6):
        patient.monitor(2 + tick / 6, spo2_pct=98 - tick // 60)
    return trend_of(patient, "spo2_pct")


def test_falling_saturation_heads_for_the_limit_of_this_patient():
    assert desaturating(bed())["reaches"]["threshold"] == 90

    at_home = Bed(watch_all=False).admit()
    at_home.chart(0, "baseline", oxygen_device="nasal_cannula", spo2_target_low_pct=92)
    at_home.chart(1, "oxygen", device="nasal_cannula", flow_l_min=2)
    assert desaturating(at_home)["reaches"]["threshold"] == 92


def test_what_comes_too_late_is_no_part_of_a_trend_even_as_the_newest_of_its_sign():
    for count in (62, 63, 64):  # ids are trimmed at one of them
        patient = bed()
        for second in range(count):
            patient.monitor(20 + second / 60, heart_rate_bpm=80)
        patient.vitals(5, source="monitor", arrives=22, heart_rate_bpm=140, resp_rate_bpm=30)
        assert patient.partition.patients[patient.patient].newest["resp_rate_bpm"].value == 30
        assert shown(patient)["signs"].keys() == {"heart_rate_bpm"}
        assert trend_of(patient, "heart_rate_bpm")["points"] == 1

    by_interface = bed().vitals(1, source="interface", arrives=24 * HOUR + 2, temperature_c=37.0)
    assert "temperature_c" not in by_interface.partition.patients[by_interface.patient].trends


def test_heart_rate_has_a_slope_and_no_limit():
    found = trend_of(by_hand("heart_rate_bpm", 80, 90, 100, 110, 120), "heart_rate_bpm")

    assert found["per_hour"] == 10
    assert "reaches" not in found


def test_two_pressure_sources_are_two_trends():
    patient = bed()
    for number in range(6):
        patient.vitals(1 + 30 * number, sbp_mmhg=118 - 2 * number, bp_source="cuff")
        patient.vitals(2 + 30 * number, sbp_mmhg=130 + 2 * number, bp_source="arterial")

    assert trend_of(patient, "sbp_mmhg:cuff")["per_hour"] == -4
    assert trend_of(patient, "sbp_mmhg:arterial")["per_hour"] == 4


def test_temperatures_of_two_sites_are_never_joined():
    patient = by_hand("temperature_c", 36.8, 37.0, 37.2, 37.4, temperature_site="oral")
    assert trend_of(patient, "temperature_c")["points"] == 4

    patient.vitals(5 * HOUR, temperature_c=36.9, temperature_site="axillary")
    assert trend_of(patient, "temperature_c") == {"points": 1, "span_min": 0}


def monitored(patient: Bed, start: float, minutes: int, *, rate: float = 80, rise: float = 0.5) -> Bed:
    """Ten seconds apart."""
    for tick in range(minutes * 6):
        patient.monitor(start + tick / 6, **{**WELL, "heart_rate_bpm": rate + round(rise * tick / 6)})
    return patient


def test_a_monitor_makes_a_point_of_all_that_comes_in_a_few_minutes():
    found = trend_of(monitored(bed(), 1, 45), "heart_rate_bpm")

    assert found["points"] == 7
    assert found["per_hour"] == pytest.approx(30, abs=1)


def test_across_a_time_in_which_the_sign_was_lost_there_is_no_line():
    patient = monitored(bed(), 1, 40, rate=70)
    assert "per_hour" in trend_of(patient, "heart_rate_bpm")

    monitored(patient, 90, 5, rate=120)
    found = trend_of(patient, "heart_rate_bpm")
    assert found["points"] <= 2
    assert "per_hour" not in found


def test_a_stale_sign_has_no_trend():
    patient = monitored(bed(), 1, 40)
    patient.until(46)

    assert "heart_rate_bpm" not in shown(patient).get("signs", {})


def test_odd_values_are_no_part_of_a_trend():
    patient = by_hand("heart_rate_bpm", 80, 81, 82, 83)
    before = trend_of(patient, "heart_rate_bpm")["per_hour"]
    patient.vitals(3.5 * HOUR, heart_rate_bpm=0).vitals(3.6 * HOUR, heart_rate_bpm=310)

    patient.vitals(4 * HOUR + 1, heart_rate_bpm=84)
    assert before == trend_of(patient, "heart_rate_bpm")["per_hour"] == 1

    fahrenheit = by_hand("temperature_c", 36.8, 98.6, 36.9, 37.0)
    assert trend_of(fahrenheit, "temperature_c")["points"] == 3


def test_late_readings_are_put_where_they_belong():
    straight = by_hand("temperature_c", 36.8, 37.1, 37.3, 37.5, 37.8)
    late = bed()
    for minute, value, arrives in ((1, 36.8, 1), (61, 37.1, 61), (181, 37.5, 181), (121, 37.3, 200), (241, 37.8, 241)):
        late.vitals(minute, temperature_c=value, arrives=arrives)

    assert trend_of(late, "temperature_c") == trend_of(straight, "temperature_c")


def test_a_retracted_reading_leaves_the_trend():
    plain = by_hand("temperature_c", 36.8, 37.0, 37.2, 37.4)
    patient = by_hand("temperature_c", 36.8, 37.0, 37.2, 37.4)
    patient.vitals(4 * HOUR, temperature_c=39.9, event_id="typo")
    assert trend_of(patient, "temperature_c")["points"] == 5

    patient.chart(4 * HOUR + 1, "retraction", retracts="typo")
    assert trend_of(patient, "temperature_c") == trend_of(plain, "temperature_c")


def test_a_retracted_reading_of_a_stream_takes_its_point_along():
    patient = monitored(bed(), 1, 40).monitor(41, **{**WELL, "heart_rate_bpm": 180}, event_id="probe")
    before = trend_of(patient, "heart_rate_bpm")["points"]

    patient.chart(42, "retraction", retracts="probe")
    assert trend_of(patient, "heart_rate_bpm")["points"] == before - 1


def test_where_nobody_knows_any_more_what_a_retracted_event_added_all_trends_begin_anew():
    patient = monitored(bed(), 1, 40)
    patient.chart(41, "retraction", retracts="sent-long-ago")

    assert shown(patient) == {}
    monitored(patient, 42, 2)
    assert trend_of(patient, "heart_rate_bpm")["points"] == 1


def test_a_new_stay_begins_with_nothing():
    patient = by_hand("temperature_c", 38.2, 38.4, 38.6, 38.8)
    patient.chart(4 * HOUR, "encounter", action="discharge")
    patient.admit(5 * HOUR, event_id="admit-2").vitals(5 * HOUR + 1, temperature_c=36.8)

    assert shown(patient) == {"signs": {"temperature_c": {"points": 1, "span_min": 0}}}


def test_heart_rate_against_temperature_is_said_where_the_temperature_moved():
    patient = bed()
    for number, (warm, rate) in enumerate(((36.8, 78), (37.4, 84), (38.2, 90), (39.0, 99), (39.4, 103))):
        patient.vitals(1 + HOUR * number, temperature_c=warm, heart_rate_bpm=rate)
    found = shown(patient)["heart_rate_per_degree"]

    assert (found["points"], found["span_cel"], found["unit"]) == (5, 2.6, "/min/Cel")
    assert found["per_cel"] == pytest.approx(9.5, abs=0.2)
    assert found["low"] < found["per_cel"] < found["high"]

    flat = by_hand("temperature_c", 36.8, 36.9, 37.0, 37.1, heart_rate_bpm=80)
    assert "heart_rate_per_degree" not in shown(flat)


def test_a_heart_rate_belongs_to_the_temperature_it_was_taken_with():
    beside_a_monitor, right_after, much_later = bed(), bed(), bed()
    for number, (warm, rate) in enumerate(((36.8, 78), (37.4, 84), (38.2, 90), (39.0, 99))):
        minute = 1 + HOUR * number
        beside_a_monitor.monitor(minute - 1, heart_rate_bpm=rate).vitals(minute, temperature_c=warm)
        right_after.vitals(minute, temperature_c=warm).vitals(minute + 3, heart_rate_bpm=rate)
        much_later.vitals(minute, temperature_c=warm).vitals(minute + 20, heart_rate_bpm=rate)

    assert shown(beside_a_monitor)["heart_rate_per_degree"] == shown(right_after)["heart_rate_per_degree"]
    assert "heart_rate_per_degree" not in shown(much_later)


def test_time_since_fever_counts_from_the_last_temperature_with_fever():
    patient = by_hand("temperature_c", 38.4, 38.0, 37.9, 37.2)
    assert shown(patient)["fever"] == {"last_at": when(61), "hours_since": 2}

    patient.until(1 + 6 * HOUR).vitals(1 + 7 * HOUR, temperature_c=36.9)
    assert shown(patient)["fever"] == {"last_at": when(61), "hours_since": 6}
    assert "fever" not in shown(by_hand("temperature_c", 37.9, 37.2))


def test_time_since_fever_forgets_a_fever_that_was_entered_in_error():
    patient = bed().vitals(1, temperature_c=38.0).vitals(60, temperature_c=39.5, event_id="typo")
    patient.vitals(120, temperature_c=37.0).chart(121, "retraction", retracts="typo")

    assert shown(patient)["fever"]["last_at"] == when(1)


def test_a_restart_changes_no_trend():
    patient = monitored(by_hand("temperature_c", 36.8, 37.1, 37.3, 37.5, 37.8), 5 * HOUR, 30)
    before = shown(patient)

    assert before["signs"].keys() >= {"temperature_c", "heart_rate_bpm"}
    assert shown(patient.restarted()) == before


def test_a_patch_and_a_monitor_leave_the_same_points_by_the_quick_and_by_the_long_way():
    trends = []
    for thorough in (False, True):
        patient = bed()
        patient.partition.ward = patient.partition.ward._replace(thorough=thorough)
        for second in range(0, 40 * 60, 20):
            warm = {"temperature_c": 36.4 + second / 6000, "temperature_site": "axillary"} if second % 60 == 0 else {}
            patient.monitor(1 + second / 60, **{**WELL, "heart_rate_bpm": 70 + second // 150}, **warm)
        trends.append(patient.partition.patients[patient.patient].trends)

    assert trends[0] == trends[1]
    assert trends[0].keys() >= {"temperature_c", "heart_rate_bpm:per_degree"}


def test_a_trend_takes_two_hundred_bytes_of_a_checkpoint_at_a_reading_a_second():
    trend = None
    for second in range(100 * 60):
        trend = with_value(trend, ms(second / 60), 100 + second % 90, "", 450, DEFAULT_RULES.trend_points)

    assert trend is not None
    assert len(orjson.dumps(list(trend))) <= 210
    assert len(points_of(trend)) == DEFAULT_RULES.trend_points
