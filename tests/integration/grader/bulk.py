"""Many records at once, through the client that counts its checksums in C."""

import asyncio
from collections.abc import Iterable

from aiokafka import AIOKafkaProducer

from schemas.topics import BEDSIDE
from services.runtime.settings import KafkaSettings
from services.runtime.topics import topic_name


def send_bulk(kafka: KafkaSettings, records: Iterable[tuple[bytes, bytes]]) -> None:
    """Keys and values onto the bedside topic; returns when Kafka has all of them."""
    asyncio.run(_sent(kafka, records))


async def _sent(kafka: KafkaSettings, records: Iterable[tuple[bytes, bytes]]) -> None:
    topic = topic_name(kafka.topic_prefix, BEDSIDE)
    fast = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers, linger_ms=20, max_batch_size=512 * 1024)
    await fast.start()
    try:
        await asyncio.gather(*[await fast.send(topic, value, key=key) for key, value in records])
    finally:
        await fast.stop()
