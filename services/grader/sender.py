"""Sends a partition's outputs, in order, and knows which of them Kafka has not acknowledged yet."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from services.grader.ending import end_process
from services.grader.outstanding import Outstanding

# Then the partition waits. How large all of them may be together: `outstanding.py`.
MOST_UNACKNOWLEDGED = 1_000
# An estimate may wait so long for others, of all partitions at the same moments: what is said of a ward is then a few
# dozen requests a second, not hundreds. Whatever else is said goes at once, and takes along what waits.
GATHER_S = 0.025


class Addressed(NamedTuple):
    """One output, ready to go.

    Attributes:
        value: None is a tombstone.
        cause: `partition:offset:n`, the bedside record it follows from and its place among that record's outputs.
        timestamp_ms: record timestamp; only topics with create time keep it. None is the time of sending.
        kind: short name of the topic, and with `detail` what the metrics are labelled with.
        partition: where the key does not decide.
    """

    topic: str
    key: bytes | None
    value: bytes | None
    cause: bytes
    timestamp_ms: int | None
    kind: str = ""
    detail: tuple[str, ...] = ()
    partition: int | None = None


Produce = Callable[
    [Addressed], Awaitable[Awaitable[Any]]
]  # the first await hands over, the second is the broker's word
Acknowledged = Callable[[Addressed, float], None]


class SendingStopped(Exception):
    """The partition was given up: whether Kafka has everything is not known any more, so nothing may be stored."""


class Sender:
    """One a partition: a `resolved` must never pass its rise.

    An output that Kafka does not take in time ends the process (`overdue.py`): the next one repeats it from the last
    checkpoint, with the same id. Losing one is never acceptable, repeating one is.
    """

    def __init__(
        self, produce: Produce, *, acknowledged: Acknowledged, limit: int = MOST_UNACKNOWLEDGED,
        outstanding: Outstanding | None = None,
    ) -> None:  # fmt: skip
        self._produce = produce
        self._acknowledged = acknowledged
        self._outstanding = outstanding or Outstanding()
        self._limit = limit
        self._queue: deque[tuple[int, Addressed, float]] = deque()
        self._number = 0
        self._unacknowledged: dict[int, int] = {}  # in the order of sending, with sizes
        self._handed_over_s: dict[int, float] = {}  # when, of those of them that were
        self._closed = False
        self._work = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._held: asyncio.TimerHandle | None = None
        self._task: asyncio.Future[None] | None = asyncio.ensure_future(self._send_all())

    @property
    def unacknowledged(self) -> int:
        """Outputs queued or sent that Kafka has not acknowledged."""
        return len(self._unacknowledged)

    @property
    def waiting_since_s(self) -> float | None:
        """When the oldest output was handed over that Kafka has not acknowledged."""
        return next(iter(self._handed_over_s.values()), None)

    def enqueue(self, outputs: Sequence[Addressed]) -> None:
        """Take outputs over; never waits. After `close` nothing is sent any more, nor counted."""
        if self._closed:
            return
        for output in outputs:
            self._number += 1
            size = len(output.key or b"") + len(output.value or b"")
            self._unacknowledged[self._number] = size
            self._outstanding.bytes += size
            self._queue.append((self._number, output, time.monotonic()))
        if self._held is None and outputs:
            self._held = self._loop.call_at(_next_moment(self._loop.time()), self._work.set)
        if any(output.kind != "estimates" for output in outputs):
            self._work.set()

    async def room(self) -> None:
        """Wait until fewer than the limit are unacknowledged, and not too many bytes; or until sending has stopped."""
        await self._until(lambda: len(self._unacknowledged) < self._limit and self._outstanding.has_room)

    async def settled(self) -> None:
        """Wait until everything enqueued so far is acknowledged, whatever comes after it.

        Raises:
            SendingStopped: before that, or already.
        """
        last = self._number
        if not await self._until(lambda: next(iter(self._unacknowledged), last + 1) > last):
            raise SendingStopped

    def close(self) -> None:
        """Stop sending. What is not acknowledged is not covered by any checkpoint and comes again.

        Nobody waits any more: what is still to be sent never will be.
        """
        if self._closed:
            return
        self._closed = True
        self._hold()
        if self._task is not None:
            self._task.cancel()
            self._task = None  # once cancelled it holds this sender
        self._outstanding.stop(self)
        self._outstanding.less(sum(self._unacknowledged.values()))

    async def _until(self, condition: Callable[[], bool]) -> bool:
        """Whether it came to that before sending stopped."""
        if self._closed or condition():
            return not self._closed
        self._work.set()  # nothing that somebody waits for waits for others
        return await self._outstanding.until(condition, self)

    def _hold(self) -> None:
        """Nothing is left to send: wait until there is."""
        self._work.clear()
        if self._held is not None:
            self._held.cancel()
            self._held = None

    async def _send_all(self) -> None:
        while True:
            await self._work.wait()
            while self._queue:
                number, output, since_s = self._queue.popleft()
                try:
                    receipt = asyncio.ensure_future(await self._produce(output))
                except Exception as fault:
                    end_process("an output could not be handed to Kafka", fault)
                self._handed_over_s[number] = time.monotonic()
                receipt.add_done_callback(partial(self._settle, number, output, since_s))
            self._hold()

    def _settle(self, number: int, output: Addressed, since_s: float, done: "asyncio.Future[Any]") -> None:
        if done.cancelled():
            return
        if (fault := done.exception()) is not None:
            end_process("Kafka did not take an output in time", fault)
        del self._handed_over_s[number]
        size = self._unacknowledged.pop(number)
        self._acknowledged(output, time.monotonic() - since_s)
        self._outstanding.less(0 if self._closed else size)


def _next_moment(now_s: float) -> float:
    """The same for all partitions."""
    return (now_s // GATHER_S + 1) * GATHER_S
