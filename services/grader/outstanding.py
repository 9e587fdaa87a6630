"""How many bytes a process has handed over that Kafka has not acknowledged, and who waits until they are fewer.

Of all its partitions together: however many are behind, and however little the broker takes, memory stays bounded.
"""

import asyncio
from collections.abc import Callable

MOST_BYTES = 8 * 1024 * 1024

Condition = Callable[[], bool]


class Outstanding:
    """One a process.

    Attributes:
        bytes: keys and values of what is queued or sent.
    """

    def __init__(self) -> None:
        self.bytes = 0
        self._waiting: list[tuple[object, Condition, asyncio.Future[bool]]] = []

    @property
    def has_room(self) -> bool:
        """Whether more may be handed over."""
        return self.bytes < MOST_BYTES

    def less(self, by: int) -> None:
        """So many bytes fewer; whoever waited for what is now so goes on."""
        self.bytes -= by
        if not self._waiting:
            return
        for _, condition, reached in self._waiting:
            if not reached.done() and condition():
                reached.set_result(True)
        self._waiting = [waiting for waiting in self._waiting if not waiting[2].done()]

    async def until(self, condition: Condition, who: object) -> bool:
        """Whether it came to that before `who` stopped waiting."""
        reached: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((who, condition, reached))
        return await reached

    def stop(self, who: object) -> None:
        """Nobody waits any more in this one's name."""
        for waiter, _, reached in self._waiting:
            if waiter is who and not reached.done():
                reached.set_result(False)
        self._waiting = [waiting for waiting in self._waiting if waiting[0] is not who]
