"""The real grader, but a patient is forgotten two seconds after discharge; run as a module, a process."""

import sys
from dataclasses import replace

from services.grader.engine.partition import partition_factory
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.process import run
from services.grader.settings import GraderSettings
from services.runtime import logs

if __name__ == "__main__":
    logs.configure("grader")
    rules = replace(DEFAULT_RULES, id="hasty", forget_h=2 / 3600)
    sys.exit(run(GraderSettings(), partition_factory(rules), rules_hash=rules.hash))
