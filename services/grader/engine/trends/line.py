"""A straight line through points by least squares, with how uncertain its slope is."""

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

# Student's t, two-sided 95 %, for 1, 2, ... degrees of freedom; beyond the last it is a little too wide.
_T_95 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)
LEAST_POINTS = 3


class Line(NamedTuple):
    """`slope` is y per x, `error` its standard error, `half_width` half of its 95 % confidence interval."""

    slope: float
    error: float
    half_width: float
    mean_x: float
    mean_y: float

    @property
    def is_sloped(self) -> bool:
        """Whether the confidence interval of the slope leaves zero out."""
        return abs(self.slope) > self.half_width

    def at(self, x: float) -> float:
        """What the line says there."""
        return self.mean_y + self.slope * (x - self.mean_x)


def fitted(points: Sequence[tuple[float, float]], resolution: float) -> Line | None:
    """The line through points (x, y); None through fewer than three, or all at one x.

    Args:
        points: as they are; order does not matter to the line, and little to its rounding.
        resolution: the step in which y is written down. Points on one line by luck of rounding are not without error.
    """
    count = len(points)
    if count < LEAST_POINTS:
        return None
    mean_x = sum([x for x, _ in points]) / count
    mean_y = sum([y for _, y in points]) / count
    apart = [(x - mean_x, y - mean_y) for x, y in points]
    spread = sum([x**2 for x, _ in apart])
    if spread == 0:
        return None
    slope = sum([x * y for x, y in apart]) / spread
    rest = sum([(y - slope * x) ** 2 for x, y in apart])
    variance = max(rest / (count - 2), resolution**2 / 12)
    error = sqrt(variance / spread)
    return Line(slope, error, _T_95[min(count - 2, len(_T_95)) - 1] * error, mean_x, mean_y)
