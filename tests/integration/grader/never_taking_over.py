"""The real grader, but the state of partition 0 is never read to its end; run as a module, a process."""

import asyncio
import sys

from services.grader import opening
from services.grader.engine.partition import partition_factory
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.process import run
from services.grader.settings import GraderSettings
from services.runtime import logs

real_restore = opening.restore


async def restore(settings, topic, number):
    if number == 0:
        await asyncio.Event().wait()
    return await real_restore(settings, topic, number)


if __name__ == "__main__":
    logs.configure("grader")
    opening.restore = restore
    sys.exit(run(GraderSettings(), partition_factory(), rules_hash=DEFAULT_RULES.hash))
