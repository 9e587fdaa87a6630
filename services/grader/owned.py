"""One partition while this process owns it: its patients, its outputs, and what of both is safely stored."""

import asyncio
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import Any

from schemas.rates import as_record
from schemas.reading import Record
from schemas.reasons import Refusal
from services.grader.addressing import addressed
from services.grader.buckets import BUCKETS, bucket_of
from services.grader.checkpoint import CheckpointWriter
from services.grader.clock_ahead import ClockAhead
from services.grader.ending import end_process
from services.grader.engine import Engine, Origin, Output
from services.grader.intake import Intake, PlainRecord, Taken
from services.grader.manifest import Manifest, Newest, encode_parts
from services.grader.sender import Sender, SendingStopped
from services.grader.tallies import tally_slice
from services.grader.under_way import UnderWay, begun

# Between two slices of a batch the event loop runs: heartbeats, acknowledgements, checkpoints.
SLICE = 500
SLICE_S = 0.02
# Decoded together: few enough to lie in the processor's cache until they are graded.
PIECE = 100
# What can wait gives all else its turn, the thread that fetches included: so many times as long as it took itself.
BREATH = 4
LOOKED_AT_EVERY = 32  # of records that are taken in at once: at the watch
AGAIN = 10  # patients whose estimates are sent again in one go


