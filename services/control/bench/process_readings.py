"""What the kernel says of a process: processor time of all its threads, memory. Linux, as the graders run on it."""

import os
from pathlib import Path

from services.control.refusal import Refusal

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_AFTER_NAME = 11  # user time is the eleventh field after the process's name


def require_proc() -> None:
    """Raises a Refusal where the kernel does not tell."""
    if not Path("/proc/self/stat").exists():
        raise Refusal("crswatch bench reads processor time from /proc: run it on Linux.")


def processor_s(pid: int) -> float:
    """User and system time of a process so far, all threads included, its children not."""
    # The name stands in brackets and may hold anything.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[_AFTER_NAME]) + int(fields[_AFTER_NAME + 1])) / _TICKS_PER_S


def resident_bytes(pid: int) -> int:
    """Memory that a process holds now."""
    return _status_bytes(pid, "VmRSS")


def peak_resident_bytes(pid: int) -> int:
    """The most memory that a process ever held."""
    return _status_bytes(pid, "VmHWM")


def _status_bytes(pid: int, name: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    return 0
