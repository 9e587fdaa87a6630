"""Ends the process when Kafka has not taken an output, or a checkpoint, in time.

The idempotent producer says so itself only of what it could not begin to send: what it has begun it sends again without
end, since to give one up would break the order of all that follow.
"""

import asyncio
import time
from collections.abc import Callable
from typing import NoReturn

from services.grader.ending import end_process

LOOK_EVERY_S = 1.0


class Overdue:
    """Whether one output waits for too long, seen by looks at the oldest. Pure: time is an argument.

    It takes two looks: a process that stood still itself finds at the first one what Kafka took long ago and said so.
    """

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._late_s: float | None = None

    def is_over(self, oldest_s: float | None, now_s: float) -> bool:
        """Whether the output that was handed over at `oldest_s` was too late at the last look already."""
        late_s = oldest_s if oldest_s is not None and now_s - oldest_s >= self._limit_s else None
        was_late_s, self._late_s = self._late_s, late_s
        return late_s is not None and late_s == was_late_s


async def look_out(oldest_s: Callable[[], float | None], limit_s: float) -> NoReturn:
    """Look every second, also while the process is being stopped; until cancelled."""
    overdue = Overdue(limit_s)
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        if overdue.is_over(oldest_s(), time.monotonic()):
            end_process("Kafka did not take an output or a checkpoint in time")
