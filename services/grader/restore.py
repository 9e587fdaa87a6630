"""Finds a partition's newest finished checkpoint and reads exactly what it names.

At 1 Hz every bucket is dirty each time, gigabytes an hour that compaction will not remove in time: so the manifest is
searched from the end, and only the records it names are read. What is missing or cannot be read is reported, never left
out in silence: a restore that found less than there was and carried on would lose escalations.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from services.grader.buckets import BUCKETS
from services.grader.kafka_access import committed_reader
from services.grader.manifest import MANIFEST_KEY, Manifest, bucket_key, decode_bucket, decode_manifest, joined_parts
from services.grader.settings import GraderSettings
from services.grader.stored.checkpoints import upgraded_bucket, upgraded_manifest

log = logging.getLogger(__name__)

FIRST_LOOK = 256  # records from the end; doubles until a manifest is found
POLL_MS = 1_000
LIMIT_S = 120.0  # a restore that takes longer is stuck
NEAR = 512  # a named record this close is read on to, a farther one is sought


@dataclass(frozen=True, slots=True)
class Restored:
    """What there is of a partition's state.

    Attributes:
        manifest: the newest; None where there is none or it cannot be read.
        buckets: the encoded patients of each bucket that could be read.
        unreadable: numbers of the buckets that the manifest names and that are gone or cannot be read.
        anything: whether the state topic holds any record of this partition.
    """

    manifest: Manifest | None = None
    buckets: dict[int, dict[str, Any]] = field(default_factory=dict)
    unreadable: frozenset[int] = frozenset()
    anything: bool = False


async def restore(settings: GraderSettings, topic: str, partition: int) -> Restored:
    """The newest manifest and the encoded patients of each bucket it names, as far as they are there.

    Call with the partition's `CheckpointWriter` open: then nothing can be written behind the reader's back.
    """
    reader = committed_reader(settings)
    try:
        await reader.start()
        async with asyncio.timeout(LIMIT_S):
            at = TopicPartition(topic, partition)
            reader.assign([at])
            begin, end = (await reader.beginning_offsets([at]))[at], (await reader.end_offsets([at]))[at]
            return await _StateLog(reader, at, begin, end).restored()
    finally:
        await reader.stop()


class _StateLog:
    """The state topic's records of one partition."""

    def __init__(self, reader: AIOKafkaConsumer, at: TopicPartition, begin: int, end: int) -> None:
        self._reader, self._at, self._begin, self._end = reader, at, begin, end
        self._anything = False

    async def restored(self) -> Restored:
        value = await self._newest_manifest()
        if value is None:
            return Restored(anything=self._anything)
        try:
            manifest = decode_manifest(upgraded_manifest(value))
        except Exception as fault:  # whatever it holds, and whoever wrote it: it is no manifest of ours
            log.error("the newest manifest cannot be read", exc_info=fault, extra={"partition": self._at.partition})
            return Restored(anything=True)
        parts = await self._parts(manifest)
        unreadable = frozenset(number % BUCKETS for number in manifest.buckets.keys() - parts.keys())
        readable = {number: part for number, part in parts.items() if number % BUCKETS not in unreadable}
        return Restored(manifest, joined_parts(readable), unreadable, anything=True)

    async def _newest_manifest(self) -> bytes | None:
        look = FIRST_LOOK
        while self._begin < self._end:
            start = max(self._begin, self._end - look)
            records = await self._read(start, self._end)
            self._anything = self._anything or bool(records)
            found = [record for record in records if record.key == MANIFEST_KEY]
            if found:
                return bytes(found[-1].value or b"")
            if start == self._begin:
                break
            look *= 2
        return None

    async def _parts(self, manifest: Manifest) -> dict[int, dict[str, Any]]:
        wanted = {stored.offset: number for number, stored in manifest.buckets.items()}
        there = sorted(offset for offset in wanted if self._begin <= offset < self._end)
        patients: dict[int, dict[str, Any]] = {}
        for first, last in _runs(there):
            for record in await self._read(first, last + 1):
                number = wanted.get(record.offset)
                found = None if number is None else self._bucket(record, number, manifest.buckets[number].next)
                if number is not None and found is not None:
                    patients[number] = found
        return patients

    def _bucket(self, record: Any, number: int, next_offset: int) -> dict[str, Any] | None:
        """The patients of the bucket; None where the record is not the one that the manifest names, or unreadable."""
        if record.key != bucket_key(number):
            return None
        try:
            patients, upto = decode_bucket(upgraded_bucket(record.value or b""))
        except Exception as fault:
            where = {"partition": self._at.partition, "offset": record.offset}
            log.error("a bucket of patients cannot be read", exc_info=fault, extra=where)
            return None
        return patients if upto == next_offset else None

    async def _read(self, start: int, end: int) -> list[Any]:
        """Committed records from `start` up to `end`; the position also passes markers and what compaction removed."""
        self._reader.seek(self._at, start)
        records: list[Any] = []
        while await self._reader.position(self._at) < end:
            for batch in (await self._reader.getmany(self._at, timeout_ms=POLL_MS)).values():
                records.extend(record for record in batch if record.offset < end)
        return records


def _runs(offsets: Sequence[int]) -> list[tuple[int, int]]:
    """Offsets as few stretches, first and last, to read each in one go."""
    runs: list[tuple[int, int]] = []
    for offset in offsets:
        if runs and offset - runs[-1][1] <= NEAR:
            runs[-1] = (runs[-1][0], offset)
        else:
            runs.append((offset, offset))
    return runs
