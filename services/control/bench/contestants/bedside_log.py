"""The bedside topic from its beginning to where it ended, by fetched batches, with a bare aiokafka consumer."""

from collections.abc import AsyncIterator
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas.topics import BEDSIDE
from services.control.bench.task import Task
from services.runtime.kafka_clients import aiokafka_security
from services.runtime.topics import topic_name

MOST_RECORDS = 5_000


async def fetched(task: Task, *, endlessly: bool = False) -> AsyncIterator[list[Any]]:
    """Batches of records as they were fetched, all partitions, until all have been read to their ends.

    Args:
        task: where.
        endlessly: a partition that was read to its end is read again.
    """
    consumer = AIOKafkaConsumer(
        bootstrap_servers=task.bootstrap_servers,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        **aiokafka_security(task.kafka),
    )
    await consumer.start()
    try:
        topic = topic_name(task.topic_prefix, BEDSIDE)
        ends = {TopicPartition(topic, number): end for number, end in enumerate(task.ends) if end}
        consumer.assign(list(ends))
        while ends:
            for at, batch in (await consumer.getmany(timeout_ms=1_000, max_records=MOST_RECORDS)).items():
                if batch[-1].offset + 1 >= ends[at]:
                    if endlessly:
                        consumer.seek(at, 0)
                    else:
                        del ends[at]
                yield batch
    finally:
        await consumer.stop()
