"""Ends the process when it stands still while records wait: Faust can lose a partition without saying so.

Runs in a thread of its own with a client of its own, so that nothing that hangs in the event loop hangs it too.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping

from services.grader.ending import end_process, named

log = logging.getLogger(__name__)

LOOK_EVERY_S = 5.0

Positions = Callable[[], Mapping[int, int]]  # next offset to apply, by partition
LogEnds = Callable[[list[int]], Mapping[int, int]]  # asks the broker; raises when it does not answer


class Standstill:
    """Since when each partition has applied nothing although its log goes on. Pure: time is an argument."""

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._seen: dict[int, tuple[int, float]] = {}

    def forget(self) -> None:
        """The broker did not answer: standing still is not our fault, count from anew."""
        self._seen.clear()

    def stuck(self, positions: Mapping[int, int], ends: Mapping[int, int], now_s: float) -> list[int]:
        """Partitions that have stood still for the limit."""
        self._seen = {partition: seen for partition, seen in self._seen.items() if partition in positions}
        stuck = []
        for partition, position in positions.items():
            before, since_s = self._seen.get(partition, (position, now_s))
            if position != before or ends.get(partition, position) <= position:
                since_s = now_s
            self._seen[partition] = (position, since_s)
            if now_s - since_s >= self._limit_s:
                stuck.append(partition)
        return stuck


class Watchdog:
    """Looks every few seconds; close it with `stop`."""

    def __init__(self, positions: Positions, log_ends: LogEnds, *, limit_s: float) -> None:
        self._positions, self._log_ends = positions, log_ends
        self._standstill = Standstill(limit_s)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Stop looking, before the process ends in an orderly way."""
        self._stopped.set()

    def _watch(self) -> None:
        while not self._stopped.wait(LOOK_EVERY_S):
            positions = dict(self._positions())
            try:
                ends = self._log_ends(sorted(positions))
            except Exception as fault:
                log.warning("the broker does not answer", extra={"detail": named(fault)})
                self._standstill.forget()
                continue
            if stuck := self._standstill.stuck(positions, ends, time.monotonic()):
                end_process(f"{len(stuck)} partitions applied nothing for too long while records wait")
