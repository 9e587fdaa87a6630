"""`crswatch bench`: what the grader does a second, how late it is, how soon it is back, what a patient costs."""

import argparse
from typing import Any

from services.control.bench.process_readings import require_proc
from services.control.bench.throughput import Plan, throughput
from services.control.refusal import Refusal
from services.control.speech import complain
from services.runtime.kafka_source import NoKafka, kafka_source
from services.runtime.settings import KafkaSettings


def register(subparsers: Any) -> None:
    """Describe the command and its four measurements."""
    parser = subparsers.add_parser(
        "bench",
        help="measure the grader: throughput, latency, recovery, memory",
        description="Measures the shipped grader on real Kafka, under topics of its own that are deleted afterwards.",
        epilog="Example: crswatch bench throughput --patients 1000 --seconds 15 --rounds 3",
    )
    kinds = parser.add_subparsers(dest="measurement", metavar="MEASUREMENT", required=True)
    one = kinds.add_parser("throughput", help="observations a second, against others")
    one.add_argument("--patients", type=int, default=1000)
    one.add_argument("--seconds", type=float, default=15.0)
    one.add_argument("--rounds", type=int, default=3)
    one.add_argument("--contestants", default="step,bare")
    one.add_argument("--workers", type=int, default=1)
    one.add_argument("--partitions", type=int, default=12)
    one.add_argument("--seed", type=int, default=7)


def run(args: argparse.Namespace) -> int:
    """Measure."""
    require_proc()
    plan = Plan(
        args.patients,
        args.seconds,
        args.rounds,
        tuple(filter(None, args.contestants.split(","))),
        args.workers,
        args.seed,
    )
    try:
        with kafka_source(say=complain) as source:
            kafka = KafkaSettings(bootstrap_servers=source.bootstrap_servers, partitions=args.partitions)
            for _ in throughput(kafka, plan, complain):
                pass
    except NoKafka as why:
        raise Refusal(str(why)) from None
    return 0
