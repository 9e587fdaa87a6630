"""Trends as they are said, whole: up to where points count, which limit they head for, and how long ago fever was."""

from typing import Any

import pytest

from schemas.times import format_time
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.engine.trends.trend import trend
from services.grader.engine.trends.trend_points import points_of
from tests.vignettes.bed import Bed, ms, when

HOUR = 60
POINT = 7.5


def taken(sign: str, *values: float, every: float = HOUR, start: float = 0, **admitted: Any) -> Bed:
    """One sign charted by hand again and again."""
    patient = Bed(watch_all=False).admit(**admitted)
    for number, value in enumerate(values):
        patient.vitals(start + every * number, **{sign: value})
    return patient


def said_at(patient: Bed, now_ms: int) -> dict[str, Any]:
    return trend(patient.partition.patients["bed-7"], now_ms, DEFAULT_RULES)


def sign_at(patient: Bed, series: str, minute: float) -> dict[str, Any]:
    return said_at(patient, ms(minute))["signs"][series]


def points(patient: Bed, series: str) -> int:
    return len(points_of(patient.partition.patients["bed-7"].trends[series]))


def test_a_falling_saturation_is_said_whole():
    patient = taken("spo2_pct", 96, 95, 94, 93)
    assert said_at(patient, ms(3 * HOUR)) == {
        "signs": {
            "spo2_pct": {
                "points": 4,
                "span_min": 180,
                "per_hour": -1.0,
                "standard_error": 0.129,  # of rounding to whole percents: sqrt(1 / 12 / 5)
                "low": -1.556,  # Student's t for two degrees of freedom: 4.303 standard errors
                "high": -0.444,
                "unit": "%/h",
                "reaches": {
                    "rule": "low_spo2_pct",
                    "threshold": 90,
                    "earliest_at": "2026-03-01T12:55:43.039Z",  # 3 / 1.5555 hours after 11:00
                    "likely_at": when(6 * HOUR),
                },
            }
        }
    }


def test_a_limit_is_projected_as_far_as_the_points_reach_back_and_while_it_is_ahead():
    within, beyond = (taken("spo2_pct", *values) for values in ((96, 95, 94, 93), (97, 96, 95, 94)))
    assert sign_at(within, "spo2_pct", 3 * HOUR)["reaches"]["likely_at"] == when(6 * HOUR)
    assert "reaches" not in sign_at(beyond, "spo2_pct", 3 * HOUR)

    near = taken("spo2_pct", 94, 93, 92, 91)
    assert sign_at(near, "spo2_pct", 3 * HOUR)["reaches"]["latest_at"] > when(4 * HOUR)
    just_ahead = said_at(near, ms(4 * HOUR) - 1)["signs"]["spo2_pct"]
    assert just_ahead["reaches"]["likely_at"] == when(4 * HOUR)
    assert "reaches" not in sign_at(near, "spo2_pct", 4 * HOUR)


def test_no_limit_is_projected_further_than_four_hours_ahead():
    for values, is_said in (((98, 97, 96, 95, 94), True), ((99, 98, 97, 96, 95), False)):
        found = sign_at(taken("spo2_pct", *values), "spo2_pct", 4 * HOUR)
        assert ("reaches" in found) is is_said
    assert "reaches" not in sign_at(taken("spo2_pct", 100, 99, 98, 97, 96, 95), "spo2_pct", 5 * HOUR)


def test_a_sign_that_leads_away_from_its_limit_reaches_nothing():
    cooling = sign_at(taken("temperature_c", 38.9, 38.6, 38.3, 38.0, 37.7), "temperature_c", 4 * HOUR)
    assert (cooling["per_hour"], "reaches" in cooling) == (-0.3, False)
    recovering = sign_at(taken("sbp_mmhg", 92, 97, 102, 107), "sbp_mmhg:cuff", 3 * HOUR)
    assert (recovering["per_hour"], "reaches" in recovering) == (5.0, False)


def test_a_slope_that_may_be_none_reaches_nothing_however_near_the_limit():
    found = sign_at(taken("temperature_c", 37.0, 37.8, 37.2, 37.9, 37.5), "temperature_c", 4 * HOUR)
    assert found["per_hour"] == 0.11  # 2.7 hours to fever
    assert found["low"] < 0 < found["high"]
    assert "reaches" not in found


def test_saturation_heads_for_the_home_target_only_on_the_device_used_at_home():
    for device, limit in (("nasal_cannula", 92), ("face_mask", 90)):
        patient = taken("spo2_pct")
        patient.chart(0, "baseline", oxygen_device="nasal_cannula", spo2_target_low_pct=92)
        patient.chart(0, "oxygen", device=device, flow_l_min=2)
        for number, value in enumerate((98, 97, 96, 95)):
            patient.vitals(number * HOUR, spo2_pct=value, sbp_mmhg=118)
        found = said_at(patient, ms(3 * HOUR))["signs"]
        assert found.keys() == {"spo2_pct", "sbp_mmhg:cuff"}
        assert found["spo2_pct"].get("reaches", {}).get("threshold") == (92 if limit == 92 else None)

        patient.vitals(4 * HOUR, spo2_pct=94)
        reaches = sign_at(patient, "spo2_pct", 4 * HOUR)["reaches"]
        assert (reaches["rule"], reaches["threshold"]) == ("low_spo2_pct", limit)


