"""How the notifier's threads wake each other, and how they end together."""

import logging
import threading
import time
from collections.abc import Callable

log = logging.getLogger(__name__)


class Bell:
    """Wakes everybody who waits; who comes late has not missed it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._rung = 0

    def ring(self) -> None:
        """Something is to be done."""
        with self._changed:
            self._rung += 1
            self._changed.notify_all()

    def wait(self, heard: int, *, timeout_s: float) -> int:
        """Wait until it has rung more than `heard` times, or the time is up; returns how often it has rung."""
        with self._changed:
            self._changed.wait_for(lambda: self._rung > heard, timeout=timeout_s)
            return self._rung


class Threads:
    """Threads that end together: when one fails, all stop, and the process ends so that it can be started anew."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._started: list[threading.Thread] = []
        self.failed = False

    def start(self, name: str, work: Callable[[], None]) -> None:
        """Run `work` beside the others until it returns."""
        thread = threading.Thread(target=self._run, args=(name, work), name=name, daemon=True)
        self._started.append(thread)
        thread.start()

    def join(self, *, within_s: float) -> None:
        """Wait for all of them together; one that hangs on the network is left behind with the process."""
        deadline_s = time.monotonic() + within_s
        for thread in self._started:
            thread.join(timeout=max(deadline_s - time.monotonic(), 0))

    def _run(self, name: str, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception:
            log.exception("a part of the notifier failed", extra={"component": name})
            self.failed = True
            self._stop.set()
