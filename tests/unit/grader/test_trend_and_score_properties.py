"""What holds for every trend and every ward score: they widen, they repeat, and they never decide."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.grader.engine import Origin
from services.grader.engine.kept import Kept
from services.grader.engine.partition import Partition
from services.grader.engine.scores.score_charts import NEWS2, PEWS_MUCH_OXYGEN
from services.grader.engine.scores.scores import Range, Seen, news2, pews, qsofa
from services.grader.engine.signs.readings import GRADED_SIGNS
from services.grader.engine.trends.line import fitted
from services.grader.engine.trends.trend_points import Trend, points_of, with_value, without
from tests.unit.grader.arrivals import MINUTE, Event, arriving, in_order, patients, streams
from tests.vignettes.bed import START_MS

SOME = settings(deadline=None, max_examples=20, suppress_health_check=list(HealthCheck), derandomize=True)
WIDTH_S, MOST = 450, 8
KNOWN_OXYGEN = st.sampled_from([Range(0, 0), Range(2, 2), Range(PEWS_MUCH_OXYGEN, PEWS_MUCH_OXYGEN)])
VALUES = {"temperature_c": st.floats(33, 42), "spo2_pct": st.floats(50, 100), "heart_rate_bpm": st.floats(20, 220),
          "resp_rate_bpm": st.floats(3, 90), "sbp_mmhg": st.floats(30, 240)}  # fmt: skip


@st.composite
def fully_known(draw: st.DrawFn) -> Seen:
    """A patient of whom everything is known."""
    signs = {name: draw(values) for name, values in VALUES.items()}
    return Seen(
        signs,
        on_oxygen=draw(st.booleans()),
        alert=draw(st.booleans()),
        scale_2=draw(st.booleans()),
        child_months=draw(st.integers(0, 190)),
        pews_oxygen=draw(KNOWN_OXYGEN),
    )


def all_scores(seen: Seen) -> list[Range]:
    assert seen.child_months is not None
    return [news2(seen), qsofa(seen), pews(seen, seen.child_months)]


@settings(deadline=None, derandomize=True)
@given(fully_known(), st.lists(st.sampled_from([*GRADED_SIGNS, "oxygen", "awake"]), min_size=1, unique=True))
def test_an_input_that_is_not_known_only_widens_a_score(seen: Seen, unknown: list[str]) -> None:
    before = all_scores(seen)
    for name in unknown:
        if name == "oxygen":
            seen = seen._replace(on_oxygen=None, pews_oxygen=Range(0, PEWS_MUCH_OXYGEN))
        elif name == "awake":
            seen = seen._replace(alert=None)
        else:
            seen = seen._replace(signs={sign: value for sign, value in seen.signs.items() if sign != name})
        after = all_scores(seen)
        for narrow, wide in zip(before, after, strict=True):
            assert 0 <= wide.low <= narrow.low <= narrow.high <= wide.high
        before = after


@settings(deadline=None, derandomize=True)
@given(fully_known())
def test_a_score_stays_on_its_scale(seen: Seen) -> None:
    for found, most in zip(all_scores(seen), (20, 3, 26), strict=True):
        assert 0 <= found.low <= found.high <= most


@given(st.sampled_from(sorted(NEWS2)), st.floats(0, 230), st.floats(0, 230))
def test_values_of_one_band_score_the_same(sign: str, one: float, other: float) -> None:
    bands = NEWS2[sign]
    if bands.band(one) == bands.band(other):
        assert bands.score(one) == bands.score(other)


@SOME
@given(patients(), st.randoms(use_true_random=False))
def test_a_trend_does_not_know_a_duplicate(events: list[Event], random: Any) -> None:
    repeated = [(event.at_ms + random.randrange(0, 9 * MINUTE), event) for event in events]
    mixed = sorted([*((event.at_ms, event) for event in events), *repeated], key=lambda arrival: arrival[0])

    once, twice = in_order(events)[0], arriving(mixed)[0]

    assert once.patients["bed-7"].trends == twice.patients["bed-7"].trends


@SOME
@given(patients(), st.booleans())
def test_a_trend_never_decides(events: list[Event], nonsense: bool) -> None:
    """Without any trend, or with a wrong one, the same is escalated and the same is held."""
    partition, expected = in_order(events)
    bent = {name: Trend("", WIDTH_S, 0, "", 0, 1, 0, 10**6) for name in ("temperature_c", "sbp_mmhg:cuff", "spo2_pct")}
    other, outputs = Partition(), []
    for offset, event in enumerate(events):
        outputs += other.apply(event.record, clock_ms=event.at_ms, origin=Origin("t", 0, offset))
        other._kept["bed-7"] = Kept(replace(other.patients["bed-7"], trends=bent if nonsense else {}))
    end_ms = events[-1].at_ms + 600 * MINUTE
    expected, outputs = [*expected, *partition.advance(end_ms)], [*outputs, *other.advance(end_ms)]

    assert [item.value for item in outputs if item.topic == "escalations"] == [
        item.value for item in expected if item.topic == "escalations"
    ]
    one, two = partition.patients["bed-7"], other.patients["bed-7"]
    assert (one.fold, one.sent, one.shown) == (two.fold, two.sent, two.shown)
    # An estimate is sent at the same moments, and says the same but for its trend.
    plain = [
        [{**item.value, "trend": {}} for item in found if item.topic == "estimates" and item.value]
        for found in (expected, outputs)
    ]
    assert plain[0] == plain[1]


@settings(SOME, max_examples=8)
@given(streams())
def test_both_ways_take_the_same_points(events: list[Event]) -> None:
    quick, long = (in_order(events, Partition(thorough=thorough))[0] for thorough in (False, True))

    assert quick.patients["bed-7"].trends == long.patients["bed-7"].trends


READINGS = st.lists(st.tuples(st.integers(0, 7 * WIDTH_S), st.integers(60, 140)), min_size=1, max_size=40)


def taken(readings: list[tuple[int, int]]) -> Trend:
    trend: Trend | None = None
    for second, value in readings:
        trend = with_value(trend, START_MS + second * 1000, value, "", WIDTH_S, MOST)
    assert trend is not None
    return trend


@given(READINGS, st.randoms(use_true_random=False))
def test_points_do_not_know_in_which_order_their_readings_came(readings: list[tuple[int, int]], random: Any) -> None:
    shuffled = random.sample(readings, len(readings))

    def sums(trend: Trend) -> list[tuple[int, ...]]:
        return [(trend.base + point.place, *point[1:]) for point in points_of(trend)]

    assert sums(taken(readings)) == sums(taken(shuffled))


@given(READINGS)
def test_what_is_taken_out_is_gone_and_nothing_else(readings: list[tuple[int, int]]) -> None:
    trend = taken(readings)
    gone = trend.base + points_of(trend)[0].place
    left = without(trend, [gone])

    expected = [trend.base + point.place for point in points_of(trend)][1:]
    assert [left.base + point.place for point in points_of(left)] == expected if left else not expected


@given(st.floats(-9, 9), st.floats(-99, 99), st.lists(st.integers(-50, 0), min_size=3, max_size=10, unique=True))
def test_a_line_is_found_again(slope: float, start: float, times: list[int]) -> None:
    line = fitted([(float(x), start + slope * x) for x in times], resolution=0.1)

    assert line is not None
    assert line.slope == pytest.approx(slope, abs=1e-6)
    assert line.at(0) == pytest.approx(start, abs=1e-5)
    assert line.error > 0  # what is written down in steps is never without error


def test_a_line_needs_three_points_and_a_width() -> None:
    assert fitted([(0, 1), (1, 2)], 1) is None
    assert fitted([(1, 1), (1, 2), (1, 3)], 1) is None


def test_the_standard_error_is_that_of_a_textbook() -> None:
    # y = 2.2 + 0.6 x through five points: residual sum of squares 2.4, Sxx 10, so sqrt(2.4 / 3 / 10).
    line = fitted([(1, 2), (2, 4), (3, 5), (4, 4), (5, 5)], resolution=0.1)

    assert line is not None
    assert (line.slope, line.error) == pytest.approx((0.6, 0.28284271))
    assert line.half_width == pytest.approx(3.182 * 0.28284271)
    assert not line.is_sloped
