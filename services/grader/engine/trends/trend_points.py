"""The points of a trend: sums over a few minutes each, small enough to be part of every patient's state.

Sums are whole numbers, so that neither the order of arrival nor a restart changes them. A point keeps no single
readings: what has to leave it takes the whole point along, and the trend says fewer points.
"""

from collections.abc import Container
from typing import NamedTuple

SECOND_MS = 1000
UNITS = 100  # a value of 36.85 is kept as 3685


class Trend(NamedTuple):
    """Points of one series, the newest open, those before as text: `place readings sum-of-x sum-of-y` each.

    `how` tells what may not be mixed (temperature sites); `width_s` how long a point is; `base` from where places are
    counted, in widths since 1970. `x` is seconds within the point, or the temperature that `y` was taken at.
    """

    how: str
    width_s: int
    base: int
    before: str
    place: int
    readings: int
    x: int
    y: int


class Point(NamedTuple):
    """One point as text: see `Trend`."""

    place: int
    readings: int
    x: int
    y: int


def with_value(trend: Trend | None, at_ms: int, value: float, how: str, width_s: int, most: int) -> Trend:
    """One more reading; `x` is its second within its point."""
    index, second = divmod(at_ms // SECOND_MS, width_s)
    return with_xy(trend, index, (second, round(value * UNITS)), how, width_s, most)


def with_xy(trend: Trend | None, index: int, xy: tuple[int, int], how: str, width_s: int, most: int) -> Trend:
    """One more reading in the point at `index`; in order this is two sums."""
    return with_sums(trend, index, (1, *xy), how, width_s, most)


def with_sums(trend: Trend | None, index: int, sums: tuple[int, int, int], how: str, width_s: int, most: int) -> Trend:
    """More readings in the point at `index`: how many, and the sums of their `x` and `y`."""
    if trend is None or trend.width_s != width_s:
        return Trend(how, width_s, index, "", 0, *sums)
    place = index - trend.base
    readings, x, y = sums
    if trend.how != how:  # another site: not to be compared; only what is newer begins anew
        return Trend(how, width_s, index, "", 0, *sums) if place >= trend.place else trend
    if place == trend.place:
        return Trend(how, width_s, trend.base, trend.before, place, trend.readings + readings, trend.x + x, trend.y + y)
    if place > trend.place:  # the next point; those before stay as they are written
        before = [*(trend.before.split(";") if trend.before else ()), _written(Point(*trend[4:]))]
        kept = ";".join(before[max(0, len(before) - most + 1) :])
        return Trend(how, width_s, trend.base, kept, place, readings, x, y)
    points = {point.place: point for point in points_of(trend)}
    known = points.get(place, Point(place, 0, 0, 0))
    points[place] = Point(place, known.readings + readings, known.x + x, known.y + y)
    return _made(trend, [points[name] for name in sorted(points)][-most:])


def points_of(trend: Trend) -> list[Point]:
    """All points, oldest first."""
    newest = Point(trend.place, trend.readings, trend.x, trend.y)
    return [*map(_read, trend.before.split(";")), newest] if trend.before else [newest]


def _read(text: str) -> Point:
    return Point._make(map(int, text.split()))


def without(trend: Trend, indexes: Container[int]) -> Trend | None:
    """The trend without the points at these indexes; None if nothing is left."""
    left = [point for point in points_of(trend) if trend.base + point.place not in indexes]
    return _made(trend, left) if left else None


def _made(trend: Trend, points: list[Point]) -> Trend:
    before = ";".join(map(_written, points[:-1]))
    return Trend(trend.how, trend.width_s, trend.base, before, *points[-1])


def _written(point: Point) -> str:
    return " ".join(map(str, point))
