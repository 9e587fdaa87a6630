"""Stored partitions are fetched before their turn: what waits for the broker holds up nobody who can be graded."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from services.grader.opening import StoredPartition

AT_ONCE = 8  # of connections that a start opens, and of stored partitions that wait in memory beside those in use


class Ahead:
    """What is being fetched for partitions that are ours and have not been opened.

    Args:
        fetch: reads one.
    """

    def __init__(self, fetch: Callable[[int], Awaitable[StoredPartition]]) -> None:
        self._fetch = fetch
        self._under_way: dict[int, asyncio.Task[StoredPartition]] = {}
        self._wanted: list[int] = []

    def begin(self, numbers: Iterable[int]) -> None:
        """These will be asked for, in any order."""
        self._wanted = [number for number in numbers if number not in self._under_way]
        self._go_on()

    async def take(self, number: int) -> StoredPartition:
        """The partition, for the caller to keep; fetched now if it was not.

        Raises:
            Exception: it could not be fetched.
        """
        fetching = self._under_way.get(number) or self._start(number)
        try:
            return await fetching
        finally:
            self._under_way.pop(number, None)
            self._go_on()

    async def drop(self) -> None:
        """Nobody will ask any more: give everything back."""
        self._wanted, under_way = [], list(self._under_way.values())
        self._under_way.clear()
        for fetching in under_way:
            fetching.cancel()
        for found in await asyncio.gather(*under_way, return_exceptions=True):
            if isinstance(found, StoredPartition):
                await found.close()

    def _go_on(self) -> None:
        while self._wanted and len(self._under_way) < AT_ONCE:
            self._start(self._wanted[0])

    def _start(self, number: int) -> asyncio.Task[StoredPartition]:
        if number in self._wanted:
            self._wanted.remove(number)
        self._under_way[number] = asyncio.ensure_future(self._fetch(number))
        return self._under_way[number]
