"""What the command line says to a person. The only place of the product that prints."""

import sys
import time
from collections.abc import Callable

Say = Callable[[str], None]


def say(sentence: str) -> None:
    """One line to standard output, at once even when it is a file or a pipe."""
    try:
        print(sentence, flush=True)
    except BrokenPipeError:
        # The reader left (`crswatch demo | head`); the ward behind goes on until it is stopped.
        sys.stdout = None


def complain(sentence: str) -> None:
    """One line to standard error."""
    if sys.stderr is not None:
        print(sentence, file=sys.stderr, flush=True)


def timed_say() -> Say:
    """`say`, each line led by the seconds since now: where a slow start spends its time."""
    began_s = time.monotonic()
    return lambda sentence: say(f"[{time.monotonic() - began_s:5.1f} s] {sentence}")
