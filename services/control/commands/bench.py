"""`crswatch bench`: what the grader does a second, how late it is, how soon it is back, what a patient costs."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from services.control.bench.optional_packages import require
from services.control.bench.process_readings import require_proc
from services.control.bench.report import Report
from services.control.bench.results import write_json
from services.control.bench.rivals import NEEDED, RIVALS
from services.control.bench.throughput import Plan, throughput
from services.control.refusal import Refusal
from services.control.speech import complain, say
from services.runtime.kafka_source import NoKafka, kafka_source
from services.runtime.settings import KafkaSettings

WRONG = 1
SHIPPED_PARTITIONS = 12


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
    _throughput(kinds)


def run(args: argparse.Namespace) -> int:
    """Measure; 1 where something came out that must not, 2 for wrong use."""
    require_proc()
    if args.plot:
        require("matplotlib", "--plot")
    measure = args.prepared(args)
    try:
        with kafka_source(say=complain) as source:
            kafka = KafkaSettings(bootstrap_servers=source.bootstrap_servers, partitions=args.partitions)
            report: Report = measure(kafka)
    except NoKafka as why:
        raise Refusal(str(why)) from None
    return _tell(args, report)


def _tell(args: argparse.Namespace, report: Report) -> int:
    for line in report.lines:
        say(line)
    if args.json:
        asked = {name: value for name, value in vars(args).items() if name not in ("prepared", "command", "traceback")}
        write_json(args.json, args.measurement, asked, report.found)
    for sentence in report.wrong:
        complain(sentence)
    return WRONG if report.wrong else 0


def _throughput(kinds: Any) -> None:
    parser = kinds.add_parser(
        "throughput",
        help="observations a second, ours against others",
        description="Rounds, each over fresh topics: the grader grades every record of the log, then the contestants "
        "read the same log for so many seconds each. Counted between two moments of steady work.",
        epilog="Example: crswatch bench throughput --patients 100000 --contestants step,bare,faust,quix --rounds 5",
    )
    _shared(parser, patients=1_000)
    parser.add_argument("--seconds", type=_seconds, default=15.0, metavar="S", help="time box of each; default: 15")
    parser.add_argument("--rounds", type=_whole(1, 100), default=3, metavar="N", help="default: 3")
    parser.add_argument(
        "--contestants", type=_names, default=("step", "bare"), metavar="NAMES",
        help=f"beside ours, with commas: {', '.join(RIVALS)}, or none; default: step,bare",
    )  # fmt: skip
    parser.add_argument("--workers", type=_whole(1, 16), default=1, metavar="N", help="grader processes; default: 1")
    parser.add_argument(
        "--sample", type=_whole(1, 100_000), default=200, metavar="N",
        help="patients whose outputs are held against the plain replay; default: 200",
    )  # fmt: skip
    parser.add_argument("--event-seconds", type=_whole(3, 86_400), metavar="N", help="length of the log; default: fits")
    parser.add_argument("--profile", type=Path, metavar="FILE", help="a flame graph of the grader as SVG, by py-spy")
    parser.set_defaults(prepared=_throughput_of)


def _throughput_of(args: argparse.Namespace) -> Callable[[KafkaSettings], Report]:
    for name in args.contestants:
        for package in NEEDED.get(name, ()):
            require(package, f"The contestant {name}")
    plan = Plan(
        args.patients, args.seconds, args.rounds, args.contestants, args.workers, args.seed,
        sample=args.sample, event_seconds=args.event_seconds, profile=args.profile,
    )  # fmt: skip
    return lambda kafka: throughput(kafka, plan, complain)


def _shared(parser: argparse.ArgumentParser, *, patients: int) -> None:
    number = _whole(1, 1_000_000)
    parser.add_argument("--patients", type=number, default=patients, metavar="N", help=f"default: {patients:,}")
    parser.add_argument(
        "--partitions", type=_whole(1, 1_000), default=SHIPPED_PARTITIONS, metavar="N", help="default: as shipped, 12"
    )
    parser.add_argument("--seed", type=int, default=7, metavar="N", help="of the records; default: 7")
    parser.add_argument("--json", type=Path, metavar="FILE", help="every figure of every round, and the machine")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="a plot as .svg or .png (needs matplotlib)")


def _names(text: str) -> tuple[str, ...]:
    names = () if text == "none" else tuple(text.split(","))
    if unknown := [name for name in names if name not in RIVALS]:
        raise argparse.ArgumentTypeError(f"must be of {', '.join(RIVALS)}, not {unknown[0] or 'nothing'}")
    return names


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 1 <= seconds <= 3_600:
        raise argparse.ArgumentTypeError("must be a number of seconds from 1 to 3600")
    return seconds


def _whole(low: int, high: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not text.isdecimal() or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"must be a whole number from {low} to {high}")
        return int(text)

    return number
