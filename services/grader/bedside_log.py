"""A bedside partition's records from an offset on, read beside Faust, which reads each partition in one place only."""

from collections.abc import AsyncGenerator, Sequence
from typing import Any

from aiokafka import TopicPartition

from services.grader.kafka_access import committed_reader
from services.grader.settings import GraderSettings

POLL_MS = 200


async def batches_from(
    settings: GraderSettings, topic: str, partition: int, begin: int
) -> AsyncGenerator[Sequence[Any], None]:
    """Batches in the log's order without end; an empty one when nothing has come for a while.

    Raises:
        KafkaError: also where retention has removed what was to be read next.
    """
    reader = committed_reader(settings)
    await reader.start()
    try:
        at = TopicPartition(topic, partition)
        reader.assign([at])
        reader.seek(at, begin)
        while True:
            yield (await reader.getmany(at, timeout_ms=POLL_MS)).get(at, [])
    finally:
        await reader.stop()
