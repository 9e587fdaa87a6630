"""Lines of a file that may still be growing: each as it comes, and a word when nothing came for a while."""

import queue
import threading
from collections.abc import Iterable, Iterator

from services.grader.replay import BadLine, Line

READ_AHEAD = 4_096


def as_they_come(lines: Iterable[Line | BadLine], *, patience_s: float) -> Iterator[Line | BadLine | None]:
    """The lines in their order; None whenever no next one came for `patience_s`."""
    coming: queue.Queue[Line | BadLine | BaseException | None] = queue.Queue(READ_AHEAD)
    threading.Thread(target=_read, args=(lines, coming), name="lines", daemon=True).start()
    while True:
        try:
            line = coming.get(timeout=patience_s)
        except queue.Empty:
            yield None
            continue
        if line is None:
            return
        if isinstance(line, BaseException):
            raise line
        yield line


def _read(lines: Iterable[Line | BadLine], coming: "queue.Queue[Line | BadLine | BaseException | None]") -> None:
    try:
        for line in lines:
            coming.put(line)
    except BaseException as fault:
        coming.put(fault)
    else:
        coming.put(None)
