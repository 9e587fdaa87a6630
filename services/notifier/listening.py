"""Kafka to ledger: poll, one transaction, and only then the commit. Nothing is decided here."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from kafka.errors import KafkaError
from sqlalchemy import Connection

from schemas.reasons import Refusal
from schemas.topics import ESCALATIONS, RESPONSES
from services.notifier.backlog import Backlog
from services.notifier.clock import Clock
from services.notifier.folding import News
from services.notifier.ledger.intake import adopt_responses, write_escalation, write_rejected, write_response
from services.notifier.ledger.opening import Ledger
from services.notifier.ledger.pages import queue_page
from services.notifier.reading import read_escalation, read_response, rejected
from services.notifier.rows import Manner, fault_rows
from services.runtime.health import Progress
from services.runtime.kafka_clients import consumer
from services.runtime.metrics import counter
from services.runtime.settings import KafkaSettings
from services.runtime.topics import topic_name

log = logging.getLogger(__name__)

GROUP = "crs-notifier"
POLL_MS = 200
AGAIN_AFTER_S = 1.0
AT_MOST = 500
# Whose alarm it was cannot be known.
UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Listener:
    """Reads escalations and responses into the ledger.

    Attributes:
        instance: names this replica to Kafka, so that after a crash its partitions come back at once.
        heard: called after records were written down.
        reached: told at named points; tests end the process there.
    """

    kafka: KafkaSettings
    instance: str
    ledger: Ledger
    manner: Manner
    backlog: Backlog
    progress: Progress
    clock: Clock
    heard: Callable[[], None]
    reached: Callable[[str], None]

    def run(self, stop: threading.Event) -> None:
        """Listen until told to stop, waiting for Kafka wherever it is not there."""
        while not stop.is_set():
            try:
                self._listen(stop)
            except KafkaError as absent:
                log.warning("kafka does not answer", extra={"reason": type(absent).__name__})
                stop.wait(AGAIN_AFTER_S)

    def _listen(self, stop: threading.Event) -> None:
        source = consumer(
            self.kafka, client_id=f"notifier-{self.instance}", group=GROUP, group_instance_id=self.instance,
            max_poll_records=AT_MOST, bootstrap_timeout_ms=3_000,
        )  # fmt: skip
        try:
            self._join(source, stop)
            while not stop.is_set():
                self.take(source, _flat(source.poll(timeout_ms=POLL_MS)))
        finally:
            source.close(autocommit=False, timeout_ms=2_000)

    def _join(self, source: Any, stop: threading.Event) -> None:
        """Join the group once all partitions are known.

        Joining earlier would give this member the partitions known so far, perhaps none, and a named member keeps what
        it was given: it would hear nothing, in silence.
        """
        names = [topic_name(self.kafka.topic_prefix, topic) for topic in (ESCALATIONS, RESPONSES)]
        while not stop.is_set():
            found = {name: len(source.partitions_for_topic(name)) for name in names}
            wrong = [name for name, count in found.items() if count != self.kafka.partitions]
            if not wrong:
                source.subscribe(names)
                return
            facts = {"topic": wrong[0], "partitions": found[wrong[0]], "limit": self.kafka.partitions}
            log.warning("topic does not have the partitions it should have", extra=facts)
            stop.wait(AGAIN_AFTER_S)
            source.topics()  # asks Kafka; what is known already would be answered from memory

    def take(self, source: Any, records: list[Any]) -> None:
        """Write a batch down, then commit it, then say so."""
        if records:
            self.backlog.behind()
            with self.ledger.transaction() as connection:
                self._write(connection, records)
            self.reached("recorded")
            source.commit(timeout_ms=10_000)
            self.reached("committed")
        if self.backlog.reading and _at_the_end(source):
            self.backlog.caught_up()
            self.heard()
        self.progress.mark()

    def _write(self, connection: Connection, records: Iterable[Any]) -> None:
        for record in records:
            if not self._write_one(connection, record):
                counter("crs_duplicates_suppressed_total").inc()
        adopt_responses(connection, self.clock())

    def _write_one(self, connection: Connection, record: Any) -> bool:
        now_ms, origin = self.clock(), f"{record.topic}/{record.partition}/{record.offset}"
        responding = record.topic.endswith(RESPONSES.name)
        event = read_response(record.value) if responding else read_escalation(record.value)
        if isinstance(event, Refusal):
            self._refuse(connection, record, event, origin)
            return True
        if event["schema"] == "crs.responses.v1":
            return write_response(connection, event, now_ms)
        key = record.key.decode("utf-8", "replace") if record.key else None
        return write_escalation(connection, event, key=key, origin=origin, now_ms=now_ms)

    def _refuse(self, connection: Connection, record: Any, refusal: Refusal, origin: str) -> None:
        now_ms = self.clock()
        write_rejected(connection, rejected(record.value, refusal, origin=origin, now_ms=now_ms))
        if not record.topic.endswith(RESPONSES.name):  # it may have been somebody's alarm
            for row in fault_rows(UNREADABLE, (), News(), self.manner, now_ms):
                queue_page(connection, {"subject": UNREADABLE} | row, now_ms)
        counter("crs_rejected_total").labels("notifier", refusal.reason).inc()
        where = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
        log.error("record rejected", extra=where | {"reason": refusal.reason, "field": refusal.field})


def _flat(polled: dict[Any, list[Any]]) -> list[Any]:
    return list(_records(polled))


def _records(polled: dict[Any, list[Any]]) -> Iterator[Any]:
    for records in polled.values():
        yield from records


def _at_the_end(source: Any) -> bool:
    """True when every partition that is ours has been read to its end."""
    ours = source.assignment()
    if not ours:
        return False
    # The end that came with the last fetch costs nothing; before the first one Kafka has to be asked.
    ends = {partition: source.highwater(partition) for partition in ours}
    unknown = [partition for partition, end in ends.items() if end is None]
    if unknown:
        ends |= source.end_offsets(unknown, timeout_ms=3_000)
    return all(source.position(partition, timeout_ms=3_000) >= ends[partition] for partition in ours)
