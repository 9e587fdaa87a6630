"""Signs that come together are looked at together: what is within all bands, and what it adds to the trends."""

from itertools import product

import pytest
from msgspec import UNSET

from schemas.rates import Rates
from services.grader.engine.steady import within as known_answers
from services.grader.engine.steady.bands import Band
from services.grader.engine.steady.lockstep import Stream, in_step
from services.grader.engine.steady.row import Row
from services.grader.engine.steady.within import Within, unpacked, within
from tests.unit.grader.two_ways import TwoWays
from tests.vignettes.bed import when
from tests.vignettes.starting_points import SECOND

WIDE, STREAM = Band(0, 100), Stream("monitor", (), 10_000, 0, 10_000)
RATES = {"heart_rate_bpm": 80, "resp_rate_bpm": 16, "spo2_pct": 97}


@pytest.mark.parametrize(
    ("values", "within_both"),
    [
        ((60, UNSET, 90), True),
        ((89.9, UNSET, 99.9), True),
        ((90, UNSET, 95), False),
        ((59.9, UNSET, 95), False),
        ((70, UNSET, 100), False),
        ((60, UNSET, UNSET), False),  # one too few
        ((60, 16, 90), False),  # one too many
        ((UNSET, UNSET, UNSET), False),
    ],
)
def test_values_are_within_all_bands_or_looked_at_apart(values, within_both):
    answers = Within((Band(60, 90), None, Band(90, 100)))
    assert (answers.look(values) is not None) is within_both
    assert (values in answers.sums) is within_both


def test_what_values_add_lies_side_by_side():
    answers = Within((Band(0, 400),) * 3)
    found = list(product((0, 0.01, 80, 36.85, 299.99), repeat=3))
    total = sum((answers.look(values) or (0, ()))[0] for values in found)
    assert unpacked(total, 3) == (25 * (1 + 8000 + 3685 + 29999),) * 3
    assert unpacked(answers.sums[(36.85, 0, 0.01)][0], 3) == (3685, 0, 1)
    assert Within((None, Band(0, 400), None)).look((UNSET, 1.5, UNSET)) == (150 << 40, (UNSET, 1.5, UNSET))


def test_below_zero_nothing_is_added_together():
    assert Within((Band(-10, 10),)).look((-1,)) is None


def test_answers_are_forgotten_together_when_they_are_too_many(monkeypatch):
    monkeypatch.setattr(known_answers, "_ALL", known_answers._All())
    monkeypatch.setattr(known_answers, "MOST_ANSWERS", 8)
    answers, others = Within((Band(0, 100),)), Within((Band(0, 50),))
    for value in range(5):
        answers.look((value,))
    for value in range(3):
        others.look((value,))
    assert answers.look((99,)) == (9900, (99,))
    assert (list(answers.sums), list(others.sums)) == ([(99,)], [])
    for value in range(100):
        others.look((value,))  # what lies outside is no answer
    assert len(answers.sums) + len(others.sums) <= 8


def test_patients_with_the_same_bands_share_answers():
    assert within((Band(1, 2),)) is within((Band(1, 2),))
    assert within((Band(1, 2),)) is not within((Band(1, 3),))


def row(sign: str, step_ms: int, *, series: str | None = None, band: Band = WIDE) -> Row:
    one = Row(sign, series=sign if series is None else series, band=band, stale_ms=300_000, last_ms=0, how="")
    one.step_ms = step_ms
    return one


@pytest.mark.parametrize(
    ("rows", "together"),
    [
        ([row("spo2_pct", 1000)], True),
        ([row("spo2_pct", 1000), row("heart_rate_bpm", 1000)], True),
        ([row("spo2_pct", 0)], False),  # a pace that nobody knows yet
        ([row("spo2_pct", 1000), row("heart_rate_bpm", 2000)], False),
        ([row("spo2_pct", 1000), row("heart_rate_bpm", 1000, series="")], False),  # only shown
    ],
)
def test_rows_are_in_step_once_they_have_one_pace(rows, together):
    assert (in_step(tuple(rows), STREAM) is not None) is together


@pytest.mark.parametrize(("value", "taken"), [(89.9, False), (90, True), (94.9, True), (95, False)])
def test_a_sign_that_counts_against_two_limits_is_within_both(value, taken):
    rows = (row("spo2_pct", 1000, band=Band(80, 95)), row("spo2_pct", 1000, series="home", band=Band(90, 100)))
    one = Rates(
        schema="crs.vitals.v1", event_id="e1", patient_id="bed-7", observed_at=when(0), source="monitor", spo2_pct=value
    )
    lock = in_step(rows, STREAM)
    assert lock is not None
    assert lock.take(one, 1000, 1000, 1) is taken
    assert lock.tell() == taken
    assert [one.value for one in rows] == [value if taken else 0.0] * 2
    assert [one.y for one in rows] == [round(value * 100) if taken else 0] * 2


@pytest.mark.parametrize(
    "out_of_step",
    [
        {"heart_rate_bpm": 81, "resp_rate_bpm": 16},  # one sign fewer
        {**RATES, "heart_rate_bpm": 80.123},  # another value
        {**RATES, "spo2_pct": 80},  # beyond a limit
        {**RATES, "temperature_c": 36.8},  # one sign more
        {"heart_rate_bpm": 81},
        {**RATES, "device_id": "m-7"},
        {**RATES, "forwarded_from": ["bed-8"]},
        {**RATES, "temperature_c": 36.8, "device_id": "m-7"},
    ],
)
@pytest.mark.parametrize("pause", [1, 2, 30, 400])
def test_whatever_breaks_the_step_is_remembered_as_ever(out_of_step, pause):
    ways = TwoWays().admit()
    for second in range(20):
        ways.vitals(1 + second * SECOND, **RATES)
    ways.vitals(1 + (19 + pause) * SECOND, **out_of_step)
    for second in range(20 + pause, 60 + pause):
        ways.vitals(1 + second * SECOND, **RATES)
    assert sum(ways.ways) > 50
    ways.same_state()


def test_of_two_groups_in_turn_each_goes_on_at_its_pace():
    ways = TwoWays().admit()
    for second in range(80):
        one = {"heart_rate_bpm": 80, "spo2_pct": 97} if second % 2 else {"resp_rate_bpm": 16}
        ways.vitals(1 + second * SECOND, **one)
    assert sum(ways.ways) > 70
    ways.same_state()


@pytest.mark.parametrize("device", [{}, {"device_id": "m-7"}])
@pytest.mark.parametrize("more", [{}, {"temperature_c": 36.8}, {"forwarded_from": ["bed-8"]}, {"dbp_mmhg": 70}])
def test_of_a_sign_that_counts_against_two_limits_nothing_more_slips_through(device, more):
    ways = TwoWays().admit().chart(0.2, "baseline", oxygen_device="nasal_cannula", spo2_target_low_pct=88)
    ways.chart(0.3, "oxygen", device="nasal_cannula", flow_l_min=2)
    for second in range(40):
        ways.vitals(1 + second * SECOND, **RATES, **device)
    ways.vitals(1 + 40 * SECOND, **RATES, **more)
    for second in range(41, 60):
        ways.vitals(1 + second * SECOND, **RATES, **device)
    assert sum(ways.ways) > 30
    ways.same_state()
