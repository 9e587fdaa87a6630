"""Real time: the loop that hands events over when they are due, and never before."""

import threading
import time
from collections.abc import Callable
from typing import Protocol

from services.simulator.delivery import Delivery
from services.simulator.live_ward import LiveWard

FIRST_RETRY_MS, LAST_RETRY_MS = 500, 5_000


class Clock(Protocol):
    """The time, and waiting for it."""

    def now_ms(self) -> int:
        """Milliseconds since 1970."""

    def wait_until(self, at_ms: int) -> bool:
        """Wait; True when the simulator is to stop instead."""


class WallClock:
    """The real clock; `stop` ends a wait at once."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop

    def now_ms(self) -> int:
        """The system's time."""
        return time.time_ns() // 1_000_000

    def wait_until(self, at_ms: int) -> bool:
        """Sleep until a time that may already be past."""
        return self._stop.wait(max(0, at_ms - self.now_ms()) / 1000)


def whole_second(at_ms: int) -> int:
    """The last whole second."""
    return at_ms // 1000 * 1000


def run(
    ward: LiveWard,
    delivery: Delivery,
    clock: Clock,
    *,
    every_ms: int,
    delivered: Callable[[int], None] = lambda _: None,
) -> None:
    """Hand over what is due, once a beat, until the clock says stop.

    Args:
        ward: what happens.
        delivery: where it goes.
        clock: the only time.
        every_ms: the length of a beat.
        delivered: told the time up to which everything was taken, after each beat in which it was.
    """
    beat_ms = whole_second(clock.now_ms())
    try_again_ms = 0
    wait_ms = FIRST_RETRY_MS
    while True:
        now_ms = clock.now_ms()
        delivery.offer(ward.due(now_ms), now_ms)
        if clock.now_ms() >= try_again_ms:
            if delivery.flush():
                wait_ms = FIRST_RETRY_MS
                delivered(now_ms)
            else:
                try_again_ms = clock.now_ms() + wait_ms
                wait_ms = min(2 * wait_ms, LAST_RETRY_MS)
        # After a long pause the next beat is the next whole second, not all that were missed.
        beat_ms = max(beat_ms + every_ms, whole_second(clock.now_ms()) + 1000)
        if clock.wait_until(beat_ms):
            return
