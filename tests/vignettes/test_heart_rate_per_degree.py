"""Heart rate against temperature: which two belong together, what is said of them, what a retraction takes along."""

from typing import Any

import pytest

from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.engine.trends.trend import trend
from services.grader.engine.trends.trend_points import points_of
from tests.vignettes.bed import Bed, ms

HOUR = 60
POINT = 7.5
PAIRS = "heart_rate_bpm:per_degree"


def said_at(patient: Bed, now_ms: int) -> dict[str, Any]:
    return trend(patient.partition.patients["bed-7"], now_ms, DEFAULT_RULES)


def points(patient: Bed, series: str) -> int:
    return len(points_of(patient.partition.patients["bed-7"].trends[series]))


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
