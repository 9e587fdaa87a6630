"""Finds a partition's newest finished checkpoint and reads exactly what it names.

At 1 Hz every bucket is dirty each time, gigabytes an hour that compaction will not remove in time: so the manifest is
searched from the end, and only the records it names are read. Anything missing stops the restore; a reader that found
nothing and carried on would lose escalations in silence.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from services.grader.kafka_access import committed_reader
from services.grader.manifest import MANIFEST_KEY, Manifest, bucket_key, decode_bucket, decode_manifest
from services.grader.settings import GraderSettings

FIRST_LOOK = 256  # records from the end; doubles until a manifest is found
POLL_MS = 1_000
LIMIT_S = 120.0  # a restore that takes longer is stuck
NEAR = 512  # a named record this close is read on to, a farther one is sought


class LostState(Exception):
    """A manifest names a record that the state topic no longer has."""


async def restore(
    settings: GraderSettings, topic: str, partition: int
) -> tuple[Manifest, dict[int, dict[str, Any]]] | None:
    """The newest manifest and the encoded patients of each bucket it names; None where nothing was ever stored.

    Call with the partition's `CheckpointWriter` open: then nothing can be written behind the reader's back.
    """
    reader = committed_reader(settings)
    await reader.start()
    try:
        async with asyncio.timeout(LIMIT_S):
            at = TopicPartition(topic, partition)
            reader.assign([at])
            manifest = await _newest_manifest(reader, at)
            return None if manifest is None else (manifest, await _buckets(reader, at, manifest))
    finally:
        await reader.stop()


async def _newest_manifest(reader: AIOKafkaConsumer, at: TopicPartition) -> Manifest | None:
    begin = (await reader.beginning_offsets([at]))[at]
    end = (await reader.end_offsets([at]))[at]
    look = FIRST_LOOK
    while begin < end:
        start = max(begin, end - look)
        found = [record for record in await _read(reader, at, start, end) if record.key == MANIFEST_KEY]
        if found:
            return decode_manifest(found[-1].value)
        if start == begin:
            break
        look *= 2
    return None


async def _buckets(reader: AIOKafkaConsumer, at: TopicPartition, manifest: Manifest) -> dict[int, dict[str, Any]]:
    wanted = {stored.offset: number for number, stored in manifest.buckets.items()}
    patients: dict[int, dict[str, Any]] = {}
    for first, last in _runs(sorted(wanted)):
        for record in await _read(reader, at, first, last + 1):
            number = wanted.get(record.offset)
            if number is None:
                continue
            if record.key != bucket_key(number):
                raise LostState(f"bucket {number} is not where the manifest says")
            patients[number], upto = decode_bucket(record.value)
            if upto != manifest.buckets[number].next:
                raise LostState(f"bucket {number} is not the one the manifest names")
    if missing := manifest.buckets.keys() - patients.keys():
        raise LostState(f"{len(missing)} buckets named by the manifest are gone")
    return patients


def _runs(offsets: Sequence[int]) -> list[tuple[int, int]]:
    """Offsets as few stretches, first and last, to read each in one go."""
    runs: list[tuple[int, int]] = []
    for offset in offsets:
        if runs and offset - runs[-1][1] <= NEAR:
            runs[-1] = (runs[-1][0], offset)
        else:
            runs.append((offset, offset))
    return runs


async def _read(reader: AIOKafkaConsumer, at: TopicPartition, start: int, end: int) -> list[Any]:
    """Committed records from `start` up to `end`; the position also passes markers and what compaction removed."""
    reader.seek(at, start)
    records: list[Any] = []
    while await reader.position(at) < end:
        for batch in (await reader.getmany(at, timeout_ms=POLL_MS)).values():
            records.extend(record for record in batch if record.offset < end)
    return records
