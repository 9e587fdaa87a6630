"""Writing to Kafka so that "accepted" is true: acks=all, idempotent, never in a transaction (its markers take offsets).

An idempotent producer never gives up on a record, so an outage shows as waiting. We wait a bounded time, say so, and
leave the record with the producer: it may still arrive, which the event_id makes harmless, and the sender repeats it.
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from schemas.rejected import KEPT_BYTES
from services.runtime.health import Check
from services.runtime.kafka_clients import aiokafka_security, bootstrap_servers
from services.runtime.settings import KafkaSettings

log = logging.getLogger(__name__)

CONNECT_WITHIN_S = 10.0
PROBE_EVERY_S = 2.0
REQUEST_WITHIN_MS = 5_000
STOP_WITHIN_S = 2.0
BATCH_BYTES = 128 * 1024
# The largest record is a refused one: base64 of what is kept, and what is said about it.
RECORD_BYTES = KEPT_BYTES * 4 // 3 + 4096


class Outgoing(NamedTuple):
    """A record for Kafka; `topic` with the installation's prefix, `partition` None where any will do."""

    topic: str
    value: bytes
    key: bytes | None = None
    partition: int | None = None


class NotStoredError(Exception):
    """Some records were not acknowledged in time; they may or may not be in Kafka."""


class Publisher:
    """One producer, kept connected for as long as `run` runs.

    Args:
        kafka: where Kafka is.
        topics: the topics to be written, with prefix; each must have exactly the partitions it is registered with.
        acknowledge_within_s: how long a request may wait for Kafka.
    """

    def __init__(self, kafka: KafkaSettings, topics: dict[str, int], acknowledge_within_s: float) -> None:
        self._kafka = kafka
        self._topics = topics
        self._within_s = acknowledge_within_s
        self._producer: AIOKafkaProducer | None = None
        self._broken = asyncio.Event()
        self._overdue: set[asyncio.Future[Any]] = set()
        self._trouble = "not connected to Kafka yet"

    def check(self) -> Check:
        """Ready while Kafka answers, the topics are right and nothing that was handed over is overdue."""
        if self._trouble:
            return Check(False, self._trouble)
        if self._overdue:
            return Check(False, f"{len(self._overdue)} records are waiting for Kafka's acknowledgement")
        return Check(True, "Kafka answers")

    async def publish(self, records: Sequence[Outgoing]) -> None:
        """Store all records; returns only once every one of them is acknowledged by all in-sync replicas.

        Raises:
            NotStoredError: at least one was not, within the limit.
        """
        producer = self._producer
        if producer is None or self._trouble:
            raise NotStoredError
        if not records:
            return
        pending: list[asyncio.Future[Any]] = []
        try:
            async with asyncio.timeout(self._within_s):
                for record in records:
                    pending.append(await producer.send(record.topic, record.value, record.key, record.partition))
                # Not gather: a timeout must not cancel what the producer still holds.
                await asyncio.wait(pending)
            for future in pending:
                future.result()
        except (TimeoutError, KafkaError, AssertionError) as fault:
            self._give_up(pending, fault)
            raise NotStoredError from fault

    def _give_up(self, pending: list[asyncio.Future[Any]], fault: Exception) -> None:
        log.error("Kafka did not acknowledge", extra={"count": len(pending)}, exc_info=fault)
        if isinstance(fault, KafkaError) and not fault.retriable:
            # Final for this producer: its sequence numbers may have a hole.
            self._broken.set()
        for future in pending:
            future.add_done_callback(_look_away)
        self._overdue.update(future for future in pending if not future.done())

    async def run(self) -> None:
        """Connect, watch, and connect anew when the producer broke. Ends by cancellation."""
        while True:
            self._broken.clear()
            producer = AIOKafkaProducer(**producer_settings(self._kafka))
            try:
                await asyncio.wait_for(producer.start(), CONNECT_WITHIN_S)
                self._producer = producer
                await self._watch(producer)
            # Whatever it was, a new producer is the cure, and until then requests are answered 503.
            except Exception as fault:
                self._trouble = "Kafka does not answer"
                log.warning("cannot connect to Kafka, trying again", exc_info=fault)
                await asyncio.sleep(PROBE_EVERY_S)
            finally:
                self._producer = None
                await _stop(producer)

    async def _watch(self, producer: AIOKafkaProducer) -> None:
        """Ask Kafka for our topics every other second, until the producer is broken."""
        while not self._broken.is_set():
            trouble = await self._look(producer)
            if trouble != self._trouble:
                log.info("connection to Kafka changed", extra={"state": trouble or "Kafka answers"})
            self._trouble = trouble
            self._overdue = {future for future in self._overdue if not future.done()}
            with suppress(TimeoutError):
                await asyncio.wait_for(self._broken.wait(), PROBE_EVERY_S)
        self._trouble = "the producer broke and is being replaced"
        self._overdue.clear()

    async def _look(self, producer: AIOKafkaProducer) -> str:
        """What is wrong with Kafka, or nothing."""
        try:
            async with asyncio.timeout(CONNECT_WITHIN_S):
                cluster = await producer.client.fetch_all_metadata()
        except (KafkaError, OSError, TimeoutError):
            return "Kafka does not answer"
        for topic, partitions in self._topics.items():
            found = len(cluster.partitions_for_topic(topic) or ())
            if found != partitions:
                return f"topic {topic} has {found} partitions, not {partitions}: run crswatch topics"
        return ""


def producer_settings(kafka: KafkaSettings) -> dict[str, Any]:
    """What the producer is built with; the safe choices are not settings."""
    return {
        "bootstrap_servers": bootstrap_servers(kafka),
        "client_id": "crswatch-ingest",
        "acks": "all",
        "enable_idempotence": True,
        "max_batch_size": BATCH_BYTES,
        "max_request_size": RECORD_BYTES,
        "request_timeout_ms": REQUEST_WITHIN_MS,
        **aiokafka_security(kafka),
    }


def _look_away(future: asyncio.Future[Any]) -> None:
    """Nobody waits for this record any more; asyncio would complain that nobody saw its error."""
    if not future.cancelled():
        future.exception()


async def _stop(producer: AIOKafkaProducer) -> None:
    """Close without waiting for a broker that does not answer."""
    with suppress(TimeoutError, KafkaError):
        await asyncio.wait_for(producer.stop(), STOP_WITHIN_S)
