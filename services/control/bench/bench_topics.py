"""The topics of one bench run: under a prefix of their own, deleted afterwards, group and all."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from kafka import TopicPartition
from kafka.errors import KafkaError

from schemas.topics import TOPICS, Topic
from services.control.pipeline_topics import grader_group
from services.runtime.kafka_clients import admin, consumer
from services.runtime.settings import KafkaSettings
from services.runtime.topics import create_topics, delete_topics, partition_count, topic_name


@contextmanager
def bench_topics(kafka: KafkaSettings, topics: Sequence[Topic] = TOPICS) -> Iterator[KafkaSettings]:
    """Settings with fresh topics behind them.

    Args:
        kafka: where, and how many partitions.
        topics: the registry's where time is the broker's; `replay_topics()` where the records bring their own.
    """
    own = kafka.model_copy(update={"topic_prefix": f"{kafka.topic_prefix}bench-{uuid.uuid4().hex[:12]}."})
    create_topics(own, topics)
    try:
        yield own
    finally:
        delete_topics(own, topics)
        _forget_groups(own)


def end_offsets(kafka: KafkaSettings, topic: Topic) -> dict[int, int]:
    """Where each partition of a topic ends now."""
    reader = consumer(kafka, client_id="crswatch-bench-ends")
    try:
        name = topic_name(kafka.topic_prefix, topic)
        found = reader.end_offsets([TopicPartition(name, number) for number in range(partition_count(kafka, topic))])
    finally:
        reader.close()
    return {at.partition: end for at, end in found.items()}


def _forget_groups(own: KafkaSettings) -> None:
    """A group with a member that was killed is still held for its session; Kafka forgets it by itself in a week."""
    client = admin(own)
    try:
        with suppress(KafkaError):
            client.delete_groups([grader_group(own)])
    finally:
        client.close()
