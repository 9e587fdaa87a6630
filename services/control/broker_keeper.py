"""Keeps the demo's own broker running, as the supervisor keeps the services."""

import time

from services.control.restart import Backoff
from services.control.speech import Say
from services.runtime.broker import Broker, BrokerDidNotStart


class BrokerKeeper:
    """Starts a local broker again when it ended. Its ports and data stay, so clients find it again by themselves.

    Args:
        broker: the local broker; None where Kafka is somebody else's to keep.
        say: told about every end and start.
    """

    def __init__(self, broker: Broker | None, say: Say) -> None:
        self._broker = broker
        self._say = say
        self._backoff = Backoff()
        self._started_s = time.monotonic()
        self._due_s: float | None = None

    def tend(self) -> None:
        """Notice an end; start again when that is due, which takes a few seconds."""
        if self._broker is None or self._broker.running:
            return
        now_s = time.monotonic()
        if self._due_s is None:
            self._note_end(now_s)
        elif now_s >= self._due_s:
            self._start(self._broker)

    def _note_end(self, now_s: float) -> None:
        self._backoff = self._backoff.after_run(now_s - self._started_s)
        self._due_s = now_s + self._backoff.delay_s
        self._say(f"Kafka ended; starting it again in {self._backoff.delay_s:.2g} s")

    def _start(self, broker: Broker) -> None:
        self._started_s, self._due_s = time.monotonic(), None
        try:
            broker.start()
        except (BrokerDidNotStart, OSError) as fault:
            self._say(f"Kafka did not start: {fault}")
        else:
            self._say("Kafka answers again")
