"""Patients whose stored state could not be read come back from the log, while everybody else is graded on.

Another engine grades the bedside records of who is set aside, from the log's beginning, until it has come as far as the
partition; then they join it. What it says was mostly said before: under the same ids, so that is allowed. Nothing is
stored meanwhile, so that a crash finds the same damage again, not a checkpoint in which somebody is missing.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Any

from schemas.bedside import TICK
from schemas.reasons import Refusal
from services.grader.aside import Aside
from services.grader.buckets import bucket_of
from services.grader.ending import end_process
from services.grader.engine import Engine, Origin, Output, Portion
from services.grader.intake import read
from services.grader.owned import OwnedPartition
from services.grader.under_way import UnderWay
from services.runtime.metrics import gauge

log = logging.getLogger(__name__)

SLICE_S = 0.01  # then everybody else has a turn
AHEAD_S = 0.05  # how long to wait for a partition that has not come as far as what was read

Batches = AsyncGenerator[
    Sequence[Any], None
]  # records of the bedside partition, each in its place; an empty one now and then


@dataclass(slots=True)
class Mending:
    """Where the way back stands.

    Attributes:
        aside: the partition's engine and who is missing in it.
        apart: the engine that grades them.
        partitions: how many the bedside topic has.
        begin: the log's first record. Where it is not 0, what they had before is lost.
        upto: offset before which the partition may not be joined, because others contain what lies before it.
        next: first offset that `apart` does not contain.
        under_way: the record there, begun.
    """

    aside: Aside
    apart: Engine
    partitions: int
    begin: int
    upto: int
    next: int = 0
    seen: set[str] = field(default_factory=set)
    under_way: UnderWay | None = None

    def __post_init__(self) -> None:
        self.next = self.begin
        if self.begin > 0:
            self.apart.begin_after(self.begin)


class MendablePartition(OwnedPartition):
    """A partition that may begin with patients missing."""

    mending: Mending | None = None
    _returning: asyncio.Future[None] | None = None
    _rebuilt: frozenset[int] = frozenset()  # buckets to store next, whether or not anybody is in them

    def mend(self, mending: Mending, batches: Batches) -> None:
        """Bring back who is set aside, beside the grading of all others."""
        self.mending = mending
        gauge("crs_rebuilding_partitions").inc()
        self._returning = asyncio.ensure_future(self._mend(mending, batches))

    async def _store(self) -> int | None:
        """As for any partition; nothing while somebody is missing."""
        return None if self.mending is not None else await super()._store()

    def _dirty(self) -> set[int]:
        """As for any partition; and once what was rebuilt: a bucket that nobody came back to is empty from then on."""
        rebuilt, self._rebuilt = self._rebuilt, frozenset()
        return super()._dirty() | rebuilt

    async def abandon(self) -> None:
        """As for any partition; who is missing is missed again by the next owner."""
        if self._returning is not None:
            self._returning.cancel()
            self._returning = None  # for it holds us, once cancelled
        self._mended()
        await super().abandon()

    def _mended(self) -> None:
        if self.mending is not None:
            self.mending = None
            gauge("crs_rebuilding_partitions").dec()

    async def _mend(self, mending: Mending, batches: Batches) -> None:
        try:
            async with aclosing(batches):
                async for batch in batches:
                    if await self._followed(mending, deque(batch)):
                        return
        except Exception as fault:
            end_process("patients could not be rebuilt from the log", fault, partition=self.number)

    async def _followed(self, mending: Mending, waiting: deque[Any]) -> bool:
        """Grade what was read, never ahead of the partition; whether there is no more to do."""
        while True:
            await self.sender.room()
            ahead = bool(waiting) and waiting[0].offset >= self.next
            await asyncio.sleep(AHEAD_S if ahead else 0)
            if self.released:
                return True
            self._follow(mending, waiting)
            # No await between the look and the joining: the partition stands where we looked.
            if mending.next >= self.next >= mending.upto and self.under_way is None:
                self._join(mending)
                return True
            if not waiting:
                return False

    def _follow(self, mending: Mending, waiting: deque[Any]) -> None:
        pause_s = time.monotonic() + SLICE_S
        while waiting and waiting[0].offset < self.next and time.monotonic() < pause_s:
            if mending.under_way is None:
                mending.under_way = self._begun_apart(mending, waiting[0])
            if not mending.under_way.go_on(partial(self._say_apart, mending), pause_s):
                return
            mending.under_way = None
            mending.next = waiting.popleft().offset + 1

    def _say_apart(self, mending: Mending, outputs: Iterable[Output], of: UnderWay) -> int:
        """What is said of who is set aside."""
        # Written into the log before: the checkpoint waited for that.
        said = [output for output in outputs if output.topic != "bedside" or of.record.offset >= mending.upto]
        return self._enqueue(said, of.record, first=of.said)

    def _begun_apart(self, mending: Mending, record: Any) -> UnderWay:
        """The record on its way to who is set aside; refusals were told when the partition came by."""
        clock_ms = max(mending.apart.clock_ms, record.timestamp)
        return UnderWay(record, clock_ms, self._portions_apart(mending, record, clock_ms))

    def _portions_apart(self, mending: Mending, record: Any, clock_ms: int) -> Iterator[Portion]:
        is_ours = record.key is None or record.key.decode(errors="replace") in mending.aside
        event = read(record, mending.partitions) if is_ours else None
        if event is None or isinstance(event, Refusal):
            return iter([Portion((), is_last=True)])
        if event["schema"] == TICK:
            return mending.apart.advancing(clock_ms)
        origin = Origin(record.topic, record.partition, record.offset)
        graded = mending.apart.applying(event, clock_ms=clock_ms, origin=origin)
        return chain([Portion(_shown_anew(mending, event.get("patient_id")), is_last=False)], graded)

    def _join(self, mending: Mending) -> None:
        if mending.begin > 0:
            newest_lost = Origin(self._topics["bedside"], self.number, mending.begin - 1)
            self._enqueue(mending.apart.lost(newest_lost, newest_lost.offset))
            _tell_lost(mending, self.number)
        self._rebuilt = mending.aside.buckets
        self.engine = mending.aside.join(mending.apart)
        self._mended()
        where = {"partition": self.number, "count": len(mending.apart.touched), "offset": self.next}
        log.warning("patients are back from the log", extra=where)


def _tell_lost(mending: Mending, number: int) -> None:
    """Who was stored and has no record in what is left of the log cannot be graded: nobody knows from where on."""
    back = mending.apart.touched
    buckets = len(mending.aside.buckets - {bucket_of(patient_id) for patient_id in back})
    patients = len(mending.aside.patients - back)
    for kind, count in [("bucket", buckets), ("patient", patients)]:
        if count:
            log.error(
                "nothing is left in the log of whoever was stored here: they are lost until something of them comes",
                extra={"partition": number, "kind": kind, "count": count},
            )


def _shown_anew(mending: Mending, patient_id: str | None) -> list[Output]:
    """Part of a past counts fewer revisions than all of it: readers have to forget the higher ones first."""
    if mending.begin == 0 or patient_id is None or patient_id in mending.seen:
        return []
    mending.seen.add(patient_id)
    return [Output("estimates", patient_id, None)]
