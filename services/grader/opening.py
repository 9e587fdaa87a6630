"""Taking a partition over: fence, restore, check that state and log belong together."""

import logging
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass

from services.grader.broker_facts import Bounds, bounds_of
from services.grader.checkpoint import CheckpointWriter
from services.grader.engine import EngineFactory
from services.grader.manifest import Manifest, Source
from services.grader.owned import OwnedPartition
from services.grader.restore import restore
from services.grader.sender import Acknowledged, Produce, Sender
from services.grader.settings import GraderSettings
from services.runtime.metrics import counter, histogram

log = logging.getLogger(__name__)


class ForeignState(Exception):
    """The stored state and the bedside topic do not belong together."""


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

    async def open(self, number: int, generation: int) -> OwnedPartition:
        """The partition as its last checkpoint left it.

        Raises:
            ForeignState: the state was written for another cluster or topic, or the log ends before it.
        """
        started_s = time.monotonic()
        # First the right to write, then the reading: nobody can write behind our back.
        writer = await CheckpointWriter.open(self.settings, self.topics["state"], number)
        async with AsyncExitStack() as undo:
            undo.push_async_callback(writer.close)
            owned = await self._restored(number, generation, writer)
            undo.pop_all()
        duration_s = time.monotonic() - started_s
        histogram("crs_restore_seconds").observe(duration_s)
        log.info("partition restored", extra={"partition": number, "offset": owned.next, "duration_s": duration_s})
        return owned

    async def _restored(self, number: int, generation: int, writer: CheckpointWriter) -> OwnedPartition:
        found = await restore(self.settings, self.topics["state"], number)
        bounds = await bounds_of(self.settings, self.topics["bedside"], number)
        manifest, buckets = found or (Manifest(self.source, bounds.begin, 0, self.rules_hash, {}), {})
        _check(manifest, self.source, bounds, number)
        engine = self.engine_for(number)
        if not engine.resume(manifest.rules):
            log.error("the rule set that was in force is not here", extra={"partition": number})
        sender = Sender(self.produce, acknowledged=self.acknowledged)
        owned = OwnedPartition(
            number, generation, engine=engine, sender=sender, writer=writer,
            manifest=manifest, topics=self.topics, partitions=self.settings.partitions,
        )  # fmt: skip
        owned.take_over(buckets)
        self._mind_the_gap(owned, bounds)
        return owned

    def _mind_the_gap(self, owned: OwnedPartition, bounds: Bounds) -> None:
        """Records that retention removed before they were graded are gone; that is counted, logged and paged for."""
        lost = bounds.begin - owned.next
        if lost > 0:
            counter("crs_lost_records_total").inc(lost)
            log.error("records lost to retention", extra={"partition": owned.number, "count": lost})
            owned.skip_to(bounds.begin)


def _check(manifest: Manifest, source: Source, bounds: Bounds, number: int) -> None:
    if manifest.source != source:
        raise ForeignState(f"the state of partition {number} was written for another cluster or another bedside topic")
    if bounds.end < manifest.next:
        raise ForeignState(f"partition {number} ends at {bounds.end}, the state already contains {manifest.next}")
