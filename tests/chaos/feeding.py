"""Sends a ward to Kafka, with time between its records as ticks."""

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress

from kafka.errors import KafkaError

from schemas.bedside import TICK
from schemas.encoding import encode
from schemas.topics import BEDSIDE
from services.runtime.kafka_clients import producer
from services.runtime.settings import KafkaSettings
from services.runtime.topics import topic_name
from tests.chaos.wards import Arrival

TICKED = encode({"schema": TICK})
TICK_EVERY_MS = 30 * 60_000
TAKEN_WITHIN_S = 45


class Feeding:
    """The bedside's end of the wire. What Kafka did not take is not in the log, and nobody is to answer for it."""

    def __init__(self, kafka: KafkaSettings, *, ticks: bool) -> None:
        self._kafka, self._ticks = kafka, ticks
        self._topic = topic_name(kafka.topic_prefix, BEDSIDE)
        self._ticked_ms = 0
        self.clock_ms = 0
        self.sent = 0
        self.faults: Counter[str] = Counter()

    def send(self, arrivals: Iterable[Arrival]) -> None:
        """Return when Kafka has them or cannot be reached; a producer of the moment, so that no outage spoils it."""
        client = producer(self._kafka, client_id="test-feeding")
        try:
            for at_ms, record, fault in arrivals:
                self.sent += 1
                self.faults.update([fault] if fault else [])
                if record["schema"] == TICK:
                    self._tick(client, at_ms)
                    continue
                if self._ticks and at_ms - self._ticked_ms >= TICK_EVERY_MS:
                    self._tick(client, at_ms - 1)
                key = record["patient_id"].encode()
                client.send(self._topic, key=key, value=encode(record), timestamp_ms=at_ms)
                self.clock_ms = max(self.clock_ms, at_ms)
            client.flush(TAKEN_WITHIN_S)
        finally:
            with suppress(KafkaError):
                client.close()

    def tick(self) -> None:
        """A moment later, everywhere: something new to apply in every partition."""
        client = producer(self._kafka, client_id="test-feeding")
        try:
            self._tick(client, self.clock_ms + 1)
            client.flush(TAKEN_WITHIN_S)
        finally:
            client.close()

    def _tick(self, client, at_ms: int) -> None:
        self._ticked_ms = self.clock_ms = max(self.clock_ms, at_ms)
        for partition in range(self._kafka.partitions):
            client.send(self._topic, value=TICKED, partition=partition, timestamp_ms=at_ms)
