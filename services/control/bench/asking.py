"""The measurements of `crswatch bench` on the command line: what can be asked of each, and what it then does."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from services.control.bench.argument_types import drawn, minutes, names, rates, seconds, whole
from services.control.bench.latency import LatencyPlan, latency
from services.control.bench.memory import MemoryPlan, memory
from services.control.bench.optional_packages import require
from services.control.bench.recovery import RecoveryPlan, recovery
from services.control.bench.report import Report
from services.control.bench.rivals import NEEDED, RIVALS
from services.control.bench.throughput import Plan, throughput
from services.control.refusal import WRONG_USE, Refusal
from services.runtime.settings import KafkaSettings
from services.runtime.speech import Say

SHIPPED_PARTITIONS = 12
Measure = Callable[[KafkaSettings, Say], Report]


def add_throughput(kinds: Any) -> None:
    """Observations a second."""
    parser = kinds.add_parser(
        "throughput",
        help="observations a second, ours against others",
        description="Rounds, each over fresh topics: the grader grades every record of the log, then the contestants "
        "read the same log for so many seconds each. Counted between two moments of steady work.",
        epilog="Example: crswatch bench throughput --patients 100000 --contestants step,bare,faust,quix --rounds 5",
    )
    _shared(parser, patients=1_000)
    parser.add_argument("--seconds", type=seconds, default=15.0, metavar="S", help="time box of each; default: 15")
    parser.add_argument("--rounds", type=whole(1, 100), default=3, metavar="N", help="default: 3")
    parser.add_argument(
        "--contestants", type=names, default=("step", "bare"), metavar="NAMES",
        help=f"beside ours, with commas: {', '.join(RIVALS)}, or none; default: step,bare",
    )  # fmt: skip
    parser.add_argument("--workers", type=whole(1, 16), default=1, metavar="N", help="grader processes; default: 1")
    parser.add_argument(
        "--sample", type=whole(1, 100_000), default=200, metavar="N",
        help="patients whose outputs are held against the plain replay; default: 200",
    )  # fmt: skip
    parser.add_argument("--event-seconds", type=whole(3, 86_400), metavar="N", help="length of the log; default: fits")
    parser.add_argument("--profile", type=Path, metavar="FILE", help="a flame graph of the grader as SVG, by py-spy")
    parser.set_defaults(prepared=_throughput_of)


def _throughput_of(args: argparse.Namespace) -> Measure:
    for name in args.contestants:
        for package in NEEDED.get(name, ()):
            require(package, f"The contestant {name}")
    plan = Plan(
        args.patients, args.seconds, args.rounds, args.contestants, args.workers, args.seed,
        sample=args.sample, event_seconds=args.event_seconds, profile=args.profile,
    )  # fmt: skip
    return lambda kafka, speak: throughput(kafka, plan, speak)


def add_latency(kinds: Any) -> None:
    """Event to escalation."""
    parser = kinds.add_parser(
        "latency",
        help="from a bedside event to its escalation on the topic",
        description="As in production: the broker's time, checkpoints and ticks on. While the background runs, a few "
        "events a second that must page at once are timed from the produce call until their escalation was read. "
        "Stalls are included.",
        epilog="Example: crswatch bench latency --rates 1000,5000,10000 --minutes 10",
    )
    _shared(parser, patients=10_000)
    parser.add_argument(
        "--rates", type=rates, default=(1_000, 5_000, 10_000), metavar="N,N", help="default: 1000,5000,10000"
    )
    parser.add_argument("--minutes", type=minutes, default=1.0, metavar="M", help="for each rate; default: 1")
    parser.add_argument("--pager", action="store_true", help="run a notifier too, and time its call of a pager")
    parser.set_defaults(prepared=_latency_of)


def _latency_of(args: argparse.Namespace) -> Measure:
    if max(args.rates) > args.patients:
        raise Refusal("--rates above --patients: no monitor is read more than once a second.", code=WRONG_USE)
    plan = LatencyPlan(args.patients, args.rates, args.minutes, args.seed, args.pager)
    return lambda kafka, speak: latency(kafka, plan, speak)


def add_recovery(kinds: Any) -> None:
    """From a kill to graded again."""
    parser = kinds.add_parser(
        "recovery",
        help="kill -9 of a grader to its patients graded again",
        description="As latency; after so many minutes of load the grader is killed and started again in place, and "
        "then, with two of them, killed and taken over by the other. Events that must page are written all the while: "
        "one that never pages makes the exit code 1.",
        epilog="Example: crswatch bench recovery --minutes 20 --kills 5",
    )
    _shared(parser, patients=10_000)
    parser.add_argument("--rate", type=whole(1, 1_000_000), default=5_000, metavar="N", help="a second; default: 5000")
    parser.add_argument("--minutes", type=minutes, default=1.0, metavar="M", help="of load before; default: 1")
    parser.add_argument("--kills", type=whole(1, 100), default=3, metavar="N", help="of each sort; default: 3")
    parser.set_defaults(prepared=_recovery_of)


def _recovery_of(args: argparse.Namespace) -> Measure:
    if args.rate > args.patients:
        raise Refusal("--rate above --patients: no monitor is read more than once a second.", code=WRONG_USE)
    plan = RecoveryPlan(args.patients, args.rate, args.minutes, args.kills, args.seed)
    return lambda kafka, speak: recovery(kafka, plan, speak)


def add_memory(kinds: Any) -> None:
    """Bytes a patient."""
    parser = kinds.add_parser(
        "memory",
        help="bytes a patient, in memory and in a checkpoint",
        description="The grader and an engine alone grade the same log. Memory is what the engine's process grew by; a "
        "checkpoint is what the newest manifests name on the state topic.",
        epilog="Example: crswatch bench memory --patients 10000 --minutes 20",
    )
    _shared(parser, patients=1_000)
    parser.add_argument("--minutes", type=whole(1, 1_440), default=20, metavar="M", help="of event time; default: 20")
    parser.set_defaults(prepared=_memory_of)


def _memory_of(args: argparse.Namespace) -> Measure:
    plan = MemoryPlan(args.patients, args.minutes, args.seed)
    return lambda kafka, speak: memory(kafka, plan, speak)


def _shared(parser: argparse.ArgumentParser, *, patients: int) -> None:
    number = whole(1, 1_000_000)
    parser.add_argument("--patients", type=number, default=patients, metavar="N", help=f"default: {patients:,}")
    parser.add_argument(
        "--partitions", type=whole(1, 1_000), default=SHIPPED_PARTITIONS, metavar="N", help="default: as shipped, 12"
    )
    parser.add_argument("--seed", type=int, default=7, metavar="N", help="of the records; default: 7")
    parser.add_argument("--json", type=Path, metavar="FILE", help="every figure of every round, and the machine")
    parser.add_argument("--plot", type=drawn, metavar="FILE", help="a plot as .svg or .png (needs: make peers)")
