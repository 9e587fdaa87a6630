"""Trends as they are said, whole: up to where points count, which limit they head for, and what a retraction takes."""

from typing import Any

import pytest

from schemas.times import format_time
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.engine.trends.trend import trend
from services.grader.engine.trends.trend_points import points_of
from tests.vignettes.bed import Bed, ms, when

HOUR = 60
POINT = 7.5
PAIRS = "heart_rate_bpm:per_degree"


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


# Heart rate against temperature.


def warmed(*pairs: tuple[float, float], every: float = HOUR, start: float = 0, **fields: Any) -> Bed:
    patient = Bed(watch_all=False).admit()
    for number, (warm, rate) in enumerate(pairs):
        patient.vitals(start + every * number, temperature_c=warm, heart_rate_bpm=rate, **fields)
    return patient


def test_heart_rate_per_degree_is_said_whole_from_one_degree_on():
    patient = warmed((37.0, 80), (37.2, 82), (37.8, 88), (38.0, 90))
    assert said_at(patient, ms(3 * HOUR))["heart_rate_per_degree"] == {
        "points": 4,
        "span_cel": 1.0,
        "per_cel": 10.0,
        "standard_error": 0.35,  # of whole beats: sqrt(1 / 12 / 0.68)
        "low": 8.494,
        "high": 11.506,
        "unit": "/min/Cel",
    }
    less = warmed((37.0, 80), (37.2, 82), (37.8, 88), (37.9, 89))
    assert "heart_rate_per_degree" not in said_at(less, ms(3 * HOUR))
    fewer = warmed((37.0, 80), (37.5, 85), (38.0, 90))
    assert "heart_rate_per_degree" not in said_at(fewer, ms(3 * HOUR))
    same = warmed((38.0, 80), (38.0, 85), (38.0, 90), (38.0, 95))
    assert "heart_rate_per_degree" not in said_at(same, ms(3 * HOUR))


def test_two_pairs_of_one_point_count_by_their_mean():
    single, double = warmed((37.0, 80), (37.2, 82), (37.8, 88), (38.0, 90)), warmed()
    for number, (warm, rate) in enumerate(((37.0, 80), (37.2, 82), (37.8, 88), (38.0, 90))):
        double.vitals(number * HOUR, temperature_c=warm - 0.1, heart_rate_bpm=rate - 4)
        double.vitals(number * HOUR + 2, temperature_c=warm + 0.1, heart_rate_bpm=rate + 4)
    one, two = (said_at(patient, ms(3 * HOUR + 2))["heart_rate_per_degree"] for patient in (single, double))
    assert one == two


def test_pairs_of_the_last_day_count_and_those_before_do_not():
    patient = warmed((37.0, 80), (37.2, 82), (37.8, 88), (38.0, 90), (38.2, 92), every=4 * HOUR, start=1)
    for minute, counted in ((24 * HOUR + 7, 5), (24 * HOUR + POINT, 4)):  # of the first point's end
        assert said_at(patient, ms(minute))["heart_rate_per_degree"]["points"] == counted


def test_pairs_of_two_sites_are_never_joined():
    patient = warmed((37.0, 80), (37.2, 82), (37.8, 88), (38.0, 90), temperature_site="oral")
    assert points(patient, PAIRS) == 4
    patient.vitals(4 * HOUR, temperature_c=37.4, heart_rate_bpm=92, temperature_site="axillary")
    assert points(patient, PAIRS) == 1


def pair_sums(patient: Bed) -> list[tuple[int, int, int]]:
    """Readings, hundredths of degrees and of beats of each point."""
    return [point[1:] for point in points_of(patient.partition.patients["bed-7"].trends[PAIRS])]


def test_a_temperature_goes_with_the_heart_rate_of_its_own_record_even_when_it_comes_late():
    patient = Bed(watch_all=False).admit().vitals(20, heart_rate_bpm=120)
    patient.vitals(15, arrives=21, temperature_c=38.0, heart_rate_bpm=90)
    assert pair_sums(patient) == [(1, 3800, 9000)]


def test_a_temperature_that_has_its_heart_rate_takes_no_second_one():
    patient = warmed((38.0, 90), start=2)
    patient.vitals(5, heart_rate_bpm=120).vitals(9, heart_rate_bpm=120)
    assert pair_sums(patient) == [(1, 3800, 9000)]
    patient.vitals(31, temperature_c=38.4).vitals(35, heart_rate_bpm=100).vitals(36, heart_rate_bpm=120)
    assert pair_sums(patient) == [(1, 3800, 9000), (1, 3840, 10000)]


