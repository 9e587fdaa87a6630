"""What a single process, without Kafka, makes of the bedside topic as it was recorded, ticks included."""

from collections.abc import Iterable
from typing import Any

from kafka import TopicPartition

from schemas.reasons import Refusal
from schemas.topics import BEDSIDE, Topic
from services.grader.engine import Origin, Output
from services.grader.engine.partition import Partition
from services.grader.intake import read
from services.runtime.kafka_clients import consumer
from services.runtime.settings import KafkaSettings
from services.runtime.topics import partition_count, topic_name


def records_of(kafka: KafkaSettings, topic: Topic = BEDSIDE) -> list[Any]:
    """All records up to the topic's present end; those of one partition stand in their order."""
    client = consumer(kafka, client_id="test-recorded")
    try:
        name = topic_name(kafka.topic_prefix, topic)
        everywhere = [TopicPartition(name, number) for number in range(partition_count(kafka, topic))]
        client.assign(everywhere)
        client.seek_to_beginning()
        ends = client.end_offsets(everywhere)
        found: list[Any] = []
        while any(client.position(at) < end for at, end in ends.items()):
            for records in client.poll(timeout_ms=100).values():
                found.extend(records)
        return found
    finally:
        client.close()


def graded(records: Iterable[Any], partitions: int) -> list[Output]:
    """Everything that one engine a partition says about the records."""
    engines = [Partition() for _ in range(partitions)]
    outputs: list[Output] = []
    for record in records:
        engine = engines[record.partition]
        event = read(record, partitions)
        assert not isinstance(event, Refusal)
        clock_ms = max(engine.clock_ms, record.timestamp)
        if event["schema"] == "crs.tick.v1":
            outputs += engine.advance(clock_ms)
        else:
            origin = Origin(record.topic, record.partition, record.offset)
            outputs += engine.apply(event, clock_ms=clock_ms, origin=origin)
    return outputs
