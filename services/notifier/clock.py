"""The one place of the notifier that asks what time it is; everything that decides is given the answer."""

import time
from collections.abc import Callable

# Milliseconds since 1970, UTC.
Clock = Callable[[], int]


def system_clock() -> int:
    """Now."""
    return time.time_ns() // 1_000_000
