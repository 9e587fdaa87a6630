"""A partition's clock never goes back: when a broker's was ahead, all that arrives counts as late for as long."""

import logging
import time

from services.runtime.metrics import gauge

log = logging.getLogger(__name__)

TOLD_FROM_S = 300.0


class ClockAhead:
    """How far a partition's clock is ahead of this machine's, for the metrics; told once where that is too far."""

    def __init__(self, partition: int) -> None:
        self._partition = partition
        self._shown = gauge("crs_partition_clock_ahead_seconds").labels(str(partition))
        self._told = False

    def look(self, clock_ms: int) -> None:
        """The partition has come to this time."""
        ahead_s = max(clock_ms / 1000 - time.time(), 0.0)
        self._shown.set(ahead_s)
        is_far = ahead_s > TOLD_FROM_S
        if is_far and not self._told:
            log.error(
                "the broker's clock is or was ahead: what arrives is late until ours has come as far",
                extra={"partition": self._partition, "duration_s": round(ahead_s)},
            )
        self._told = is_far

    def forget(self) -> None:
        """The partition is given up: its clock is somebody else's to show."""
        gauge("crs_partition_clock_ahead_seconds").remove(str(self._partition))
