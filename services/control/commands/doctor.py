"""`crswatch doctor`: what is wrong here, in sentences."""

import argparse
import os
from itertools import chain
from typing import Any

from services.control.findings import State
from services.control.machine_checks import machine_findings
from services.control.speech import say
from services.control.ward_checks import ward_findings


def register(subparsers: Any) -> None:
    """Describe the command."""
    subparsers.add_parser(
        "doctor",
        help="what is wrong here, in sentences",
        description="Looks at Python, Java, Kafka's jars, the built board, disk, clock and ports, at the Kafka that "
        "KAFKA_BOOTSTRAP_SERVERS names with its topics, and at the services on their ports. Changes nothing. The exit "
        "code is 1 where something has to be done.",
        epilog="Example: KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:9092 crswatch doctor",
    )


def run(_: argparse.Namespace) -> int:
    """Say each finding as it is found."""
    environment = dict(os.environ)
    wrong = 0
    for finding in chain(machine_findings(environment), ward_findings(environment)):
        say(f"{finding.state.value:>5}  {finding.subject}: {finding.sentence}")
        wrong += finding.state is State.WRONG
    say(f"{wrong} to put right." if wrong else "Nothing is wrong here.")
    return 1 if wrong else 0
