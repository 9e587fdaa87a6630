import math
import statistics
from random import Random

import pytest

from services.simulator.curves import Curve, Wander
from services.simulator.physiology import HOUR_MS, Illness, Person, adult, child, mean_pressure, signs

HEALTHY = Illness(0, 0, 0)
NOON_MS = 12 * HOUR_MS
PERSON = Person(
    age_years=50,
    weight_kg=70,
    temperature_c=36.6,
    heart_rate_bpm=72,
    resp_rate_bpm=15,
    spo2_pct=97,
    sbp_mmhg=125,
    dbp_mmhg=76,
)


def test_a_curve_goes_through_its_points_and_is_level_outside():
    curve = Curve([(1000, 2.0), (0, 1.0), (3000, 0.0)])

    assert [curve.at(at_ms) for at_ms in (-5, 0, 500, 1000, 3000, 9000)] == [1.0, 1.0, 1.5, 2.0, 0.0, 0.0]


def test_a_curve_without_points_is_zero():
    assert Curve().at(123) == 0.0


@pytest.mark.parametrize("gap_s", [1, 60])
def test_noise_is_as_wide_however_often_it_is_read(gap_s):
    noise = Wander(Random(1), deviation=3.0, memory_s=30)

    values = [noise.at(step * gap_s * 1000) for step in range(20_000)]

    assert statistics.pstdev(values) == pytest.approx(3.0, rel=0.12)
    assert statistics.fmean(values) == pytest.approx(0.0, abs=0.6)


def test_noise_remembers_where_it_was():
    noise = Wander(Random(1), deviation=3.0, memory_s=30)
    values = [noise.at(second * 1000) for second in range(20_000)]

    correlation = statistics.correlation(values[:-30], values[30:])

    assert correlation == pytest.approx(math.exp(-1), abs=0.1)


def test_a_degree_of_fever_costs_ten_beats_and_two_breaths():
    well, feverish = (signs(PERSON, Illness(fever_c, 0, 0), NOON_MS) for fever_c in (0.0, 1.0))

    assert feverish.heart_rate_bpm - well.heart_rate_bpm == pytest.approx(10)
    assert feverish.resp_rate_bpm - well.resp_rate_bpm == pytest.approx(2)


def test_a_fall_of_pressure_and_of_saturation_quickens_the_heart():
    well, ill = (signs(PERSON, illness, NOON_MS) for illness in (HEALTHY, Illness(0, 40, 8)))

    assert ill.heart_rate_bpm > well.heart_rate_bpm + 20
    assert ill.resp_rate_bpm > well.resp_rate_bpm + 5
    assert (well.sbp_mmhg - ill.sbp_mmhg, well.spo2_pct - ill.spo2_pct) == (pytest.approx(40), pytest.approx(8))
    assert ill.dbp_mmhg < ill.sbp_mmhg


def test_the_heart_levels_off_at_a_share_of_the_highest_rate_for_the_age():
    assert signs(PERSON, Illness(4, 60, 20), NOON_MS).heart_rate_bpm == pytest.approx(0.9 * 170)


def test_evenings_are_warmer_than_mornings():
    morning, evening = (signs(PERSON, HEALTHY, hour * HOUR_MS) for hour in (6, 18))

    assert evening.temperature_c - morning.temperature_c == pytest.approx(0.6)
    assert evening.heart_rate_bpm > morning.heart_rate_bpm


def test_the_mean_pressure_is_a_third_of_the_way_up():
    assert mean_pressure(120, 75) == 90


def test_nobody_starts_ill():
    people = [adult(Random(seed)) for seed in range(300)] + [child(Random(seed)) for seed in range(100)]

    assert all(36.3 < person.temperature_c < 37.0 and person.spo2_pct > 96 for person in people)
    assert all(person.sbp_mmhg > 90 and 50 < person.heart_rate_bpm < 115 for person in people)
    assert {person.is_child for person in people} == {True, False}
