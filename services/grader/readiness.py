"""Ready means progress: all our partitions have applied something lately. With ticks there is always something."""

import time
from collections.abc import Callable

from services.grader.ownership import Ownership
from services.runtime.health import Check

PROGRESS_WITHIN_S = 15.0


def progress(ownership: Ownership, *, ticks: bool) -> Callable[[], Check]:
    """The readiness check of this worker; without ticks a quiet partition is no standstill."""

    def look() -> Check:
        owned = list(ownership.owned.values())
        waiting = ownership.ticked - {partition.number for partition in owned}
        if waiting or not owned:
            return Check(False, f"{len(waiting)} partitions are ours and not graded yet, {len(owned)} are graded")
        quiet_s = max(time.monotonic() - partition.progress_s for partition in owned)
        detail = f"{len(owned)} partitions, the quietest applied something {quiet_s:.1f} s ago"
        return Check(not ticks or quiet_s <= PROGRESS_WITHIN_S, detail)

    return look
