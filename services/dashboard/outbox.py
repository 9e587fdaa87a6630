"""What one connected board has not been sent yet. Bounded, yet no alarm is ever dropped.

A slow board misses pictures that newer ones replaced, one slot a bed. Alarms queue in order; a board that cannot even
take those is cut off, and the snapshot it gets on reconnecting shows every open alarm.
"""

import asyncio
from collections import deque
from typing import NamedTuple


class Frame(NamedTuple):
    """One server-sent event, serialised once for all boards; `slot` is None for what may not be replaced."""

    slot: str | None
    data: bytes


class Outbox:
    """Latest frame of each slot and all frames without one, for a single reader."""

    def __init__(self, *, alarm_limit: int) -> None:
        self._alarm_limit = alarm_limit
        self._alarms: deque[bytes] = deque()
        self._latest: dict[str, bytes] = {}
        self._filled = asyncio.Event()
        self.closed = False

    def put(self, frame: Frame) -> None:
        """Queue a frame; a newer one of the same slot takes the place of the older."""
        if self.closed:
            return
        if frame.slot is not None:
            self._latest[frame.slot] = frame.data
        elif len(self._alarms) < self._alarm_limit:
            self._alarms.append(frame.data)
        else:
            self.closed = True
        self._filled.set()

    def close(self) -> None:
        """Send nothing more; the reader is told."""
        self.closed = True
        self._filled.set()

    async def take(self) -> bytes | None:
        """All that waits, alarms first; None once closed."""
        await self._filled.wait()
        if self.closed:
            return None
        self._filled.clear()
        waiting = b"".join([*self._alarms, *self._latest.values()])
        self._alarms.clear()
        self._latest.clear()
        return waiting

    def __len__(self) -> int:
        return len(self._alarms) + len(self._latest)
