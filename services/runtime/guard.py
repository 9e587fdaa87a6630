"""The guard: reads process ids on standard input, and kills those still listed when it closes.

Run by `services.runtime.processes` as a bare script, so it imports only what Python ships.
"""

import os
import signal
import sys
from contextlib import suppress


def listed(lines: list[str]) -> set[int]:
    """The ids added (`+12`) and not taken back (`-12`)."""
    pids: set[int] = set()
    for line in lines:
        (pids.add if line.startswith("+") else pids.discard)(int(line[1:]))
    return pids


def main() -> None:
    """Wait for our starter to end, then end what it left."""
    pids: set[int] = set()
    for line in sys.stdin:
        pids = listed([*(f"+{pid}" for pid in pids), line.strip()])
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
