"""A flame graph of a running grader, by py-spy from outside: the grader itself does not know."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.control.bench.optional_packages import program

SAMPLES_PER_S = 250
ENDS_WITHIN_S = 60.0


@contextmanager
def profiled(pid: int, target: Path | None, seconds: float) -> Iterator[None]:
    """Sample the process while the work inside lasts, at most so long; the file is a flame graph in SVG."""
    if target is None:
        yield
        return
    words = [program("py-spy", "--profile"), "record", "--pid", pid, "--output", target, "--rate", SAMPLES_PER_S]
    words += ["--duration", max(1, round(seconds)), "--nonblocking", "--gil"]
    sampler = subprocess.Popen(
        list(map(str, words)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ
    )
    try:
        yield
    finally:
        if sampler.poll() is None:
            sampler.send_signal(signal.SIGINT)
        sampler.wait(ENDS_WITHIN_S)
