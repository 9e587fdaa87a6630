"""Two moments of a running contestant and what lies between them: start-up and restoring are before the first."""

from collections.abc import Callable
from time import monotonic, sleep
from typing import NamedTuple

from services.control.refusal import Refusal

# A look costs whoever is looked at (a page of metrics: 2.5 ms): often only at first, where all may be done soon.
FIRST_LOOK_S, LOOK_EVERY_S = 0.25, 1.0
BEGIN_WITHIN_S = 900.0


class Point(NamedTuple):
    """How far a contestant is, and what it has used up."""

    observations: float
    processor_s: float
    at_s: float


class Measured(NamedTuple):
    """One contestant in one round."""

    observations: float
    processor_s: float
    wall_s: float
    peak_bytes: int

    @property
    def per_processor_s(self) -> float:
        """Observations a second of processor time."""
        return self.observations / self.processor_s

    @property
    def per_wall_s(self) -> float:
        """Observations a second of the clock on the wall."""
        return self.observations / self.wall_s

    @property
    def processor_us(self) -> float:
        """Processor time of one observation."""
        return self.processor_s / self.observations * 1e6


def watch(look: Callable[[], Point], *, total: float, seconds: float) -> tuple[Point, Point]:
    """The first point of the work and the last: after `seconds`, or before everything is done.

    Args:
        look: raises where the contestant has ended.
        total: how many observations there are; no point is taken of a moment when all are done.
        seconds: the time box.
    """
    begin = _begun(look)
    last, pause_s = begin, FIRST_LOOK_S
    while last.at_s - begin.at_s < seconds:
        sleep(pause_s)
        pause_s = min(2 * pause_s, LOOK_EVERY_S)
        now = look()
        if now.observations >= total:
            break
        last = now
    if last.observations <= begin.observations or last.processor_s <= begin.processor_s:
        raise Refusal("Too few records to measure by: everything was done within one look. Ask for more --seconds.")
    return begin, last


def _begun(look: Callable[[], Point]) -> Point:
    before = look()
    deadline_s = monotonic() + BEGIN_WITHIN_S
    while (now := look()).observations <= before.observations:
        if monotonic() > deadline_s:
            raise Refusal(f"A contestant graded nothing for {BEGIN_WITHIN_S:.0f} s.")
        sleep(FIRST_LOOK_S)
    return now


def between(begin: Point, end: Point, peak_bytes: int) -> Measured:
    """What lies between two points."""
    return Measured(
        end.observations - begin.observations,
        end.processor_s - begin.processor_s,
        end.at_s - begin.at_s,
        peak_bytes,
    )
