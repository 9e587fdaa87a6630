"""A topic from its beginning to where it ended, by fetched batches, with a bare aiokafka consumer."""

from collections.abc import AsyncGenerator, Mapping
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from services.runtime.kafka_clients import aiokafka_security
from services.runtime.settings import KafkaSettings

MOST_RECORDS = 5_000
LOOK_MS = 500


async def fetched(
    kafka: KafkaSettings, topic: str, ends: Mapping[int, int], *, endlessly: bool = False
) -> AsyncGenerator[list[Any], None]:
    """Batches of records as they were fetched, all partitions, until all have been read to their ends.

    Args:
        kafka: where.
        topic: full name.
        ends: by partition.
        endlessly: a partition that was read to its end is read again.
    """
    left = {TopicPartition(topic, number): end for number, end in ends.items() if end}
    if not left:
        return
    consumer = AIOKafkaConsumer(
        bootstrap_servers=kafka.bootstrap_servers,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        **aiokafka_security(kafka),
    )
    await consumer.start()
    try:
        consumer.assign(list(left))
        while left:
            fetched_now = await consumer.getmany(timeout_ms=LOOK_MS, max_records=MOST_RECORDS)
            for batch in fetched_now.values():
                yield batch
            # By position: a topic that is written in transactions ends with a marker, which is no record.
            for at in fetched_now or list(left):
                if await consumer.position(at) < left[at]:
                    continue
                if endlessly:
                    consumer.seek(at, 0)
                else:
                    del left[at]
    finally:
        await consumer.stop()