@pytest.mark.parametrize(("apart", "paired"), [(10, 1), (10 + 1 / 60, 0)])
def test_a_heart_rate_belongs_to_a_temperature_ten_minutes_away_and_no_further(apart: float, paired: int):
    before = Bed(watch_all=False).admit().vitals(30 - apart, heart_rate_bpm=90).vitals(30, temperature_c=38.0)
    after = Bed(watch_all=False).admit().vitals(30, temperature_c=38.0).vitals(30 + apart, heart_rate_bpm=90)
    for patient in (before, after):
        assert patient.partition.patients["bed-7"].trends.keys() == {
            "heart_rate_bpm", "temperature_c", *([PAIRS] if paired else [])
        }  # fmt: skip


def test_a_temperature_waits_for_a_heart_rate_by_hand_alone():
    patient = Bed(watch_all=False).admit().vitals(1, temperature_c=38.0).vitals(2, spo2_pct=97, resp_rate_bpm=16)
    patient.monitor(3, heart_rate_bpm=90)
    assert PAIRS not in patient.partition.patients["bed-7"].trends


@pytest.mark.parametrize("odd", [0, 310])
def test_an_odd_heart_rate_belongs_to_no_temperature(odd: float):
    together = Bed(watch_all=False).admit().vitals(1, temperature_c=38.0, heart_rate_bpm=odd)
    before = Bed(watch_all=False).admit().vitals(1, heart_rate_bpm=odd).vitals(2, temperature_c=38.0)
    after = Bed(watch_all=False).admit().vitals(1, temperature_c=38.0).vitals(2, heart_rate_bpm=odd)
    for patient in (together, before, after):
        assert PAIRS not in patient.partition.patients["bed-7"].trends


def test_a_heart_rate_belongs_to_no_temperature_that_is_no_part_of_a_trend():
    fahrenheit = Bed(watch_all=False).admit().vitals(0, temperature_c=37.0).vitals(60, temperature_c=100.4)
    begun_anew = Bed(watch_all=False).admit().vitals(59, temperature_c=38.0)
    begun_anew.chart(60, "retraction", retracts="sent-long-ago")
    for patient in (fahrenheit, begun_anew):
        patient.vitals(61, heart_rate_bpm=90)
        assert PAIRS not in patient.partition.patients["bed-7"].trends


# Retractions.


@pytest.mark.parametrize(("temperature", "rate"), [(3, 8), (9, 5)])
@pytest.mark.parametrize("wrong", ["temperature", "rate"])
def test_a_retraction_takes_the_pair_along_whichever_of_the_two_was_wrong(temperature: float, rate: float, wrong: str):
    patient = Bed(watch_all=False).admit().vitals(0, heart_rate_bpm=80, spo2_pct=97)
    for minute, name, sign in sorted(((temperature, "temperature", "temperature_c"), (rate, "rate", "heart_rate_bpm"))):
        patient.vitals(minute, event_id=name, **{sign: 38.0 if sign == "temperature_c" else 90})
    patient.vitals(40, temperature_c=38.4, heart_rate_bpm=95)
    assert len(pair_sums(patient)) == 2
    patient.chart(41, "retraction", retracts=wrong)
    assert pair_sums(patient) == [(1, 3840, 9500)]
    left = {name: points(patient, name) for name in ("temperature_c", "heart_rate_bpm", "spo2_pct")}
    both = 2 if rate < POINT else 3  # the first heart rate lies in the point of the second
    assert left == {
        "temperature_c": 1 if wrong == "temperature" else 2,
        "heart_rate_bpm": both if wrong == "temperature" else both - 1 if rate > POINT else 1,
        "spo2_pct": 1,
    }


def test_a_retracted_saturation_leaves_pairs_alone_and_the_last_reading_of_a_sign_leaves_no_trend():
    patient = warmed((38.0, 90)).vitals(1, spo2_pct=97, event_id="probe")
    patient.chart(2, "retraction", retracts="probe")
    assert patient.partition.patients["bed-7"].trends.keys() == {"temperature_c", "heart_rate_bpm", PAIRS}


def test_a_retraction_takes_no_neighbouring_point_along():
    patient = Bed(watch_all=False).admit()
    for number, minute in enumerate((POINT - 1, POINT, 2 * POINT)):  # the one in the middle opens its point
        patient.vitals(minute, temperature_c=37.0 + number, event_id=f"t{number}")
    patient.chart(20, "retraction", retracts="t1")
    kept = points_of(patient.partition.patients["bed-7"].trends["temperature_c"])
    assert [point.y for point in kept] == [3700, 3900]


# Fever.


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
