"""The real grader, but silence pages after seconds; run as a module, a process."""

import sys
from dataclasses import replace

from services.grader.engine.partition import partition_factory
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.process import run
from services.grader.settings import GraderSettings
from services.runtime import logs

STALE_S, SILENT_S = 3, 6  # in the order of the built-in rules
RULES = replace(
    DEFAULT_RULES,
    id="impatient",
    fast_stale_min=STALE_S / 60,
    silent_monitor_min=SILENT_S / 60,
    silent_admitted_min=SILENT_S / 60,
)

if __name__ == "__main__":
    logs.configure("grader")
    sys.exit(run(GraderSettings(), partition_factory(RULES), rules_hash=RULES.hash))
