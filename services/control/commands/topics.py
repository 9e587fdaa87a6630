"""`crswatch topics`: create the topics and verify that they are what the registry says."""

import argparse
from typing import Any

from services.control.kafka_settings import kafka_from_environment
from services.control.speech import complain, say
from services.runtime.topics import create_topics, verify_topics


def register(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser(
        "topics",
        help="create the topics and verify them",
        description="Creates the topics that are missing and verifies all of them. What exists is never changed: "
        "a topic that is not as registered is reported, and the exit code is 1.",
        epilog="Example: KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:9092 crswatch topics",
    )
    parser.add_argument("--verify", action="store_true", help="only verify; create nothing")


def run(args: argparse.Namespace) -> int:
    """Create and verify; 1 when something is not as it must be."""
    kafka = kafka_from_environment()
    created = [] if args.verify else create_topics(kafka)
    for name in created:
        say(f"Created {name}.")
    problems = verify_topics(kafka)
    for problem in problems:
        complain(problem)
    if problems:
        return 1
    say("All topics are as registered.")
    return 0
