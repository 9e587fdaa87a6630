"""Puts events on the ward's topics, as the other services would."""

import time
from copy import copy
from typing import Any

import orjson
from kafka import KafkaConsumer, TopicPartition

from schemas.encoding import encode
from schemas.partitions import partition_for
from schemas.topics import ALARMS, BEDSIDE, DELIVERIES, ESCALATIONS, ESTIMATES, RESPONSES, Topic
from services.runtime.kafka_clients import consumer, producer
from services.runtime.settings import KafkaSettings
from services.runtime.topics import topic_name

TOPIC_OF: dict[str, Topic] = {
    "crs.estimates.v1": ESTIMATES,
    "crs.escalations.v1": ESCALATIONS,
    "crs.alarms.v1": ALARMS,
    "crs.deliveries.v1": DELIVERIES,
    "crs.vitals.v1": BEDSIDE,
    "crs.clinical.v1": BEDSIDE,
}


BOARD_TOPICS = tuple({topic.name: topic for topic in (*TOPIC_OF.values(), RESPONSES)}.values())


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def placed(event: Any, unit: str) -> Any:
    """The same event in another unit: its patient and its escalations are others there."""
    if isinstance(event, list):
        return [placed(item, unit) for item in event]
    if not isinstance(event, dict):
        return event
    moved = {name: placed(value, unit) for name, value in event.items()}
    for name in ("patient_id", "escalation_id", "event_id", "retracts"):
        if name in moved:
            moved[name] = f"{unit}/{moved[name]}"
    if "resolves" in moved:
        moved["resolves"] = [f"{unit}/{ended}" for ended in moved["resolves"]]
    return moved | {"unit": unit} if "unit" in moved else moved


class WardTopics:
    """Writes what the grader, the notifier and the bedside would into one unit, and reads its responses."""

    def __init__(self, kafka: KafkaSettings, unit: str) -> None:
        self._kafka = kafka
        self.unit = unit
        self._producer = producer(kafka, client_id="test-ward")

    def elsewhere(self, unit: str) -> "WardTopics":
        """The same topics for another unit; closed together with this one."""
        other = copy(self)
        other.unit = unit
        return other

    def put(self, *events: dict[str, Any]) -> None:
        """Write events in this order and wait until Kafka has them."""
        sent = [self._send(placed(event, self.unit)) for event in events]
        for place in sent:
            place.get(timeout=10)

    def put_raw(self, topic: Topic, patient_id: str, body: bytes | None) -> None:
        """Write bytes as they are; None is a tombstone."""
        number = partition_for(patient_id, self._kafka.partitions)
        name = topic_name(self._kafka.topic_prefix, topic)
        self._producer.send(name, body, key=patient_id.encode(), partition=number).get(timeout=10)

    def tick(self) -> None:
        """Say in every partition that the grader works."""
        name = topic_name(self._kafka.topic_prefix, BEDSIDE)
        for number in range(self._kafka.partitions):
            self._producer.send(name, encode({"schema": "crs.tick.v1"}), partition=number)
        self._producer.flush(timeout=10)

    def responses(self) -> list[dict[str, Any]]:
        """Everything on the responses' topic that is about this unit."""
        reading: KafkaConsumer = consumer(self._kafka, client_id="test-responses")
        try:
            name = topic_name(self._kafka.topic_prefix, RESPONSES)
            partitions = [TopicPartition(name, number) for number in range(self._kafka.partitions)]
            reading.assign(partitions)
            ends = reading.end_offsets(partitions)
            found = []
            while any(reading.position(partition) < end for partition, end in ends.items()):
                for messages in reading.poll(timeout_ms=200).values():
                    found += [orjson.loads(message.value) for message in messages]
            return [response for response in found if response["patient_id"].startswith(f"{self.unit}/")]
        finally:
            reading.close(timeout_ms=1000)

    def close(self) -> None:
        self._producer.close(timeout=2)

    def _send(self, event: dict[str, Any]):
        patient_id = event["patient_id"]
        number = partition_for(patient_id, self._kafka.partitions)
        name = topic_name(self._kafka.topic_prefix, TOPIC_OF[event["schema"]])
        return self._producer.send(name, encode(event), key=patient_id.encode(), partition=number)
