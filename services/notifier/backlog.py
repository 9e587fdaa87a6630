"""Whether we have heard everything there is: only then is it decided who is still to be called."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta


class Backlog:
    """Behind from the start, until the listener has read to the end.

    Waiting has a limit: a Kafka that does not answer, or a backlog that never ends, must not keep known alarms silent.
    """

    def __init__(self, *, limit: timedelta, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit_s = limit.total_seconds()
        self._clock = clock
        self._lock = threading.Lock()
        self._behind_since_s: float | None = clock()

    def behind(self) -> None:
        """There is more to read."""
        with self._lock:
            if self._behind_since_s is None:
                self._behind_since_s = self._clock()

    def caught_up(self) -> None:
        """Everything was read."""
        with self._lock:
            self._behind_since_s = None

    @property
    def reading(self) -> bool:
        """True while there is more to read."""
        with self._lock:
            return self._behind_since_s is not None

    def may_decide(self) -> bool:
        """True when everything was read, or reading takes longer than anybody should wait."""
        with self._lock:
            since_s = self._behind_since_s
        return since_s is None or self._clock() - since_s >= self._limit_s
