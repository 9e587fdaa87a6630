"""Where the live ward was, in a file: a simulator that died and is started again goes on with the same patients.

Without it a restart would begin the story anew, in beds whose last patient still has a vasopressor running.
"""

from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path

import orjson

from services.simulator.live_ward import LivePlan

OVERLAP_MS = 5_000  # told again after a restart: the same ids, so whoever took them already knows
WRITTEN_EVERY_MS = 2_000
LONGEST_PAUSE = timedelta(minutes=30)  # after a longer one, a new ward


class Bookmark:
    """A file with the plan of a ward and how far it has been delivered; without a path it remembers nothing."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._written_ms = 0

    def resume(self, plan: LivePlan) -> tuple[LivePlan, int | None]:
        """The plan to go on with and the time up to which all is delivered; the given plan and None for a new ward."""
        try:
            kept = orjson.loads(self._path.read_bytes()) if self._path else None
        except (OSError, orjson.JSONDecodeError):
            kept = None
        if not isinstance(kept, dict) or not {"plan", "start_ms", "delivered_ms"} <= set(kept):
            return plan, None
        pause_ms = plan.start_ms - kept["delivered_ms"]
        # A start within the second of the last delivery may read a clock that is a little behind it.
        if kept["plan"] != _described(plan) or not -OVERLAP_MS <= pause_ms <= LONGEST_PAUSE.total_seconds() * 1000:
            return plan, None
        return replace(plan, start_ms=kept["start_ms"]), max(0, kept["delivered_ms"] - OVERLAP_MS)

    def keep(self, plan: LivePlan, delivered_ms: int) -> None:
        """Remember that everything up to a time is delivered; whole or not at all, and not at every beat."""
        if self._path is None or delivered_ms < self._written_ms + WRITTEN_EVERY_MS:
            return
        self._written_ms = delivered_ms
        draft = self._path.with_name(f"{self._path.name}.part")
        kept = {"plan": _described(plan), "start_ms": plan.start_ms, "delivered_ms": delivered_ms}
        draft.write_bytes(orjson.dumps(kept))
        draft.replace(self._path)

    def remove(self) -> None:
        """Forget the ward: it was stopped on purpose, so the next start is a new one."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)


def _described(plan: LivePlan) -> dict[str, float]:
    """What makes two wards the same, their start aside."""
    described = asdict(plan) | {"history": plan.history.total_seconds()}
    del described["start_ms"]
    return described
