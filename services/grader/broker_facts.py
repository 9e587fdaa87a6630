"""What the grader asks of the broker besides records: which cluster and topic this is, and where logs begin and end."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from aiokafka import TopicPartition as AsyncTopicPartition
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from services.grader.kafka_access import committed_reader
from services.grader.manifest import Source
from services.runtime.kafka_clients import admin, consumer
from services.runtime.settings import KafkaSettings


class UnusableTopic(Exception):
    """The bedside topic is not there, or not as the settings say; the message is the sentence to show."""


def bedside_source(settings: KafkaSettings, topic: str) -> Source:
    """The identity of cluster and topic: offsets stored for one mean nothing in another.

    Raises:
        UnusableTopic: with another partition count, every patient would be looked for in a wrong partition.
    """
    try:
        client = admin(settings, client_id="crs-grader-identity")
    except KafkaError:
        raise UnusableTopic(f"No Kafka answers at {settings.bootstrap_servers}.") from None
    try:
        if topic not in client.list_topics():
            raise UnusableTopic(f"Topic {topic} does not exist: create it with `crswatch topics`.")
        (found,) = client.describe_topics([topic])
        if len(found["partitions"]) != settings.partitions:
            raise UnusableTopic(
                f"Topic {topic} has {len(found['partitions'])} partitions, CRSWATCH_PARTITIONS says "
                f"{settings.partitions}: correct the setting, or start with new topics."
            )
        return Source(str(client.describe_cluster()["cluster_id"]), str(found["topic_id"]))
    finally:
        client.close()


class Bounds(NamedTuple):
    """What a partition holds: from `begin` up to but without `end`."""

    begin: int
    end: int


async def bounds_of(settings: KafkaSettings, topic: str, partition: int) -> Bounds:
    """Where the log begins and ends now. Not asked of Faust's consumer: its thread answers between two fetches only."""
    reader = committed_reader(settings)
    try:
        await reader.start()
        at = AsyncTopicPartition(topic, partition)
        begins, ends = await reader.beginning_offsets([at]), await reader.end_offsets([at])
        return Bounds(begins[at], ends[at])
    finally:
        await reader.stop()


class LogEnds:
    """Where the partitions of a topic end now, for the watchdog's thread."""

    def __init__(self, settings: KafkaSettings, topic: str) -> None:
        self._settings, self._topic = settings, topic
        self._client: KafkaConsumer | None = None

    def __call__(self, partitions: Iterable[int]) -> Mapping[int, int]:
        """Log end of each partition; raises where the broker does not answer."""
        if self._client is None:
            self._client = consumer(self._settings, client_id="crs-grader-watchdog", isolation_level="read_uncommitted")
        asked = [TopicPartition(self._topic, partition) for partition in partitions]
        return {at.partition: end for at, end in self._client.end_offsets(asked).items()} if asked else {}
