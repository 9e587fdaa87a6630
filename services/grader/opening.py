"""Taking a partition over: fence, restore, check that state and log belong together."""

import logging
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from services.grader.aside import Aside
from services.grader.bedside_log import batches_from
from services.grader.broker_facts import Bounds, log_of
from services.grader.checkpoint import CheckpointWriter
from services.grader.engine import EngineFactory
from services.grader.manifest import Manifest, Source
from services.grader.mending import MendablePartition, Mending
from services.grader.outstanding import Outstanding
from services.grader.restore import Restored, restore
from services.grader.sender import Acknowledged, Produce, Sender
from services.grader.settings import GraderSettings
from services.runtime.metrics import counter, histogram

log = logging.getLogger(__name__)


class ForeignState(Exception):
    """The stored state and the bedside topic do not belong together."""


class StoredPartition(NamedTuple):
    """The right to write a partition's state, what there is of it, and its log.

    Attributes:
        rewritten: whether the log has another record now where the state's newest one was.
    """

    writer: CheckpointWriter
    found: Restored
    bounds: Bounds
    took_s: float
    rewritten: bool = False

    @property
    def goes_on_at(self) -> int:
        """The first record that is there and not in the state."""
        stored = 0 if self.found.manifest is None else self.found.manifest.next
        return max(stored, self.bounds.begin)

    async def close(self) -> None:
        """Give the right back."""
        await self.writer.close()


@dataclass(frozen=True, slots=True)
class Opener:
    """Everything it takes to open a partition of this installation."""

    settings: GraderSettings
    topics: dict[str, str]
    source: Source
    rules_hash: str
    engine_for: EngineFactory
    produce: Produce
    acknowledged: Acknowledged
    outstanding: Outstanding = field(default_factory=Outstanding)

    async def fetch(self, number: int) -> StoredPartition:
        """Everything that has to come from the broker before a partition can be taken over.

        First the right to write, then the reading: nobody can write behind our back.
        """
        started_s = time.monotonic()
        writer = await CheckpointWriter.open(self.settings, self.topics["state"], number)
        async with AsyncExitStack() as undo:
            undo.push_async_callback(writer.close)
            found = await restore(self.settings, self.topics["state"], number)
            bounds, rewritten = await self._log_of(number, found)
            undo.pop_all()
        return StoredPartition(writer, found, bounds, time.monotonic() - started_s, rewritten)

    async def _log_of(self, number: int, found: Restored) -> tuple[Bounds, bool]:
        known = None if found.manifest is None else found.manifest.newest
        return await log_of(self.settings, self.topics["bedside"], number, known)

    async def open(self, number: int, generation: int, fetched: StoredPartition, at: int = 0) -> MendablePartition:
        """The partition as its last checkpoint left it; who cannot be restored comes back from the log.

        Args:
            number: of the partition.
            generation: of the group, in which the partition became ours.
            fetched: of this partition; given back where it cannot be opened.
            at: offset of the first record that is there to be applied.

        Raises:
            ForeignState: the state was written for another cluster or topic, or contains records that the log lost.
        """
        started_s = time.monotonic()
        async with AsyncExitStack() as undo:
            undo.push_async_callback(fetched.close)
            if at > fetched.goes_on_at:  # retention may have gone on since that was fetched: then nothing else is wrong
                bounds, rewritten = await self._log_of(number, fetched.found)
                fetched = fetched._replace(bounds=bounds, rewritten=rewritten)
            owned = self._restored(number, generation, fetched, at)
            undo.pop_all()
        duration_s = fetched.took_s + time.monotonic() - started_s
        histogram("crs_restore_seconds").observe(duration_s)
        log.info("partition restored", extra={"partition": number, "offset": owned.next, "duration_s": duration_s})
        return owned

    def _restored(self, number: int, generation: int, fetched: StoredPartition, at: int) -> MendablePartition:
        writer, found, bounds = fetched.writer, fetched.found, fetched.bounds
        if found.manifest is not None:
            _check_partitions(found.manifest, self.settings.partitions, number)
            _check(found.manifest, self.source, fetched, number)
            if at > fetched.goes_on_at:  # older than what was committed: not the newest there was
                found = Restored(anything=True)
        missing = found.manifest is None and (found.anything or at > bounds.begin)
        if not found.anything and not missing and bounds.begin > 0:
            # A first start on an older log looks the same: nobody is known who could be paged for.
            log.error("nothing is stored, and what the log held before is unknown", extra={"partition": number})
        manifest = found.manifest or Manifest(self.source, max(at, bounds.begin), 0, self.rules_hash, {})
        engine = self.engine_for(number)
        if not engine.resume(manifest.rules):
            log.error("the rule set that was in force is not here", extra={"partition": number})
        aside = Aside(engine, buckets=found.unreadable, everybody=missing)
        sender = Sender(self.produce, acknowledged=self.acknowledged, outstanding=self.outstanding)
        owned = MendablePartition(
            number, generation, engine=aside, sender=sender, writer=writer,
            manifest=replace(manifest, partitions=self.settings.partitions), topics=self.topics,
            partitions=self.settings.partitions,
        )  # fmt: skip
        owned.take_over(found.buckets)
        self._mind_the_gap(owned, bounds)
        if aside.is_needed:
            self._bring_back(owned, aside, found, bounds)
        else:
            owned.engine = engine
        return owned

    def _bring_back(self, owned: MendablePartition, aside: Aside, found: Restored, bounds: Bounds) -> None:
        """State that cannot be read is said loudly, and rebuilt from what retention has left of the log."""
        _tell_damage(owned.number, found, patients=len(aside.patients), bounds=bounds)
        apart = self.engine_for(owned.number)
        stored = () if found.manifest is None else found.manifest.buckets.values()
        upto = max([owned.next, *(bucket.next for bucket in stored)])
        if found.manifest is not None and bounds.begin > 0:
            # From its beginning the log says itself which rules came into force, and when.
            apart.resume(found.manifest.rules)
        batches = batches_from(self.settings, self.topics["bedside"], owned.number, bounds.begin)
        owned.mend(Mending(aside, apart, self.settings.partitions, bounds.begin, upto), batches)

    def _mind_the_gap(self, owned: MendablePartition, bounds: Bounds) -> None:
        """Records that retention removed before they were graded are gone; that is counted, logged and paged for."""
        lost = bounds.begin - owned.next
        if lost > 0:
            counter("crs_lost_records_total").inc(lost)
            log.error("records lost to retention", extra={"partition": owned.number, "count": lost})
            owned.skip_to(bounds.begin)


