"""Writes prepared records into the bedside topic, as fast as Kafka takes them, in batches as an ingest sends them."""

import asyncio
from collections.abc import Iterable
from typing import Any

from aiokafka import AIOKafkaProducer

from schemas.topics import BEDSIDE
from services.control.bench.ward_stream import Recorded
from services.runtime.kafka_clients import aiokafka_security
from services.runtime.settings import KafkaSettings
from services.runtime.topics import topic_name

BATCH_BYTES = 16 * 1024  # what Kafka's own producers send by default
MOST_UNDERWAY = 500


def fill(kafka: KafkaSettings, records: Iterable[Recorded]) -> int:
    """Write all records, each partition in its order; how many they were."""
    return asyncio.run(_fill(kafka, records))


async def _fill(kafka: KafkaSettings, records: Iterable[Recorded]) -> int:
    producer, count = await started_producer(kafka), 0
    try:
        batches = Batches(producer, topic_name(kafka.topic_prefix, BEDSIDE), kafka.partitions)
        for count, recorded in enumerate(records, 1):  # noqa: B007 - how many it were is the answer
            await batches.add(recorded)
        await batches.flush()
        await batches.settle()
    finally:
        await producer.stop()
    return count


async def started_producer(kafka: KafkaSettings, **more: Any) -> AIOKafkaProducer:
    """One that loses and doubles nothing, as an ingest's. Stop it."""
    producer = AIOKafkaProducer(
        bootstrap_servers=kafka.bootstrap_servers,
        acks="all",
        enable_idempotence=True,
        **{"max_batch_size": BATCH_BYTES} | more,
        **aiokafka_security(kafka),
    )
    await producer.start()
    return producer


class Batches:
    """One open batch a partition."""

    def __init__(self, producer: AIOKafkaProducer, topic: str, partitions: int) -> None:
        self._producer, self._topic = producer, topic
        self._open = [producer.create_batch() for _ in range(partitions)]
        self._underway: list[Any] = []

    async def add(self, recorded: Recorded) -> None:
        """Into the open batch, or a new one where that is full."""
        partition, key, value, at_ms = recorded
        if self._open[partition].append(key=key, value=value, timestamp=at_ms) is None:
            await self._send(partition)
            self._open[partition].append(key=key, value=value, timestamp=at_ms)

    async def flush(self) -> None:
        """Send what is open."""
        for partition in range(len(self._open)):
            await self._send(partition)

    async def settle(self) -> None:
        """Wait until Kafka has what was sent; raises what kept it from that."""
        underway, self._underway = self._underway, []
        await asyncio.gather(*underway)

    async def _send(self, partition: int) -> None:
        batch = self._open[partition]
        if batch.record_count() == 0:
            return
        self._open[partition] = self._producer.create_batch()
        batch.close()
        self._underway.append(await self._producer.send_batch(batch, self._topic, partition=partition))
        if len(self._underway) >= MOST_UNDERWAY:
            await self.settle()
