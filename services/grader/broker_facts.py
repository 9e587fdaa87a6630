"""What the grader asks of the broker besides records: which cluster and topic this is, and where logs begin and end."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer
from aiokafka import TopicPartition as AsyncTopicPartition
from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.errors import KafkaError, KafkaTimeoutError

from services.grader.kafka_access import committed_reader
from services.grader.manifest import Newest, Source
from services.runtime.kafka_clients import admin, consumer
from services.runtime.settings import KafkaSettings

# A broker that is slower does not answer, for the watchdog.
ALL_ANSWER_MS = 10_000
ONE_ANSWERS_MS = 1_000
POLL_MS = 1_000
FETCHED_BYTES = 1  # a single record is asked for: the broker sends the batch that holds it, and no more
RECORD_LIMIT_S = 30.0  # reading one record that takes longer is stuck


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
                f"{settings.partitions}: correct the setting; if partitions were added, patients have moved: "
                "start with new topics (another CRSWATCH_TOPIC_PREFIX)."
            )
        return Source(str(client.describe_cluster()["cluster_id"]), str(found["topic_id"]))
    finally:
        client.close()


class Bounds(NamedTuple):
    """What a partition holds: from `begin` up to but without `end`."""

    begin: int
    end: int


async def log_of(settings: KafkaSettings, topic: str, partition: int, known: Newest | None) -> tuple[Bounds, bool]:
    """Where the log begins and ends now, and whether a record in it that is `known` is another one now.

    Not asked of Faust's consumer: its thread answers between two fetches only.
    """
    reader = committed_reader(settings)
    try:
        await reader.start()
        at = AsyncTopicPartition(topic, partition)
        begins, ends = await reader.beginning_offsets([at]), await reader.end_offsets([at])
        bounds = Bounds(begins[at], ends[at])
        if known is None or not bounds.begin <= known.offset < bounds.end:
            return bounds, False
        async with asyncio.timeout(RECORD_LIMIT_S):
            return bounds, await _timestamp_ms(reader, at, known.offset) != known.timestamp_ms
    finally:
        await reader.stop()


async def _timestamp_ms(reader: AIOKafkaConsumer, at: AsyncTopicPartition, offset: int) -> int | None:
    """Of the record there, as the broker stamped it; None where there is none."""
    reader.assign([at])
    reader.seek(at, offset)
    while not (found := (await reader.getmany(at, timeout_ms=POLL_MS, max_records=1)).get(at)):
        pass
    return int(found[0].timestamp) if found[0].offset == offset else None


class Shape(NamedTuple):
    """A topic as it is now; `epochs` of the leaders, by partition, of those that have one."""

    topic_id: str
    partitions: int
    epochs: Mapping[int, int]


class TopicNow:
    """What the topic is and which records lie in it now, for the watchdog's thread."""

    def __init__(self, settings: KafkaSettings, topic: str) -> None:
        self._settings, self.name = settings, topic
        self._admin: KafkaAdminClient | None = None
        self._reader: KafkaConsumer | None = None

    def shape(self) -> Shape | None:
        """None where the topic is not there, or being made.

        Raises:
            KafkaError: the broker does not answer.
        """
        if self._admin is None:
            self._admin = admin(self._settings, client_id="crs-grader-topic", request_timeout_ms=ALL_ANSWER_MS)
        (found,) = self._admin.describe_topics([self.name])
        if found["error_code"]:
            return None
        led = [partition for partition in found["partitions"] if partition["leader_id"] >= 0]
        epochs = {partition["partition_index"]: partition["leader_epoch"] for partition in led}
        return Shape(str(found["topic_id"]), len(found["partitions"]), epochs)

    def is_other(self, partition: int, known: Newest) -> bool:
        """Whether another record lies now where `known` was; what retention has removed is no other one.

        Raises:
            KafkaError: nobody can say, also where the log does not reach so far.
        """
        if self._reader is None:
            self._reader = consumer(
                self._settings, client_id="crs-grader-reader", isolation_level="read_uncommitted",
                auto_offset_reset="none", max_partition_fetch_bytes=FETCHED_BYTES,
            )  # fmt: skip
        at = TopicPartition(self.name, partition)
        if known.offset < self._reader.beginning_offsets([at], timeout_ms=ONE_ANSWERS_MS)[at]:
            return False
        self._reader.assign([at])
        self._reader.seek(at, known.offset)
        found = self._reader.poll(timeout_ms=ONE_ANSWERS_MS, max_records=1).get(at)
        if not found:
            raise KafkaTimeoutError
        return (found[0].offset, found[0].timestamp) != known

    def close(self) -> None:
        """Ask nothing more."""
        for client in (self._admin, self._reader):
            if client is not None:
                client.close()


class LogEnds:
    """Where the partitions of a topic end now, for the watchdog's thread."""

    def __init__(self, settings: KafkaSettings, topic: str) -> None:
        self._settings, self._topic = settings, topic
        self._client: KafkaConsumer | None = None

    def __call__(self, partitions: Collection[int]) -> Mapping[int, int]:
        """Log end of each partition that has a leader, and of the topic's others where none is asked for.

        Raises:
            KafkaError: the broker does not answer for any of them.
        """
        if self._client is None:
            self._client = consumer(self._settings, client_id="crs-grader-watchdog", isolation_level="read_uncommitted")
        asked = [TopicPartition(self._topic, number) for number in partitions or range(self._settings.partitions)]
        try:
            found = self._client.end_offsets(asked, timeout_ms=ALL_ANSWER_MS)
        except KafkaError:
            found = self._one_by_one(self._client, asked)
            if not found:
                raise
        return {at.partition: end for at, end in found.items()}

    def _one_by_one(self, client: KafkaConsumer, asked: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        """Those that have an end: asked for all together, none is told while one has no leader."""
        found = dict[TopicPartition, int]()
        for at in asked:
            with suppress(KafkaError):
                found |= client.end_offsets([at], timeout_ms=ONE_ANSWERS_MS)
        return found
