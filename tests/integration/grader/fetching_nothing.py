"""The real grader, but for its Kafka client the last fetch was always an hour ago; run as a module, a process."""

import sys

from aiokafka.consumer.subscription_state import SubscriptionState

from services.grader.engine.partition import partition_factory
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.process import run
from services.grader.settings import GraderSettings
from services.runtime import logs

if __name__ == "__main__":
    logs.configure("grader")
    SubscriptionState.fetcher_idle_time = 3600.0
    sys.exit(run(GraderSettings(), partition_factory(), rules_hash=DEFAULT_RULES.hash))
