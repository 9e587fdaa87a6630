"""`python -m services.grader`, the same as `crswatch grader`."""

import argparse
import sys

from services.grader.broker_facts import UnusableTopic
from services.grader.engine.partition import partition_factory
from services.grader.process import run
from services.grader.settings import GraderSettings
from services.grader.site_files import BadSiteFile, load_site
from services.runtime import logs
from services.runtime.http import CannotServe
from services.runtime.refusing import NOT_NOW, refuse
from services.runtime.settings import SettingsRefused, read_settings


def main(argv: list[str] | None = None) -> int:
    """Grade until SIGTERM; 0 after a clean stop, 2 where settings or files cannot be used, 1 for anything else."""
    parser = argparse.ArgumentParser(
        prog="crswatch grader",
        description="Grades bedside records from Kafka: estimates and escalations go out. Settings: GRADER_*, KAFKA_*.",
        epilog="Example: KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:9092 crswatch grader",
    )
    parser.parse_args(argv)
    logs.configure("grader")
    try:
        settings = read_settings(GraderSettings)
        rules = load_site(settings.rules, settings.unit_profile)
        ready = [] if settings.rules_next is None else [load_site(settings.rules_next, settings.unit_profile)]
        engine_for = partition_factory(rules, watch_all=settings.watch_all, ready=ready)
        return run(settings, engine_for, rules_hash=rules.hash)
    except (SettingsRefused, BadSiteFile) as refusal:
        return refuse("grader", refusal)
    except (UnusableTopic, CannotServe) as refusal:
        return refuse("grader", refusal, NOT_NOW)


if __name__ == "__main__":
    sys.exit(main())
