"""`python -m services.grader`, the same as `crswatch grader`."""

import argparse
import sys

from services.grader.partition import partition_factory
from services.grader.process import run
from services.grader.settings import GraderSettings
from services.grader.site_files import BadSiteFile, load_rules, load_unit_profile
from services.runtime import logs

WRONG_USE = 2


def main(argv: list[str] | None = None) -> int:
    """Grade the ward's bedside records until stopped. Settings come from the environment."""
    parser = argparse.ArgumentParser(
        prog="crswatch grader",
        description="Grades bedside records from Kafka: estimates and escalations go out. Settings: GRADER_*, KAFKA_*.",
        epilog="Example: KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:9092 crswatch grader",
    )
    parser.parse_args(argv)
    logs.configure("grader")
    settings = GraderSettings()
    try:
        rules, unit_profile = load_rules(settings.rules), load_unit_profile(settings.unit_profile)
    except BadSiteFile as refusal:
        parser.exit(WRONG_USE, f"crswatch grader: {refusal}\n")
    engine_for = partition_factory(rules, unit_profile=unit_profile, watch_all=settings.watch_all)
    return run(settings, engine_for, rules_hash=rules.hash)


if __name__ == "__main__":
    sys.exit(main())
