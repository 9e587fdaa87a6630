"""The topics of one bench run: under a prefix of their own, deleted afterwards, group and all."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace

from kafka import TopicPartition
from kafka.errors import KafkaError

from schemas.topics import ESTIMATES, TOPICS, Topic
from services.control.pipeline_topics import FOREVER, grader_group
from services.runtime.kafka_clients import admin, consumer
from services.runtime.settings import KafkaSettings
from services.runtime.topics import create_topics, partition_count, topic_name

# Where contestants that are not ours send what they say.
RIVAL_OUTPUTS = replace(ESTIMATES, name="rival-outputs", retention_ms=FOREVER)


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
        _delete_all(own)


def end_offsets(kafka: KafkaSettings, topic: Topic) -> dict[int, int]:
    """Where each partition of a topic ends now."""
    reader = consumer(kafka, client_id="crswatch-bench-ends")
    try:
        name = topic_name(kafka.topic_prefix, topic)
        found = reader.end_offsets([TopicPartition(name, number) for number in range(partition_count(kafka, topic))])
    finally:
        reader.close()
    return {at.partition: end for at, end in found.items()}


def _delete_all(own: KafkaSettings) -> None:
    """Also what others made: a framework puts our prefix into the names of its own topics."""
    client = admin(own)
    try:
        client.delete_topics(sorted(name for name in client.list_topics() if own.topic_prefix in name))
        with suppress(KafkaError):
            # One that a killed member is still counted in stays; Kafka forgets it by itself in a week.
            client.delete_groups([grader_group(own)])
    finally:
        client.close()
