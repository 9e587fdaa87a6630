"""A contestant keeps to one processor, as an operator lets a worker do (`cpuset`, `CPUAffinity`, `taskset`).

The threads of a Python process take turns anyway. On two processors each turn begins with an empty cache: the same
grader needed a fifth more processor time. All contestants of `throughput` are measured that way.
"""

import os


def keep_to_one(pid: int, number: int) -> None:
    """Bind a process that has just started, before it has threads; nothing happens off Linux.

    Args:
        pid: its process id.
        number: of the contestant; each gets a processor of its own while there are enough, from the last one on.
    """
    if hasattr(os, "sched_setaffinity"):
        allowed = sorted(os.sched_getaffinity(0), reverse=True)
        os.sched_setaffinity(pid, {allowed[number % len(allowed)]})
