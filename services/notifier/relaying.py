"""Ledger to Kafka: alarms and deliveries, in the order they were decided, until Kafka has acknowledged them."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from kafka.errors import KafkaError

from services.notifier.bells import Bell
from services.notifier.clock import Clock
from services.notifier.ledger.opening import Ledger
from services.notifier.ledger.outbox import Outgoing, mark_written, take_turn, unwritten
from services.runtime.health import Progress
from services.runtime.kafka_clients import producer
from services.runtime.settings import KafkaSettings

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.5
AGAIN_AFTER_S = 1.0
BATCH = 200
ACKNOWLEDGED_WITHIN_S = 10.0


@dataclass(frozen=True, slots=True)
class Relay:
    """Writes the outbox to Kafka. A crash in between writes some of it again; readers know it by its ids."""

    kafka: KafkaSettings
    ledger: Ledger
    bell: Bell
    progress: Progress
    clock: Clock
    reached: Callable[[str], None]

    def run(self, stop: threading.Event) -> None:
        """Relay until told to stop, waiting for Kafka wherever it is not there."""
        while not stop.is_set():
            try:
                self._relay(stop)
            except KafkaError as absent:
                log.warning("kafka does not take records", extra={"reason": type(absent).__name__})
                stop.wait(AGAIN_AFTER_S)

    def _relay(self, stop: threading.Event) -> None:
        target, heard = producer(self.kafka, client_id="notifier", bootstrap_timeout_ms=3_000), 0
        try:
            while not stop.is_set():
                heard = self.bell.wait(heard, timeout_s=LOOK_EVERY_S)
                while not stop.is_set() and self.relay_some(target):
                    pass
                self.progress.mark()
        finally:
            target.close(timeout=2)

    def relay_some(self, target: Any) -> int:
        """Send the oldest records that wait; how many Kafka acknowledged."""
        if not self.ledger.shared:
            return self._send(target)
        with self.ledger.transaction() as holding_the_turn:
            return self._send(target) if take_turn(holding_the_turn) else 0

    def _send(self, target: Any) -> int:
        with self.ledger.transaction() as connection:
            waiting = unwritten(connection, BATCH)
        if not waiting:
            return 0
        self._acknowledged(target, waiting)
        self.reached("relayed")
        with self.ledger.transaction() as connection:
            mark_written(connection, waiting, self.clock())
        return len(waiting)

    def _acknowledged(self, target: Any, waiting: Sequence[Outgoing]) -> None:
        """All of them or an exception: what stands unmarked is sent again, in order, so the newest comes last."""
        sent = [
            target.send(
                f"{self.kafka.topic_prefix}{record.topic}",
                key=None if record.key is None else record.key.encode(),
                value=record.body.encode(),
            )
            for record in waiting
        ]
        for promise in sent:
            promise.get(timeout=ACKNOWLEDGED_WITHIN_S)
