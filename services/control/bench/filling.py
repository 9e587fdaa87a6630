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
    producer = AIOKafkaProducer(
        bootstrap_servers=kafka.bootstrap_servers,
        acks="all",
        enable_idempotence=True,
        max_batch_size=BATCH_BYTES,
        **aiokafka_security(kafka),
    )
    await producer.start()
    try:
        return await _Batches(producer, topic_name(kafka.topic_prefix, BEDSIDE), kafka.partitions).write(records)
    finally:
        await producer.stop()


class _Batches:
    """One open batch a partition."""

    def __init__(self, producer: AIOKafkaProducer, topic: str, partitions: int) -> None:
        self._producer, self._topic = producer, topic
        self._open = [producer.create_batch() for _ in range(partitions)]
        self._underway: list[Any] = []

    async def write(self, records: Iterable[Recorded]) -> int:
        count = 0
        for partition, key, value, at_ms in records:
            count += 1
            if self._open[partition].append(key=key, value=value, timestamp=at_ms) is None:
                await self._send(partition)
                self._open[partition].append(key=key, value=value, timestamp=at_ms)
        for partition in range(len(self._open)):
            await self._send(partition)
        await self._settle()
        return count

    async def _send(self, partition: int) -> None:
        batch, self._open[partition] = self._open[partition], self._producer.create_batch()
        if batch.record_count() == 0:
            return
        batch.close()
        self._underway.append(await self._producer.send_batch(batch, self._topic, partition=partition))
        if len(self._underway) >= MOST_UNDERWAY:
            await self._settle()

    async def _settle(self) -> None:
        """Wait until Kafka has what was handed over; raises what kept it from that."""
        underway, self._underway = self._underway, []
        await asyncio.gather(*underway)
