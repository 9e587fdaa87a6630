"""`crswatch bench`: what the grader does a second, how late it is, how soon it is back, what a patient costs."""

import argparse
import logging
from time import monotonic
from typing import Any

from services.control.bench.asking import add_latency, add_memory, add_recovery, add_throughput
from services.control.bench.optional_packages import require
from services.control.bench.plotting import draw
from services.control.bench.process_readings import require_proc
from services.control.bench.report import Report
from services.control.bench.results import write_json
from services.control.refusal import Refusal
from services.control.speech import Say, complain, say
from services.runtime.kafka_source import NoKafka, kafka_source
from services.runtime.settings import KafkaSettings

WRONG = 1


def register(subparsers: Any) -> None:
    """Describe the command and its measurements."""
    parser = subparsers.add_parser(
        "bench",
        help="measure the grader: throughput, latency, recovery, memory",
        description="Measures the shipped grader on real Kafka (the one that KAFKA_BOOTSTRAP_SERVERS names, else one "
        "that is started for it), under topics of its own that are deleted afterwards. A table goes to standard "
        "output, progress to standard error. services/control/bench/README.md says what is measured and how.",
        epilog="Example: crswatch bench throughput --patients 1000 --seconds 15 --rounds 3 --json throughput.json",
    )
    kinds = parser.add_subparsers(dest="measurement", metavar="MEASUREMENT", required=True)
    add_throughput(kinds)
    add_latency(kinds)
    add_recovery(kinds)
    add_memory(kinds)


def run(args: argparse.Namespace) -> int:
    """Measure; 1 where something came out that must not, 2 for wrong use."""
    require_proc()
    # It grumbles about young topics and tries again; what it cannot do it raises.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    if args.plot:
        require("matplotlib", "--plot")
    measure = args.prepared(args)
    try:
        with kafka_source(say=complain) as source:
            kafka = KafkaSettings(bootstrap_servers=source.bootstrap_servers, partitions=args.partitions)
            report: Report = measure(kafka, _progress())
    except NoKafka as why:
        raise Refusal(str(why)) from None
    return _tell(args, report)


def _progress() -> Say:
    """To standard error, each line led by the seconds since now."""
    began_s = monotonic()
    return lambda sentence: complain(f"[{monotonic() - began_s:6.1f} s] {sentence}")


def _tell(args: argparse.Namespace, report: Report) -> int:
    for line in report.lines:
        say(line)
    if args.json:
        asked = {name: value for name, value in vars(args).items() if name not in ("prepared", "command", "traceback")}
        write_json(args.json, args.measurement, asked, report.found)
    if args.plot:
        draw(report.plot, args.plot)
    for sentence in report.wrong:
        complain(sentence)
    return WRONG if report.wrong else 0
