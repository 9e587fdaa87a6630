"""Six hours of a sign, whatever order its readings come in."""

from hypothesis import given
from hypothesis import strategies as st

from services.dashboard.trends import BUCKET_MS, KEPT_MS, Point, Trends

MINUTE = 60_000


def trend(*points: tuple[int, float]) -> list[tuple[int, float]]:
    trends = Trends()
    for at_ms, value in points:
        trends.add("heart_rate_bpm", Point(at_ms, value, f"e{at_ms}"))
    return trends.since(0).get("heart_rate_bpm", [])


def test_a_minute_keeps_its_newest_reading():
    assert trend((MINUTE + 2, 81), (MINUTE + 1, 80)) == [(MINUTE + 2, 81)]


@given(st.permutations([(minute * MINUTE, float(minute)) for minute in range(12)]))
def test_the_order_of_arrival_does_not_matter(points):
    assert trend(*points) == sorted(points)


def test_what_is_kept_is_bounded():
    minutes = 5 * KEPT_MS // BUCKET_MS

    assert len(trend(*[(minute * MINUTE, 80) for minute in range(minutes)])) <= 2 * KEPT_MS // BUCKET_MS
