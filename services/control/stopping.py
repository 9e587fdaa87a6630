"""Signals as an exception, so that `finally` and `with` stop things in order wherever the signal finds us."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_PARENT = os.getppid()
ASKING = ("SIGINT", "SIGTERM", "SIGHUP")


_held = 0
_asked_while_held = False


class Stopped(BaseException):
    """A person or the system asked this process to stop. Not an `Exception`: nothing may swallow it."""


@contextmanager
def stop_on_signals() -> Iterator[None]:
    """Turn the first signal that asks us to stop into `Stopped`; later ones must not interrupt the stopping.

    Only the main thread can listen to signals; elsewhere (a test calling a command) nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asked = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        global _asked_while_held
        if asked:
            return
        asked = True
        if _held:
            _asked_while_held = True
        else:
            raise Stopped

    before = {number: signal.signal(number, stop) for number in _listened_to()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let what is inside finish before a signal stops us: a child that was started and not yet noted would be left."""
    global _held, _asked_while_held
    _held += 1
    try:
        yield
    finally:
        _held -= 1
        if _asked_while_held and not _held:
            _asked_while_held = False
            raise Stopped


def _listened_to() -> list[signal.Signals]:
    # A shell has `command &` ignore SIGINT, but who sends one to a ward means it. SIGHUP stays ignored under `nohup`.
    there = [signal.Signals[name] for name in ASKING if hasattr(signal, name)]
    return [one for one in there if one.name != "SIGHUP" or signal.getsignal(one) != signal.SIG_IGN]


def orphaned_under_make() -> bool:
    """True if `make` started us and is gone: nobody is left to press Ctrl-C. Any other lost parent is no order."""
    return bool(os.environ.get("MAKELEVEL")) and os.getppid() != _PARENT
