"""The real grader, but `step` fails on records whose event_id begins with `poison`; run as a module, a process."""

import sys

from services.grader.engine import partition
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.process import run
from services.grader.settings import GraderSettings
from services.runtime import logs

real_step = partition.step


def step(state, record, **more):
    if record["event_id"].startswith("poison"):
        raise ZeroDivisionError
    return real_step(state, record, **more)


if __name__ == "__main__":
    logs.configure("grader")
    partition.step = step
    sys.exit(run(GraderSettings(), partition.partition_factory(), rules_hash=DEFAULT_RULES.hash))
