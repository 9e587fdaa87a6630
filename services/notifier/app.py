"""The notifier, wired: listener, decider, deliverers and relay, each in a thread of its own, meeting in the ledger."""

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from services.notifier.backlog import Backlog
from services.notifier.bells import Bell, Threads
from services.notifier.channels import Outcome
from services.notifier.channels.webhook.channel import WebhookChannel
from services.notifier.clock import Clock, system_clock
from services.notifier.deciding import Decider
from services.notifier.delivering import LEASE_MARGIN_MS, Deliverer
from services.notifier.ledger.claims import release_claims
from services.notifier.ledger.figures import undelivered
from services.notifier.ledger.opening import Ledger, open_ledger
from services.notifier.listening import Listener
from services.notifier.policy import SHIPPED, read_policy
from services.notifier.relaying import Relay
from services.notifier.rows import Manner
from services.notifier.settings import NotifierSettings
from services.runtime.health import Check, Health, Progress

PROGRESS_WITHIN = timedelta(seconds=15)
# A page that is on its way for longer than this is somebody's business [P].
PAGE_DUE_WITHIN_MS = 30_000
STOP_WITHIN_S = 3.0


def nothing(point: str) -> None:
    """What happens at the named points of a real run."""


class Notifier:
    """All parts of one replica.

    Args:
        settings: addresses and secrets.
        clock: what time it is.
        reached: told whenever a step is done that a crash might separate from the next.
    """

    def __init__(
        self, settings: NotifierSettings, *, clock: Clock = system_clock, reached: Callable[[str], None] = nothing
    ) -> None:
        self.settings = settings
        policy = read_policy(settings.policy_file or SHIPPED, channels=(WebhookChannel.name,))
        channels = frozenset((WebhookChannel.name,))
        self.manner = Manner(policy, channels, settings.payload_level, str(settings.board_url))
        self.ledger: Ledger = open_ledger(settings.ledger_url)
        self.backlog = Backlog(limit=settings.fold_limit)
        self.health = Health("notifier")
        self._clock, self._reached = clock, reached
        self._to_decide, self._to_deliver, self._to_relay = Bell(), Bell(), Bell()
        self._listening, self._deciding, self._relaying = (Progress(within=PROGRESS_WITHIN) for _ in range(3))
        for name, look in self._checks().items():
            self.health.check(name, look)

    def run(self, stop: threading.Event) -> bool:
        """Work until told to stop; False when a part failed and the process should be started anew."""
        if not self.ledger.shared:
            with self.ledger.transaction() as connection:
                release_claims(connection)
        threads = Threads(stop)
        with self.health.serve(self.settings.port, self.settings.host, port_file=self.settings.port_file):
            for number in range(self.settings.workers):
                threads.start(f"deliverer-{number}", partial(self._deliverer().run, stop))
            threads.start("decider", partial(self._decider().run, stop))
            threads.start("relay", partial(self._relay().run, stop))
            threads.start("listener", partial(self._listener().run, stop))
            stop.wait()
            for bell in (self._to_decide, self._to_deliver, self._to_relay):
                bell.ring()
            threads.join(within_s=STOP_WITHIN_S)
        self.ledger.close()
        return not threads.failed

    def _listener(self) -> Listener:
        return Listener(
            self.settings, self.settings.instance, self.ledger, self.manner, self.backlog, self._listening,
            self._clock, self._to_decide.ring, self._reached,
        )  # fmt: skip

    def _decider(self) -> Decider:
        return Decider(
            self.ledger, self.manner, self.backlog, self._to_decide, self._deciding, self._clock, self._decided,
            self._reached,
        )  # fmt: skip

    def _deliverer(self) -> Deliverer:
        secret, timeout = self.settings.webhook_secret.get_secret_value(), self.settings.webhook_timeout
        channel = WebhookChannel(str(self.settings.webhook_url), secret, timeout=timeout)
        lease_ms = round(timeout.total_seconds() * 1000) + LEASE_MARGIN_MS
        return Deliverer(
            self.ledger, {channel.name: channel}, lease_ms, self._to_deliver, self._clock, self._attempted,
            self._reached,
        )  # fmt: skip

    def _relay(self) -> Relay:
        return Relay(self.settings, self.ledger, self._to_relay, self._relaying, self._clock, self._reached)

    def _decided(self) -> None:
        self._to_deliver.ring()
        self._to_relay.ring()

    def _attempted(self, outcome: Outcome) -> None:
        self._to_relay.ring()
        if outcome.result == "failed":
            self._to_decide.ring()

    def _checks(self) -> dict[str, Callable[[], Check]]:
        return {
            "listening": self._listening.check,
            "caught_up": lambda: Check(not self.backlog.reading, "reading a backlog" if self.backlog.reading else ""),
            "deciding": self._deciding.check,
            "relaying": self._relaying.check,
            "paging": self._paging,
        }

    def _paging(self) -> Check:
        with self.ledger.transaction() as connection:
            count, oldest_ms = undelivered(connection)
        age_ms = 0 if oldest_ms is None else self._clock() - oldest_ms
        return Check(age_ms <= PAGE_DUE_WITHIN_MS, f"{count} pages on their way, the oldest for {age_ms / 1000:.0f} s")
