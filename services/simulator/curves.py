"""How a quantity moves over time: eased curves through given points, and noise that remembers where it was."""

import math
from bisect import bisect_right
from collections.abc import Iterable
from random import Random


class Curve:
    """A value over time: through its points, smooth in between, level before the first and after the last."""

    def __init__(self, points: Iterable[tuple[int, float]] = ()) -> None:
        """Take (time in ms, value) points in any order; without points the value is always 0."""
        ordered = sorted(points) or [(0, 0.0)]
        self._times_ms = [at_ms for at_ms, _ in ordered]
        self._values = [value for _, value in ordered]

    def at(self, at_ms: int) -> float:
        """The value at a time."""
        following = bisect_right(self._times_ms, at_ms)
        if following == 0:
            return self._values[0]
        if following == len(self._times_ms):
            return self._values[-1]
        earlier_ms, later_ms = self._times_ms[following - 1], self._times_ms[following]
        before, after = self._values[following - 1], self._values[following]
        part = (at_ms - earlier_ms) / (later_ms - earlier_ms)
        return before + (after - before) * part * part * (3.0 - 2.0 * part)


class Wander:
    """Autocorrelated noise around 0: an Ornstein-Uhlenbeck process, stepped exactly whatever the gap."""

    def __init__(self, rng: Random, *, deviation: float, memory_s: float) -> None:
        self._rng = rng
        self._deviation = deviation
        self._memory_ms = memory_s * 1000
        self._value = rng.gauss(0.0, deviation)
        self._at_ms: int | None = None
        self._gap_ms = -1
        self._kept = self._fresh = 0.0

    def at(self, at_ms: int) -> float:
        """The noise at a time; times must not go back."""
        if self._at_ms is not None and at_ms > self._at_ms:
            self._step(at_ms - self._at_ms)
        self._at_ms = at_ms
        return self._value

    def _step(self, gap_ms: int) -> None:
        if gap_ms != self._gap_ms:
            self._gap_ms = gap_ms
            self._kept = math.exp(-gap_ms / self._memory_ms)
            self._fresh = self._deviation * math.sqrt(1.0 - self._kept * self._kept)
        self._value = self._value * self._kept + self._rng.gauss(0.0, self._fresh)
