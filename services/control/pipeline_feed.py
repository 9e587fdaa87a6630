"""Writes a replay's lines into its bedside topic, stamped with the replay's clock, and the time between as ticks."""

from typing import Any

from kafka import KafkaProducer

from schemas.encoding import encode
from schemas.partitions import partition_for
from schemas.topics import BEDSIDE
from services.grader.replay import Line
from services.runtime.kafka_clients import producer
from services.runtime.settings import KafkaSettings
from services.runtime.topics import topic_name

TICK = encode({"schema": "crs.tick.v1"})
TICK_EVERY_MS = 60_000
ANSWER_WITHIN_S = 30
LINE_HEADER = "line"


class Feed:
    """The only writer of time: the replay's grader writes no ticks of its own."""

    def __init__(self, kafka: KafkaSettings) -> None:
        self._topic = topic_name(kafka.topic_prefix, BEDSIDE)
        self._partitions = kafka.partitions
        self._producer: KafkaProducer = producer(kafka, client_id="crswatch-replay", linger_ms=5)
        self._underway: list[Any] = []
        self._ticked_ms: int | None = None

    def send(self, line: Line) -> None:
        """Hand one line over, with its number, so that a refusal can name it."""
        self._let_time_pass(line.clock_ms)
        value, headers = encode(line.record), [(LINE_HEADER, b"%d" % line.number)]
        patient_id: str | None = line.record.get("patient_id")
        if patient_id is None:  # an activation concerns every partition
            for partition in range(self._partitions):
                self._produce(partition, value, line.clock_ms, headers=headers)
            return
        at = partition_for(patient_id, self._partitions)
        self._produce(at, value, line.clock_ms, key=patient_id.encode(), headers=headers)

    def tick(self, at_ms: int) -> None:
        """Time itself, in every partition."""
        for partition in range(self._partitions):
            self._produce(partition, TICK, at_ms)

    def flush(self) -> None:
        """Return when Kafka has everything that was handed over; raises what kept it from that."""
        self._producer.flush(ANSWER_WITHIN_S)
        underway, self._underway = self._underway, []
        for receipt in underway:
            receipt.get(ANSWER_WITHIN_S)

    def close(self) -> None:
        """Let go of Kafka; what was not flushed is dropped."""
        self._producer.close(timeout=0)

    def _let_time_pass(self, clock_ms: int) -> None:
        """A tick a minute, just before the clock moves on: what falls due on a line's own time runs after the line."""
        if self._ticked_ms is None:
            self._ticked_ms = clock_ms
        elif clock_ms - self._ticked_ms >= TICK_EVERY_MS:
            self.tick(clock_ms - 1)
            self._ticked_ms = clock_ms

    def _produce(self, partition: int, value: bytes, at_ms: int, **more: Any) -> None:
        self._underway.append(
            self._producer.send(self._topic, value=value, partition=partition, timestamp_ms=at_ms, **more)
        )
