"""Reads what a replay's grader wrote, and hands it out in the order in which the grader decided it.

Every output names its cause in a header: partition and offset of the bedside record, and its place among that record's
outputs. A cause is complete when the grader has committed an offset behind it, for that it does only after Kafka has
acknowledged all its outputs.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson
from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from schemas.reasons import Refusal
from schemas.topics import BEDSIDE, ESCALATIONS, ESTIMATES, REJECTED
from services.control.pipeline_feed import LINE_HEADER
from services.control.pipeline_topics import grader_group
from services.grader.replay import BadLine
from services.runtime.kafka_clients import admin, consumer
from services.runtime.settings import KafkaSettings
from services.runtime.topics import partition_count, topic_name

POLL_MS = 100


class Cause(NamedTuple):
    """Which bedside record an output follows from, and where it stands among that record's outputs."""

    partition: int
    offset: int
    place: int


class Results:
    """Everything that came out so far, released when it is complete."""

    def __init__(self, kafka: KafkaSettings) -> None:
        self._kafka = kafka
        self._rejected = topic_name(kafka.topic_prefix, REJECTED)
        self._bedside = [
            TopicPartition(topic_name(kafka.topic_prefix, BEDSIDE), number) for number in range(kafka.partitions)
        ]
        self._outputs = [
            TopicPartition(topic_name(kafka.topic_prefix, topic), number)
            for topic in (ESCALATIONS, ESTIMATES, REJECTED)
            for number in range(partition_count(kafka, topic))
        ]
        self._reader: KafkaConsumer = consumer(kafka, client_id="crswatch-replay-results")
        self._reader.assign(self._outputs)
        self._reader.seek_to_beginning()
        self._lookup: KafkaConsumer = consumer(kafka, client_id="crswatch-replay-lines")
        self._admin: KafkaAdminClient = admin(kafka, client_id="crswatch-replay-offsets")
        self._waiting: dict[Cause, Any] = {}

    def complete(self) -> Iterator[bytes | BadLine]:
        """What has become complete since the last call: wire values, and refusals with their line."""
        committed = self._committed()
        self._read_to_end()
        ready = sorted(cause for cause in self._waiting if cause.offset < committed.get(cause.partition, 0))
        for cause in ready:
            record = self._waiting.pop(cause)
            if record.value is not None:  # a tombstone says nothing
                yield self._refused(cause, record.value) if record.topic == self._rejected else record.value

    def is_settled(self) -> bool:
        """Whether the grader has graded everything and all that followed from it."""
        # In this order: what is committed had all its outputs in the log before, handovers included.
        committed = self._committed()
        ends = self._lookup.end_offsets(self._bedside)
        return all(committed.get(at.partition, 0) >= end for at, end in ends.items())

    def close(self) -> None:
        """Let go of Kafka."""
        for client in (self._reader, self._lookup, self._admin):
            client.close()

    def _committed(self) -> dict[int, int]:
        group = grader_group(self._kafka)
        try:
            found = self._admin.list_group_offsets({group: self._bedside})[group]
        except KafkaError as fault:
            if not fault.retriable:
                raise
            return {}  # a young cluster has no coordinator yet: nothing is committed
        return {at.partition: known.offset for at, known in found.items() if known.offset >= 0}

    def _read_to_end(self) -> None:
        ends = self._reader.end_offsets(self._outputs)
        while any(self._reader.position(at) < end for at, end in ends.items()):
            for records in self._reader.poll(timeout_ms=POLL_MS).values():
                # What a grader says of its own when it takes over follows from no line.
                self._waiting |= {_cause(record): record for record in records if record.headers}

    def _refused(self, cause: Cause, value: bytes) -> BadLine:
        at = self._bedside[cause.partition]
        self._lookup.assign([at])
        self._lookup.seek(at, cause.offset)
        found: list[Any] = []
        while not found:
            found = self._lookup.poll(timeout_ms=POLL_MS, max_records=1).get(at, [])
        line = dict(found[0].headers).get(LINE_HEADER, b"0")
        rejected = orjson.loads(value)
        return BadLine(int(line), Refusal(rejected["reason"], rejected.get("field")))


def _cause(record: Any) -> Cause:
    return Cause(*map(int, dict(record.headers)["cause"].split(b":")))