class OwnedPartition:
    """The engine of a partition with everything that makes it durable.

    The checkpoint is taken bucket by bucket while grading goes on: each bucket says up to which record it is complete,
    and the manifest's `next` is where the checkpoint began. After a restore a patient's records before their bucket's
    own `next` are skipped. That works because patients do not depend on each other. Nor does it matter that a record
    may be under way, done to some patients and not to others: it counts as not applied, and does the rest once more.
    """

    def __init__(
        self, number: int, generation: int, *, engine: Engine, sender: Sender, writer: CheckpointWriter,
        manifest: Manifest, topics: dict[str, str], partitions: int,
    ) -> None:  # fmt: skip
        self.number, self.generation = number, generation
        self.engine, self.sender = engine, sender
        self.next = self.stored = manifest.next
        self._newest = manifest.newest
        self._contains_upto = 0 if manifest.newest is None else manifest.newest.offset + 1
        self.progress_s = time.monotonic()
        self.under_way: UnderWay | None = None
        self.slices = 0  # that were graded: one that does not end a record is progress too
        self.released = False
        self.encoding_s = 0.0  # what the last checkpoint took from grading
        self._writer, self._manifest = writer, manifest
        self._topics, self._intake = topics, Intake(number, partitions)
        self._members: list[set[str]] = [set() for _ in range(BUCKETS)]
        self._covered = [manifest.buckets[n].next if n in manifest.buckets else 0 for n in range(BUCKETS)]
        self._covered_upto = max(self._covered, default=0)
        self._lock = asyncio.Lock()
        self._clock_ahead = ClockAhead(number)
        self._writing_since_s: float | None = None
        self._saying_again: asyncio.Future[None] | None = None

    def take_over(self, buckets: dict[int, dict[str, Any]]) -> None:
        """The restored patients, still encoded; their estimates are sent again while grading goes on."""
        for number, patients in buckets.items():
            self._members[number] = set(patients)
            self.engine.restore(patients, self._manifest.clock_ms)
        self.engine.clock_ms = self._manifest.clock_ms
        self._saying_again = asyncio.ensure_future(self._say_again(sorted(set().union(*self._members))))

    async def apply(self, batch: Iterable[PlainRecord]) -> None:
        """Grade a fetched batch in its order; returns early when the partition is given up."""
        records = iter(batch)
        some = list(islice(records, SLICE))
        if some and some[0].offset > self.next:
            end_process("records are missing from the log", partition=self.number, offset=self.next)
        while some and not self.released:
            await self._apply_fresh(self._fresh(some))
            some = list(islice(records, SLICE))

    def _fresh(self, records: Sequence[PlainRecord]) -> Sequence[PlainRecord]:
        """Those that are not in the state already."""
        if records[0].offset >= self.next:
            return records
        self._know_again(records)
        fresh = [record for record in records if record.offset >= self.next]
        tally_slice(0, skipped=len(records) - len(fresh), oldest_ms=0)
        return fresh

    def _know_again(self, records: Iterable[PlainRecord]) -> None:
        """A log that lost its end has other records now where some were applied: nobody graded those."""
        known = self._newest
        if known is not None and any(
            record.offset == known.offset and record.timestamp != known.timestamp_ms for record in records
        ):
            end_process("the log has other records now than were graded", partition=self.number, offset=known.offset)

    async def _apply_fresh(self, fresh: Sequence[PlainRecord]) -> None:
        if not fresh:
            return
        pieces = (fresh[start : start + PIECE] for start in range(0, len(fresh), PIECE))
        oldest_ms, taken = fresh[0].timestamp, chain.from_iterable(map(self._intake.read, pieces))
        unfinished = True
        while unfinished:
            await self.sender.room()
            await asyncio.sleep(0)
            if self.released:
                return
            unfinished = self._apply_slice(taken, oldest_ms)

    def _apply_slice(self, taken: Iterator[Taken], oldest_ms: int) -> bool:
        """Grade what is left of a slice, for a short while; whether more may be left."""
        pause_s = time.monotonic() + SLICE_S
        count = skipped = 0
        last: PlainRecord | None = None
        unfinished = not self._gone_on(pause_s)
        while not unfinished:
            found = self.engine.take_in(islice(taken, LOOKED_AT_EVERY), self._covered_upto)
            count += found.many
            if found.last is not None:
                last, self.next = found.last, found.last.offset + 1
            if found.other is not None:
                last, event, count = found.other[0], as_record(found.other[1]), count + 1
                is_covered = self._is_covered(event, last.offset)
                skipped += is_covered
                if not self._begin(last, event, pause_s, is_covered=is_covered):
                    unfinished = True
                    break
            elif found.many < LOOKED_AT_EVERY:
                break
            unfinished = time.monotonic() >= pause_s
        if last is not None and (self._newest is None or last.offset >= self._newest.offset):
            self._newest = Newest(last.offset, last.timestamp)
        self.progress_s = time.monotonic()
        self.slices += 1
        tally_slice(count - skipped, skipped=skipped, oldest_ms=oldest_ms)
        self._clock_ahead.look(self.engine.clock_ms)
        return unfinished

    def _begin(self, record: PlainRecord, event: Record | Refusal, pause_s: float, *, is_covered: bool) -> bool:
        """Apply a record that goes the ordinary way; whether it is done with."""
        if is_covered:
            self.engine.clock_ms = max(self.engine.clock_ms, record.timestamp)  # time it was for everybody
            self.next = record.offset + 1
            return True
        self.under_way = begun(self.engine, event, record, Origin(self._topics["bedside"], self.number, record.offset))
        return self._gone_on(pause_s)

    def _gone_on(self, until_s: float) -> bool:
        """Whether no record is under way any more."""
        under_way = self.under_way
        if under_way is None:
            return True
        if not under_way.go_on(self._say, until_s):
            return False
        self.under_way, self.next = None, under_way.record.offset + 1
        return True

    @property
    def newest(self) -> Newest | None:
        """The newest record that was applied; also for other threads."""
        return self._newest

    @property
    def patients(self) -> int:
        """How many patients are kept, as of the last checkpoint; also for other threads."""
        return sum(map(len, self._members))

    @property
    def waiting_since_s(self) -> float | None:
        """When the oldest of what Kafka has not acknowledged was handed over: an output, or a checkpoint."""
        waiting = [since_s for since_s in (self.sender.waiting_since_s, self._writing_since_s) if since_s is not None]
        return min(waiting, default=None)

    async def checkpoint(self) -> int | None:
        """Store what changed; the first offset that is not covered, or None where nothing had to be stored.

        Raises:
            KafkaError: the state was not stored; the process has to end.
        """
        return None if self.released else await self._store()

    async def _store(self) -> int | None:
        async with self._lock:
            self.encoding_s = 0.0
            if self.next == self.stored and self.under_way is None:
                return None
            dirty = self._dirty()
            manifest = replace(
                self._manifest, next=self.next, clock_ms=self.engine.clock_ms, rules=self.engine.rules_hash,
            )  # fmt: skip
            buckets = await self._encode(dirty)
            manifest = replace(manifest, newest=self._newest)  # after all of them: none contains more than this
            try:
                await self.sender.settled()
            except SendingStopped:  # given up meanwhile: the next owner grades it again, and says what was not said
                return None
            self._writing_since_s = time.monotonic()
            self._manifest = await self._writer.write(buckets, manifest)
            self._writing_since_s = None
            self.stored = manifest.next
            return self.stored

    async def release(self) -> int | None:
        """Stop where we are, store it, and give the partition up; what `checkpoint` returns."""
        self.released = True
        upto = await self._store()
        await self.abandon()
        return upto

    async def abandon(self) -> None:
        """Give up without storing: what is not stored comes again."""
        self.released = True
        if self._saying_again is not None:
            self._saying_again.cancel()
            self._saying_again = None  # a task that was cancelled holds what it worked on: no cycle is left behind
        self.sender.close()
        self._clock_ahead.forget()
        async with self._lock:  # a checkpoint that is being written ends before the right to write it is given back
            await self._writer.close()

    def skip_to(self, begin: int) -> None:
        """Records before `begin` are gone for good: page for that, and go on there."""
        first = Origin(self._topics["bedside"], self.number, self.next)
        self._enqueue(self.engine.lost(first, begin - 1))
        self.next = begin

    async def _say_again(self, patient_ids: list[str]) -> None:
        """Estimates a reader may lack; each as it stands when its turn comes, so never after a newer one.

        Not before everybody has what some of the restored states contain, and not while a record is under way: it may
        be a change of rules, and as it stands is by one set or the other.
        """
        for start in range(0, len(patient_ids), AGAIN):
            await self.sender.room()
            while self.under_way is not None or self.next < self._contains_upto:
                await asyncio.sleep(SLICE_S * BREATH)
            began_s = time.perf_counter()
            try:
                self._enqueue(self.engine.standing(patient_ids[start : start + AGAIN]))
            except Exception as fault:
                end_process("estimates could not be sent again", fault, partition=self.number)
            await asyncio.sleep((time.perf_counter() - began_s) * BREATH)

    def _is_covered(self, event: Record | Refusal, offset: int) -> bool:
        """Whether the restored state contains what this record did to its patient."""
        if offset >= self._covered_upto or isinstance(event, Refusal):
            return False
        return "patient_id" in event and offset < self._covered[bucket_of(event["patient_id"])]

    def _say(self, outputs: Iterable[Output], of: UnderWay) -> int:
        """The next outputs of a record; how many there are."""
        return self._enqueue(outputs, of.record, clock_ms=of.clock_ms, first=of.said)

    def _enqueue(
        self, outputs: Iterable[Output], record: PlainRecord | None = None, *, clock_ms: int | None = None,
        first: int = 0,
    ) -> int:  # fmt: skip
        """Outputs with the record they follow from; what taking over says follows from none."""
        at_ms = self.engine.clock_ms if clock_ms is None else clock_ms
        ready = addressed(outputs, record, self._topics, partition=self.number, clock_ms=at_ms, first=first)
        if ready:
            self.sender.enqueue(ready)
        return len(ready)

    def _dirty(self) -> set[int]:
        return {bucket_of(patient_id) for patient_id in self._take_up()}

    def _take_up(self) -> set[str]:
        """Who changed since the last time; from now on they belong to what their bucket contains."""
        touched, self.engine.touched = self.engine.touched, set()
        for patient_id in touched:
            self._members[bucket_of(patient_id)].add(patient_id)
        return touched

    async def _encode(self, numbers: set[int]) -> dict[int, tuple[bytes, int]]:
        encoded, meanwhile = dict[int, tuple[bytes, int]](), set[str]()
        for number in sorted(numbers):
            began_s = time.perf_counter()
            # Who came for the first time while other buckets were encoded is among those that this one says it has.
            meanwhile |= self._take_up()
            states = {patient_id: self.engine.encoded(patient_id) for patient_id in self._members[number]}
            patients = {patient_id: state for patient_id, state in states.items() if state is not None}
            self._members[number] = set(patients)
            self._covered[number] = max(self._covered[number], self.next)  # taken over, it may contain more already
            encoded |= encode_parts(number, patients, self._covered[number])
            took_s = time.perf_counter() - began_s
            self.encoding_s += took_s
            await asyncio.sleep(0 if self.released else took_s * BREATH)
        self.engine.touched |= meanwhile
        return encoded
