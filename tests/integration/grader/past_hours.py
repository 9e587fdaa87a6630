"""A ward whose records carry the times they were stamped with, as if the broker had taken them at another hour."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from kafka import KafkaProducer

from schemas.encoding import encode
from schemas.times import format_time
from schemas.topics import ANY_TIME, BEDSIDE, TOPICS
from services.runtime.kafka_clients import producer
from services.runtime.settings import KafkaSettings
from services.runtime.topics import topic_name
from tests.kafka import topics_of_its_own

TICK = {"schema": "crs.tick.v1"}
STAMPED = replace(BEDSIDE, config={"message.timestamp.type": "CreateTime", **ANY_TIME})


@contextmanager
def stamped_topics(bootstrap_servers: str, *, partitions: int) -> Iterator[KafkaSettings]:
    """Topics of their own, of which the bedside's keeps the stamps; a grader of theirs must not write ticks."""
    topics = [STAMPED if topic is BEDSIDE else topic for topic in TOPICS]
    with topics_of_its_own(bootstrap_servers, partitions=partitions, only=topics) as settings:
        yield settings


class Past:
    """Writes records as of so many minutes before now, or below zero after it."""

    def __init__(self, kafka: KafkaSettings) -> None:
        self._topic, self._partitions = topic_name(kafka.topic_prefix, BEDSIDE), kafka.partitions
        self._producer: KafkaProducer = producer(kafka, client_id="test-past")
        self._now_ms = time.time_ns() // 1_000_000

    def at(self, minutes_ago: float) -> str:
        return format_time(self.ms(minutes_ago))

    def ms(self, minutes_ago: float) -> int:
        return self._now_ms - int(minutes_ago * 60_000)

    def send(self, minutes_ago: float, events: Iterable[dict]) -> None:
        for event in events:
            key = event["patient_id"].encode()
            self._producer.send(self._topic, key=key, value=encode(event), timestamp_ms=self.ms(minutes_ago))

    def tick(self, minutes_ago: float) -> None:
        for partition in range(self._partitions):
            self._producer.send(self._topic, value=encode(TICK), partition=partition, timestamp_ms=self.ms(minutes_ago))

    def close(self) -> None:
        self._producer.flush()
        self._producer.close()


@contextmanager
def open_past(kafka: KafkaSettings) -> Iterator[Past]:
    past = Past(kafka)
    try:
        yield past
    finally:
        past.close()
