"""Ledger to people: claim a page, make one attempt, write down how it ended."""

import logging
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from services.notifier.bells import Bell
from services.notifier.channels import Channel, Outcome
from services.notifier.clock import Clock
from services.notifier.ledger.claims import Claimed, claim_page, mark_failed, mark_retry, mark_sent
from services.notifier.ledger.opening import Ledger
from services.notifier.retrying import wait_s
from services.runtime.metrics import counter, histogram

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.5
# A claim outlives the longest attempt by this much; after that another worker may try.
LEASE_MARGIN_MS = 5_000


@dataclass(frozen=True, slots=True)
class Deliverer:
    """One worker; several of them work on the same ledger.

    Attributes:
        channels: by name; this worker's own.
        lease_ms: how long a claim is good for.
        ended: called after each attempt; there are records to send, and perhaps a next hop to be called.
        reached: told at named points; tests end the process there.
    """

    ledger: Ledger
    channels: Mapping[str, Channel]
    lease_ms: int
    bell: Bell
    clock: Clock
    ended: Callable[[Outcome], None]
    reached: Callable[[str], None]

    def run(self, stop: threading.Event) -> None:
        """Deliver until told to stop."""
        heard = 0
        try:
            while not stop.is_set():
                heard = self.bell.wait(heard, timeout_s=LOOK_EVERY_S)
                while not stop.is_set() and self.deliver_one():
                    pass
        finally:
            for channel in self.channels.values():
                channel.close()

    def deliver_one(self) -> bool:
        """Make one attempt for the most urgent page; False where none is due."""
        with self.ledger.transaction() as connection:
            claimed = claim_page(connection, now_ms=self.clock(), lease_ms=self.lease_ms)
        if claimed is None:
            return False
        self.reached("claimed")
        began_s = time.perf_counter()
        outcome = self.channels[claimed.channel].send(claimed.page_id, claimed.body)
        histogram("crs_page_seconds").labels(claimed.channel).observe(time.perf_counter() - began_s)
        self.reached("paged")
        self._write_down(claimed, outcome)
        self.reached("marked")
        self.ended(outcome)
        return True

    def _write_down(self, claimed: Claimed, outcome: Outcome) -> None:
        now_ms = self.clock()
        with self.ledger.transaction() as connection:
            if outcome.result == "sent":
                mark_sent(connection, claimed, outcome.code, now_ms)
            elif outcome.result == "failed":
                mark_failed(connection, claimed, outcome.code, now_ms)
            else:
                later_ms = now_ms + round(wait_s(claimed.attempt, outcome, chance=random.random()) * 1000)
                mark_retry(connection, claimed, outcome.code, next_attempt_ms=later_ms, now_ms=now_ms)
        _report(claimed, outcome, now_ms)


def _report(claimed: Claimed, outcome: Outcome, now_ms: int) -> None:
    counter("crs_pages_total").labels(claimed.channel, outcome.result).inc()
    if outcome.result == "sent" and claimed.kind == "ring":
        histogram("crs_page_e2e_seconds").observe(max(now_ms - claimed.detected_ms, 0) / 1000)
    level = logging.INFO if outcome.result == "sent" else logging.WARNING
    facts = {
        "escalation_id": claimed.escalation_id,
        "delivery_id": claimed.page_id,
        "channel": claimed.channel,
        "recipient_role": claimed.role,
        "attempt": claimed.attempt,
        "outcome": outcome.result,
        "code": outcome.code,
    }
    log.log(level, "page attempted", extra=facts)