def test_numbers_have_three_digits_and_nothing_is_minus_nothing():
    found = sign_at(
        taken("temperature_c", 36.80, 36.81, 36.80, 36.80, 36.80, every=4 * HOUR), "temperature_c", 16 * HOUR
    )
    assert (str(found["per_hour"]), found["standard_error"]) == ("0.0", 0.002)
    assert (found["low"], found["high"]) == (-0.008, 0.007)


def test_the_steps_in_which_a_value_is_written_down_are_its_least_error():
    rate, warm = taken("heart_rate_bpm", 80, 90, 100, 110, 120), taken("temperature_c", 36.0, 36.5, 37.0, 37.5, 38.0)
    assert sign_at(rate, "heart_rate_bpm", 4 * HOUR)["standard_error"] == 0.091  # sqrt(1 / 12 / 10)
    assert sign_at(warm, "temperature_c", 4 * HOUR)["standard_error"] == 0.009


def test_points_of_the_last_day_count_and_those_before_do_not():
    exactly = taken("temperature_c", *(36.5 + 0.1 * number for number in range(8)), every=4 * HOUR)
    assert points(exactly, "temperature_c") == 8
    assert sign_at(exactly, "temperature_c", 28 * HOUR)["span_min"] == 24 * HOUR

    sparse = taken("temperature_c", *(36.5 + 0.1 * number for number in range(8)), every=5 * HOUR)
    assert sign_at(sparse, "temperature_c", 35 * HOUR)["span_min"] == 20 * HOUR


@pytest.mark.parametrize(("pause", "joined"), [(8 * HOUR + POINT, 1), (8 * HOUR + POINT - 1, 2)])
def test_readings_are_joined_unless_the_sign_was_lost_between_them(pause: float, joined: int):
    patient = taken("temperature_c", 36.8, 36.9, every=pause)
    assert sign_at(patient, "temperature_c", pause)["points"] == joined


def test_a_heart_rate_counted_by_hand_goes_on_with_that_of_the_monitor():
    patient = taken("heart_rate_bpm", 80, 84, 88, 92, every=10)
    patient.monitor(40, heart_rate_bpm=96)
    found = sign_at(patient, "heart_rate_bpm", 40)
    assert (found["points"], found["per_hour"]) == (5, 24.0)


def test_an_infant_may_breathe_as_fast_as_is_plausible_in_infants():
    for age_years, counted in ((0.5, 4), (1, 2)):
        infant = taken("resp_rate_bpm", 68, 74, 70, 78, age_years=age_years)
        assert sign_at(infant, "resp_rate_bpm", 3 * HOUR)["points"] == counted


def test_a_cancelled_discharge_leaves_trends_as_they_were():
    patient = taken("temperature_c", 36.8, 36.9, 37.0).chart(130, "encounter", action="discharge")
    patient.chart(140, "encounter", action="cancel_discharge").vitals(150, temperature_c=37.1)
    assert sign_at(patient, "temperature_c", 150)["points"] == 4


@pytest.mark.parametrize(("source", "bound"), [("manual", 24 * HOUR), ("monitor", 10)])
def test_a_late_reading_is_part_of_a_trend_as_long_as_it_is_graded_in_its_place(source: str, bound: float):
    for late, counted in ((0, 1), (1 / 60, 0)):
        patient = Bed(watch_all=False).admit().vitals(5, source=source, arrives=5 + bound + late, heart_rate_bpm=80)
        assert len(patient.partition.patients["bed-7"].trends) == counted


def test_fever_counts_from_the_minute_of_admission():
    assert said_at(taken("temperature_c", 38.0), ms(90))["fever"] == {"last_at": when(0), "hours_since": 1.5}
    assert "fever" not in said_at(taken("temperature_c", 38.0, start=-1), ms(0))


def test_fever_that_a_probe_measured_counts_until_its_last_reading():
    patient = Bed(watch_all=False).admit()
    for second in range(0, 180, 30):
        patient.monitor(1 + second / 60, temperature_c=38.4 if second < 120 else 37.9)
    assert said_at(patient, ms(61))["fever"] == {"last_at": format_time(ms(2.5)), "hours_since": 0.975}


def test_a_temperature_of_a_clock_that_is_ahead_was_taken_now():
    patient = Bed(watch_all=False).admit().vitals(5, arrives=1, temperature_c=38.4)
    assert said_at(patient, ms(1))["fever"]["hours_since"] == 0.0
