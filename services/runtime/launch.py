"""Becomes another program, after asking the kernel to end it with its parent: `launch.py PARENT_PID PROGRAM WORD...`.

Linux only. Run by `services.runtime.processes` as a bare script, so it imports only what Python ships. A function run
between fork and exec would do the same, but is unsafe, and warned about, where the parent has threads.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Ask, make sure it was not too late, and become the program; the request stays over that."""
    parent, program = int(sys.argv[1]), sys.argv[2:]
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() != parent:
        sys.exit(1)
    try:
        os.execvp(program[0], program)  # noqa: S606 - no shell is wanted
    except OSError as fault:
        sys.exit(f"{program[0]} could not be started: {fault.strerror}")


if __name__ == "__main__":
    main()
