"""What stands on a topic, read by a client that has nothing to do with ingest."""

import base64
import json
from typing import NamedTuple

from kafka import KafkaConsumer, TopicPartition

from schemas.rejected import REJECTED
from schemas.topics import BEDSIDE


class Stored(NamedTuple):
    partition: int
    key: bytes | None
    value: bytes

    @property
    def event(self) -> dict:
        return json.loads(self.value)


class Refused(NamedTuple):
    rejected_id: str
    reason: str
    field: str | None
    body: bytes
    length: int
    sha256: str
    source: str


def stored(settings, topic=BEDSIDE.name) -> list[Stored]:
    """Everything on a topic up to its end."""
    consumer = KafkaConsumer(bootstrap_servers=settings.bootstrap_servers, enable_auto_commit=False)
    try:
        name = settings.topic_prefix + topic
        partitions = [TopicPartition(name, number) for number in consumer.partitions_for_topic(name)]
        consumer.assign(partitions)
        consumer.seek_to_beginning()
        ends = consumer.end_offsets(partitions)
        found = []
        while any(consumer.position(at) < ends[at] for at in partitions):
            for at, records in consumer.poll(timeout_ms=500).items():
                found += [Stored(at.partition, record.key, record.value) for record in records]
        return found
    finally:
        consumer.close()


def stored_ids(settings) -> list[str]:
    return [record.event["event_id"] for record in stored(settings)]


def refused(settings) -> list[Refused]:
    return [_refused(record.event) for record in stored(settings, REJECTED)]


def _refused(event: dict) -> Refused:
    return Refused(
        event["rejected_id"],
        event["reason"],
        event.get("field"),
        base64.b64decode(event["bytes_base64"]),
        event["length"],
        event["sha256"],
        event["source"],
    )
