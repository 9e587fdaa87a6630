"""The folder a local broker keeps its topics in: one broker at a time, and no leftovers of brokers that were killed."""

import fcntl
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "crswatch-kafka-"
LOCK = "in-use"
LEFT_OVER_AFTER_S = 600.0  # younger ones may be about to be locked


class BrokerDidNotStart(RuntimeError):
    """Kafka ended, never answered, or may not use the folder; the text says why, with its last words."""


@contextmanager
def temporary_data() -> Iterator[Path]:
    """A fresh folder, removed on leaving; so are those whose owner was killed before it could do the same."""
    parent = Path(tempfile.gettempdir())
    for folder in parent.glob(f"{PREFIX}*"):
        if is_left_over(folder):
            shutil.rmtree(folder, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True) as folder_name:
        yield Path(folder_name)


def is_left_over(folder: Path) -> bool:
    """Whether a broker used this folder once, some time ago, and nobody holds it now."""
    lock = folder / LOCK
    try:
        if time.time() - lock.stat().st_mtime < LEFT_OVER_AFTER_S:
            return False
        with lock.open() as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # not one of ours, another user's, or in use
        return False
    return True


@contextmanager
def alone_in(data: Path) -> Iterator[None]:
    """Hold the folder for one broker; the lock goes with the process, however it ends."""
    with (data / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BrokerDidNotStart(f"another Kafka is using {data}: stop it, or choose another folder") from None
        yield
