"""Ready means progress: all our partitions have applied something lately. With ticks there is always something."""

import time
from collections.abc import Callable, Sequence

from services.grader.mending import MendablePartition
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
        if missing := _missing(owned):
            return Check(False, missing)
        quiet_s = max(time.monotonic() - partition.progress_s for partition in owned)
        detail = f"{len(owned)} partitions, the quietest applied something {quiet_s:.1f} s ago"
        return Check(not ticks or quiet_s <= PROGRESS_WITHIN_S, detail)

    return look


def _missing(owned: Sequence[MendablePartition]) -> str:
    """Whose patients are not all graded, in words; nothing if they are."""
    behind = {
        partition.number: partition.next - mending.next
        for partition in owned
        if (mending := partition.mending) is not None
    }
    if not behind:
        return ""
    numbers = ", ".join(map(str, sorted(behind)))
    return (
        f"stored state could not be read: patients of partition {numbers} are rebuilt from the log and not graded yet, "
        f"{sum(behind.values())} records to go"
    )
