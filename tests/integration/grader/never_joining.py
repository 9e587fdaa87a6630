"""The real grader, but it never comes into its group; run as a module, a process."""

import asyncio
import sys

from aiokafka.consumer.group_coordinator import GroupCoordinator

from services.grader import app
from services.grader.engine.partition import partition_factory
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.process import run
from services.grader.settings import GraderSettings
from services.runtime import logs

REBALANCE_TIMEOUT_S = 1.0
real_app = app._faust_app


async def rejoin(*_):
    await asyncio.sleep(0.1)
    return False


def impatient_app(settings):
    faust = real_app(settings)
    faust.conf.broker_rebalance_timeout = REBALANCE_TIMEOUT_S
    return faust


if __name__ == "__main__":
    logs.configure("grader")
    GroupCoordinator._do_rejoin_group = rejoin
    app._faust_app = impatient_app
    sys.exit(run(GraderSettings(), partition_factory(), rules_hash=DEFAULT_RULES.hash))
