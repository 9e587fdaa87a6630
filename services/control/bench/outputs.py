"""Listens to what graders say, and says when one of them graded again after another was killed."""

import time
from collections.abc import Iterable, Iterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas.topics import ESCALATIONS, ESTIMATES
from services.runtime.kafka_clients import aiokafka_security
from services.runtime.settings import KafkaSettings
from services.runtime.topics import topic_name

POLL_MS = 20


class GradedAgain(NamedTuple):
    """Seconds from the kill.

    Attributes:
        first_s: to the first output that follows from a record.
        current_s: to the first that follows from a record written after the kill.
    """

    first_s: float
    current_s: float


class Outputs:
    """A reader of estimates and escalations."""

    def __init__(self, reader: AIOKafkaConsumer, every: list[TopicPartition]) -> None:
        self._reader, self._every = reader, every

    async def graded_again(
        self, killed_s: float, killed_ms: int, partitions: Iterable[int], *, within_s: float
    ) -> GradedAgain | None:
        """When records of these partitions were graded again; None if not in time.

        Call it once the killed grader is dead: what it sent before may still have arrived until then.

        Args:
            killed_s: seconds that only go forward.
            killed_ms: the same moment by the clock of the records.
            partitions: of the bedside topic.
            within_s: how long to wait.
        """
        wanted, first_s = set(partitions), 0.0
        await self._reader.seek_to_end(*self._every)
        while (passed_s := time.monotonic() - killed_s) < within_s:
            for partition, at_ms in _caused(await self._reader.getmany(timeout_ms=POLL_MS)):
                if partition in wanted:
                    first_s = first_s or passed_s
                    if at_ms > killed_ms:
                        return GradedAgain(first_s, time.monotonic() - killed_s)
        return None


def _caused(found: dict[TopicPartition, list[Any]]) -> Iterator[tuple[int, int]]:
    """Partition of the cause and the engine's time of each output that follows from a record."""
    for batch in found.values():
        for record in batch:
            cause = dict(record.headers).get("cause")
            if cause:
                yield int(cause.partition(b":")[0]), record.timestamp


@asynccontextmanager
async def outputs(kafka: KafkaSettings) -> Any:
    """A reader that listens from now on."""
    reader = AIOKafkaConsumer(
        bootstrap_servers=kafka.bootstrap_servers, enable_auto_commit=False, **aiokafka_security(kafka)
    )
    await reader.start()
    try:
        names = [topic_name(kafka.topic_prefix, topic) for topic in (ESTIMATES, ESCALATIONS)]
        every = [TopicPartition(name, number) for name in names for number in range(kafka.partitions)]
        reader.assign(every)
        await reader.seek_to_end(*every)
        yield Outputs(reader, every)
    finally:
        await reader.stop()