def _check_partitions(manifest: Manifest, partitions: int, number: int) -> None:
    if manifest.partitions in (None, partitions):
        return
    log.error(
        "the state was made with another number of partitions: patients are in others now, start with new topics",
        extra={"partition": number, "count": partitions, "partitions": manifest.partitions},
    )
    raise ForeignState(f"partition {number} was stored as one of {manifest.partitions}, now there are {partitions}")


def _check(manifest: Manifest, source: Source, fetched: StoredPartition, number: int) -> None:
    if manifest.source != source:
        raise ForeignState(f"the state of partition {number} was written for another cluster or another bedside topic")
    applied = max(manifest.next, 0 if manifest.newest is None else manifest.newest.offset + 1)
    if fetched.bounds.end >= applied and not fetched.rewritten:
        return
    # What came instead was never graded, and nobody knows since where: an operator has to decide.
    log.error(
        "the bedside log has lost records that were graded",
        extra={"partition": number, "offset": applied, "count": max(applied - fetched.bounds.end, 0)},
    )
    if fetched.rewritten:
        raise ForeignState(f"partition {number} holds other records below {applied} than the state contains")
    raise ForeignState(f"partition {number} ends at {fetched.bounds.end}, the state already contains {applied}")


def _tell_damage(number: int, found: Restored, *, patients: int, bounds: Bounds) -> None:
    damaged = {"manifest": int(found.manifest is None), "bucket": len(found.unreadable), "patient": patients}
    for what, count in damaged.items():
        counter("crs_unreadable_state_total").labels(what).inc(count)
    log.error(
        "stored state could not be read: its patients are rebuilt from the log",
        extra={"partition": number, "offset": bounds.begin, "buckets": len(found.unreadable), "patients": patients},
    )
    if bounds.begin > 0:
        log.error(
            "the log does not reach back to its beginning: what is older is lost, and everybody concerned is paged for",
            extra={"partition": number, "offset": bounds.begin},
        )
