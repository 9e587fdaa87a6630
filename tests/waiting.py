"""Waiting for something that happens elsewhere: look again and again until it is so, never sleep and hope."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def eventually(look: Callable[[], Found], *, within: float = 10.0, every: float = 0.02, what: str = "") -> Found:
    """What `look` returns once that is true, not empty and not None.

    An AssertionError of `look` counts as "not yet", so it may hold assertions; the last one is shown on failure.
    """
    deadline = time.monotonic() + within
    last: object = None
    while True:
        try:
            found = look()
        except AssertionError as not_yet:
            last = not_yet
        else:
            if found:
                return found
            last = found
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within:g} s: {what or getattr(look, '__name__', look)}; last: {last!r}")
        time.sleep(every)
