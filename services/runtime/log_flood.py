"""A flood of one and the same line says no more than its first lines and a count.

With its broker gone, aiokafka alone writes sixty errors a second.
"""

import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass

OURS = "services."
BURST = 5
WINDOW_S = 10.0
_NUMBER = re.compile(r"\d+")
_MOST_KINDS = 1000  # of lines remembered; beyond it the memory starts anew


@dataclass(slots=True)
class _Seen:
    since_s: float
    count: int = 0
    suppressed: int = 0


class FloodFilter(logging.Filter):
    """Lets `BURST` lines of a kind pass in each window; the next one to pass carries how many did not.

    A kind is a logger, a level and the message without its arguments and numbers. Errors of our own always pass: each
    may be another patient.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._seen: dict[tuple[str, int, str], _Seen] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record may pass."""
        if record.levelno >= logging.ERROR and record.name.startswith(OURS):
            return True
        kind, now_s = (record.name, record.levelno, _NUMBER.sub("#", str(record.msg))), self._clock()
        if len(self._seen) > _MOST_KINDS:
            self._seen.clear()
        seen = self._seen.setdefault(kind, _Seen(now_s))
        if now_s - seen.since_s >= WINDOW_S:
            if seen.suppressed:
                record.suppressed = seen.suppressed
            seen.since_s, seen.count, seen.suppressed = now_s, 0, 0
        seen.count += 1
        seen.suppressed += seen.count > BURST
        return seen.count <= BURST
