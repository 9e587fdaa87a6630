"""Ledger to ledger: weigh what was heard and what time brings, patient by patient."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from services.notifier.backlog import Backlog
from services.notifier.bells import Bell
from services.notifier.clock import Clock
from services.notifier.ledger.figures import publish_figures
from services.notifier.ledger.intake import adopt_responses
from services.notifier.ledger.opening import Ledger
from services.notifier.ledger.outbox import forget_written
from services.notifier.ledger.settling import Settled, settle_one
from services.notifier.rows import Manner
from services.runtime.health import Progress
from services.runtime.metrics import counter

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.2
FIGURES_EVERY_MS = 2_000
# What Kafka acknowledged stays in the ledger for as long as its own topic keeps it.
OUTBOX_KEPT_MS = 30 * 86_400_000


@dataclass(frozen=True, slots=True)
class Decider:
    """Decides as soon as everything that can be heard was heard, and whenever time has come for something.

    Attributes:
        decided: called when there may be pages and records to send.
        reached: told at named points; tests end the process there.
    """

    ledger: Ledger
    manner: Manner
    backlog: Backlog
    bell: Bell
    progress: Progress
    clock: Clock
    decided: Callable[[], None]
    reached: Callable[[str], None]

    def run(self, stop: threading.Event) -> None:
        """Decide until told to stop."""
        heard, figures_ms = 0, 0
        while not stop.is_set():
            heard = self.bell.wait(heard, timeout_s=LOOK_EVERY_S)
            if self.backlog.may_decide() and self.decide(stop):
                self.decided()
            if self.clock() - figures_ms >= FIGURES_EVERY_MS:
                figures_ms = self.clock()
                self._look_around()
            self.progress.mark()

    def decide(self, stop: threading.Event) -> int:
        """Everything that is due; how many patients that were."""
        count = 0
        while not stop.is_set():
            with self.ledger.transaction() as connection:
                settled = settle_one(connection, self.manner, self.clock())
            if settled is None:
                return count
            self.reached("decided")
            _report(settled)
            count += 1
        return count

    def _look_around(self) -> None:
        with self.ledger.transaction() as connection:
            # Two replicas may each have missed the other's half of a response and its escalation.
            adopt_responses(connection, self.clock())
            publish_figures(connection, self.clock())
            forget_written(connection, before_ms=self.clock() - OUTBOX_KEPT_MS)


def _report(settled: Settled) -> None:
    if settled.fault is not None:
        counter("crs_notifier_faults_total").inc()
        log.critical("an alarm could not be processed; people were told", exc_info=settled.fault)
    for escalation_id, verdict in settled.verdicts.items():
        counter("crs_verdicts_total").labels(verdict.name.lower()).inc()
        log.info("escalation weighed", extra={"escalation_id": escalation_id, "verdict": verdict.value})
    for action, outcome in settled.answers:
        counter("crs_responses_total").labels(action, outcome).inc()
        log.info("response judged", extra={"action": action, "outcome": outcome})
