"""Writes a partition's checkpoints, each in one transaction of a producer that belongs to the partition.

Opening the producer fences every older writer: a paused worker that wakes up cannot overwrite newer state. That is why
it is opened before the state is read.
"""

from collections.abc import Mapping
from dataclasses import replace

from aiokafka import AIOKafkaProducer

from services.grader.buckets import BUCKETS
from services.grader.kafka_access import transactional_producer
from services.grader.manifest import MANIFEST_KEY, Manifest, Stored, bucket_key
from services.grader.settings import GraderSettings


class CheckpointWriter:
    """The right to write one partition's state, until somebody else opens it."""

    def __init__(self, producer: AIOKafkaProducer, topic: str, partition: int) -> None:
        self._producer = producer
        self._topic = topic
        self._partition = partition

    @classmethod
    async def open(cls, settings: GraderSettings, topic: str, partition: int) -> "CheckpointWriter":
        """Become the only writer of the partition's state; what an older one left unfinished is aborted."""
        timeout_ms = int(settings.send_timeout.total_seconds() * 1000)
        producer = transactional_producer(settings, settings.transactional_id(partition), timeout_ms=timeout_ms)
        try:
            await producer.start()
        except BaseException:  # also where nobody wants the partition any more
            await producer.stop()
            raise
        return cls(producer, topic, partition)

    async def write(self, buckets: Mapping[int, tuple[bytes, int]], manifest: Manifest) -> Manifest:
        """Store buckets and, last, the manifest with their new offsets; all of it or nothing.

        A part that its bucket does not need any more is taken off the topic: its patients would lie there for good.

        Args:
            buckets: by number, the encoded patients and the first bedside offset that is not in them.
            manifest: names the buckets as they were stored before.

        Raises:
            ProducerFenced: another worker owns the partition now.
        """
        async with self._producer.transaction():
            sent = {
                number: await self._producer.send(self._topic, value, key=bucket_key(number), partition=self._partition)
                for number, (value, _) in buckets.items()
            }
            kept = manifest.but_for({number % BUCKETS for number in buckets})
            for number in manifest.buckets.keys() - kept.keys() - buckets.keys():
                await self._producer.send(self._topic, None, key=bucket_key(number), partition=self._partition)
            newest = {number: Stored((await done).offset, buckets[number][1]) for number, done in sent.items()}
            manifest = replace(manifest, buckets={**kept, **newest})
            await self._producer.send_and_wait(
                self._topic, manifest.encode(), key=MANIFEST_KEY, partition=self._partition
            )
        return manifest

    async def close(self) -> None:
        """Give the right back."""
        await self._producer.stop()
