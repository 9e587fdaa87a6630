"""Which partitions this process owns, from the first batch of a generation to the moment it gives them up."""

import asyncio
import time
from collections.abc import Callable, Iterable

from services.grader.ahead import Ahead
from services.grader.collecting import calm_down
from services.grader.ending import end_process
from services.grader.fetching import Fetched
from services.grader.manifest import Newest
from services.grader.mending import MendablePartition
from services.grader.opening import Opener
from services.grader.owned import OwnedPartition
from services.runtime.metrics import gauge, histogram

DeclareSafe = Callable[[int, int], None]
NO_GENERATION = -1
NOT_OPENED = -1  # the position of a partition that is ours and not taken over yet


class Ownership:
    """Opens, checkpoints and releases partitions. Where one of these fails the process ends: state is never guessed.

    Args:
        opener: how a partition is taken over.
        declare_safe: told the partition and the first offset that a finished checkpoint does not cover.
        assigned: which partitions are ours now.
    """

    def __init__(self, opener: Opener, declare_safe: DeclareSafe, assigned: Callable[[], Iterable[int]]) -> None:
        self._opener, self._ahead, self._generation = opener, Ahead(opener.fetch), NO_GENERATION
        self._declare_safe, self._assigned = declare_safe, assigned
        self._opening = asyncio.Lock()
        self.owned: dict[int, MendablePartition] = {}
        self._leaving: MendablePartition | None = None  # given up, and nothing is opened before that is done
        self.ticked: frozenset[int] = frozenset()

    def tick(self) -> frozenset[int]:
        """Partitions that are ours and get a tick now: each of them must be taken over soon."""
        self.ticked = frozenset(self._assigned())
        return self.ticked

    async def apply(self, number: int, generation: int, batch: Fetched) -> None:
        """Grade a batch of a partition, taking the partition over first where it is new."""
        owned = self.owned.get(number)
        if owned is None or owned.generation != generation:
            owned = await self._open(number, generation, batch.begin)
        await owned.apply(batch)
        gauge("crs_partition_last_progress_timestamp_seconds").labels(str(number)).set_to_current_time()

    def positions(self) -> dict[int, int]:
        """The next offset to apply of each partition that is ours; also for other threads."""
        return dict.fromkeys(self.ticked, NOT_OPENED) | {
            number: owned.next for number, owned in list(self.owned.items())
        }

    def newest(self) -> dict[int, Newest]:
        """The newest record that was applied in each partition that is taken over; also for other threads."""
        applied = [(number, owned.newest) for number, owned in list(self.owned.items())]
        return {number: newest for number, newest in applied if newest is not None}

    def slices(self) -> dict[int, int]:
        """How many slices were graded of each partition; also for other threads."""
        return {number: owned.slices for number, owned in list(self.owned.items())}

    def waiting_since_s(self) -> float | None:
        """When the oldest output or checkpoint of any partition was handed over that Kafka has not acknowledged."""
        leaving = () if self._leaving is None else (self._leaving,)
        waiting = [owned.waiting_since_s for owned in (*self.owned.values(), *leaving)]
        return min((since_s for since_s in waiting if since_s is not None), default=None)

    async def checkpoint(self) -> float:
        """Store every partition's changes and declare safe what that covers; seconds that this took from grading."""
        owned_now = list(self.owned.values())
        for owned in owned_now:
            await self._checkpoint(owned)
        return sum(owned.encoding_s for owned in owned_now)

    async def release(self) -> None:
        """Store and give up everything: on revocation and at the end."""
        async with self._opening:
            self._generation = NO_GENERATION
            await self._ahead.drop()
            for number, owned in list(self.owned.items()):
                try:
                    upto = await owned.release()
                except Exception as fault:
                    end_process("a partition could not be stored when it was given up", fault, partition=number)
                self._declare(owned, upto)
            self.owned.clear()

    async def _open(self, number: int, generation: int, at: int) -> MendablePartition:
        async with self._opening:
            if generation != self._generation:
                await self._begin(generation)
            try:
                fetched = await self._ahead.take(number)
                self.owned[number] = await self._opener.open(number, generation, fetched, at)
            except Exception as fault:
                end_process("a partition could not be restored", fault, partition=number)
            # Said once more: a group that has lost its offsets would else begin at the log's beginning every time.
            self._declare_safe(number, self.owned[number].stored)
            calm_down()
            return self.owned[number]

    async def _begin(self, generation: int) -> None:
        """Another generation: nothing of an earlier one is ours, and all that is will be asked for soon."""
        await self._ahead.drop()
        for number in [number for number, owned in self.owned.items() if owned.generation != generation]:
            self._leaving = self.owned.pop(number)
            await self._leaving.abandon()
            self._leaving = None
        self._generation = generation
        self._ahead.begin(self._assigned())

    async def _checkpoint(self, owned: OwnedPartition) -> None:
        started_s = time.monotonic()
        try:
            upto = await owned.checkpoint()
        except Exception as fault:
            end_process("a checkpoint could not be stored", fault, partition=owned.number)
        if upto is not None:
            histogram("crs_checkpoint_seconds").observe(time.monotonic() - started_s)
            gauge("crs_checkpoint_timestamp_seconds").labels(str(owned.number)).set_to_current_time()
            self._declare(owned, upto)

    def _declare(self, owned: OwnedPartition, upto: int | None) -> None:
        if upto is not None and self.owned.get(owned.number) is owned:
            self._declare_safe(owned.number, upto)
