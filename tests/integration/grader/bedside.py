"""Writes bedside records to a test's topics, and reads what came of them."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from schemas.encoding import encode
from schemas.topics import BEDSIDE, Topic
from services.runtime.kafka_clients import consumer, producer
from services.runtime.settings import KafkaSettings
from services.runtime.topics import topic_name
from tests.waiting import eventually


def heart_rate(event_id: str, patient_id: str, bpm: int = 80, at: str = "2026-03-01T10:00:00Z") -> dict:
    return {
        "schema": "crs.vitals.v1",
        "event_id": event_id,
        "patient_id": patient_id,
        "observed_at": at,
        "source": "monitor",
        "heart_rate_bpm": bpm,
    }


class Bedside:
    """The test's end of the wire."""

    def __init__(self, kafka: KafkaSettings) -> None:
        self.kafka = kafka
        self.topic = topic_name(kafka.topic_prefix, BEDSIDE)
        self._producer: KafkaProducer = producer(kafka, client_id="test-bedside")

    def send(self, events: Iterable[dict]) -> None:
        for event in events:
            self._producer.send(self.topic, key=event["patient_id"].encode(), value=encode(event))
        self._producer.flush()

    def send_bytes(self, body: bytes | None, *, key: bytes | None = None, partition: int | None = None) -> tuple:
        """Partition and offset of the record."""
        where = self._producer.send(self.topic, key=key, value=body, partition=partition).get(10)
        return where.partition, where.offset

    def close(self) -> None:
        self._producer.close()


class Reading:
    """All records of a topic from its beginning; call it for what has come so far."""

    def __init__(self, kafka: KafkaSettings, topic: Topic) -> None:
        name = topic_name(kafka.topic_prefix, topic)
        self._consumer: KafkaConsumer = consumer(kafka, client_id="test-reading")
        count = kafka.partitions if topic.partitions is None else topic.partitions
        self._consumer.assign([TopicPartition(name, number) for number in range(count)])
        self._consumer.seek_to_beginning()
        self.records: list = []

    def __call__(self) -> list[dict]:
        for records in self._consumer.poll(timeout_ms=100).values():
            self.records.extend(records)
        return [json.loads(record.value) for record in self.records if record.value]

    def until(self, count: int, within: float = 30) -> list[dict]:
        """The first `count` records and whatever came with them."""
        return eventually(lambda: len(found := self()) >= count and found, within=within, what=f"{count} records")

    def close(self) -> None:
        self._consumer.close()


@contextmanager
def open_bedside(kafka: KafkaSettings) -> Iterator[Bedside]:
    bedside = Bedside(kafka)
    try:
        yield bedside
    finally:
        bedside.close()


@contextmanager
def reading(kafka: KafkaSettings, topic: Topic) -> Iterator[Reading]:
    read = Reading(kafka, topic)
    try:
        yield read
    finally:
        read.close()
