"""What can happen to the state topic of a grader that does not run, one damage at a time."""

from dataclasses import replace
from typing import Any

from kafka import TopicPartition
from kafka.admin import ConfigResource
from kafka.errors import PolicyViolationError

from schemas.topics import GRADER_STATE, Topic
from services.grader.buckets import bucket_of
from services.grader.manifest import (
    MANIFEST_KEY,
    Manifest,
    Stored,
    bucket_key,
    decode_bucket,
    decode_manifest,
    encode_bucket,
)
from services.runtime.kafka_clients import admin, consumer, producer
from services.runtime.settings import KafkaSettings
from services.runtime.topics import topic_name
from tests.waiting import eventually

GARBAGE = b"\x00\xffnot what was written"


def take_away(kafka: KafkaSettings, topic: Topic, partition: int) -> int:
    """Everything that lies in the partition now, as retention would; the first offset that is left."""
    at = TopicPartition(topic_name(kafka.topic_prefix, topic), partition)
    client = admin(kafka)

    def taken() -> dict[str, Any] | None:
        try:
            return client.delete_records({at: -1})[at]
        except PolicyViolationError:  # the broker says that a setting is changed before its log knows of it
            return None

    try:
        if topic.compacted:  # the broker refuses to take anything away from what is compacted only
            client.alter_configs([ConfigResource("TOPIC", at.topic, {"cleanup.policy": "compact,delete"})])
        return eventually(taken, within=30)["low_watermark"]
    finally:
        client.close()


class StatePartition:
    """The state topic's records of one partition, while nobody owns it."""

    def __init__(self, kafka: KafkaSettings, partition: int) -> None:
        self._kafka, self._at = kafka, TopicPartition(topic_name(kafka.topic_prefix, GRADER_STATE), partition)

    def records(self) -> list[Any]:
        client = consumer(self._kafka, client_id="test-damage")
        try:
            client.assign([self._at])
            client.seek_to_beginning()
            end, found = client.end_offsets([self._at])[self._at], []
            while client.position(self._at) < end:
                found += client.poll(timeout_ms=100).get(self._at, [])
            return found
        finally:
            client.close()

    def newest(self, key: bytes) -> Any:
        return [record for record in self.records() if record.key == key][-1]

    def manifest(self) -> Manifest:
        return decode_manifest(self.newest(MANIFEST_KEY).value)

    def write(self, key: bytes, value: bytes) -> int:
        """Where it lies."""
        client = producer(self._kafka, client_id="test-damage")
        try:
            return client.send(self._at.topic, key=key, value=value, partition=self._at.partition).get(10).offset
        finally:
            client.close()

    def spoil_manifest(self, _: str) -> None:
        self.write(MANIFEST_KEY, GARBAGE)

    def keep_buckets_only(self, patient_id: str) -> None:
        bucket = self.newest(bucket_key(bucket_of(patient_id)))
        take_away(self._kafka, GRADER_STATE, self._at.partition)
        self.write(bucket.key, bucket.value)

    def keep_nothing(self, _: str) -> None:
        take_away(self._kafka, GRADER_STATE, self._at.partition)

    def name_a_bucket_that_is_gone(self, patient_id: str) -> None:
        manifest, number = self.manifest(), bucket_of(patient_id)
        gone = Stored(10_000_000, manifest.buckets[number].next)
        self.write(MANIFEST_KEY, replace(manifest, buckets={**manifest.buckets, number: gone}).encode())

    def spoil_bucket(self, patient_id: str) -> None:
        self._replace_bucket(patient_id, GARBAGE)

    def spoil_patient(self, patient_id: str) -> None:
        patients, upto = decode_bucket(self.newest(bucket_key(bucket_of(patient_id))).value)
        unreadable = type(patients[patient_id])()
        self._replace_bucket(patient_id, encode_bucket({**patients, patient_id: unreadable}, upto))

    def _replace_bucket(self, patient_id: str, value: bytes) -> None:
        manifest, number = self.manifest(), bucket_of(patient_id)
        stored = Stored(self.write(bucket_key(number), value), manifest.buckets[number].next)
        self.write(MANIFEST_KEY, replace(manifest, buckets={**manifest.buckets, number: stored}).encode())
