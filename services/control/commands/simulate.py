"""`crswatch simulate`: write the events of a simulated ward into a file, for `crswatch replay`."""

import argparse
import contextlib
import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from schemas.times import format_time, parse_time
from services.control.refusal import Refusal
from services.control.speech import complain
from services.simulator.lines import write_ward
from services.simulator.physiology import DAY_MS
from services.simulator.scenarios import SCENARIOS, assign
from services.simulator.ward import WardPlan

DEFAULT_START = "2026-01-05T06:00:00Z"


def register(subparsers: Any) -> None:
    """Describe the command."""
    scenarios = "\n".join(f"  {name:20} {scenario.describes}" for name, scenario in SCENARIOS.items())
    parser = subparsers.add_parser(
        "simulate",
        help="write the events of a simulated ward into a file",
        description="Writes vitals and charted events of a simulated ward as JSON lines in order of arrival. "
        "The same arguments give the same bytes. Without --scenario, the ward has some of everything.",
        epilog=f"scenarios:\n{scenarios}\n\nExample: crswatch simulate --out ward.jsonl --patients 50 --seed 7",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--out", required=True, metavar="FILE", help="where to write; - is standard output")
    parser.add_argument("--patients", type=_whole(1, 100_000), default=50, metavar="N", help="default: 50")
    parser.add_argument("--days", type=_days, default=3.0, metavar="D", help="length, fractions allowed; default: 3")
    parser.add_argument("--seed", type=int, default=7, help="default: 7")
    parser.add_argument(
        "--scenario",
        action="append",
        type=_scenario,
        default=[],
        metavar="NAME=COUNT",
        help="so many patients with this scenario, the rest well; may be repeated",
    )
    parser.add_argument("--start", type=_time, default=DEFAULT_START, metavar="TIME", help=f"default: {DEFAULT_START}")
    parser.add_argument(
        "--every", type=_whole(1, 3600), default=60, metavar="SECONDS", help="between monitor readings; default: 60"
    )
    parser.add_argument(
        "--untidy", action="store_true", help="late charts, readings out of order or twice, outages, corrections"
    )


def run(args: argparse.Namespace) -> int:
    """Write the file; progress goes to standard error when somebody watches."""
    counts: Counter[str] = Counter()
    for name, count in args.scenario:
        counts[name] += count
    try:
        assign(args.patients, dict(counts))
    except ValueError as error:
        raise Refusal(f"Cannot fill the ward: {error}.", code=2) from None
    plan = WardPlan(
        patients=args.patients,
        length_ms=round(args.days * DAY_MS),
        seed=args.seed,
        start_ms=args.start,
        every_ms=args.every * 1000,
        counts=counts,
        is_untidy=args.untidy,
    )
    with _opened(args.out) as out:
        for reached_ms in write_ward(plan, out):
            if sys.stderr.isatty():
                complain(f"simulated until {format_time(reached_ms)}")
    return 0


@contextlib.contextmanager
def _opened(name: str) -> Iterator[IO[bytes]]:
    """The file to write, complete or not at all: a half-written ward would look like a short one."""
    if name == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    target = Path(name)
    unfinished = target.with_name(f"{target.name}.unfinished")
    try:
        with unfinished.open("wb", buffering=1 << 20) as out:
            yield out
        os.replace(unfinished, target)
    except OSError as error:
        raise Refusal(f"Cannot write {name}: {error.strerror}.") from None
    finally:
        unfinished.unlink(missing_ok=True)


def _whole(low: int, high: int) -> Any:
    def number(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"must be a whole number from {low} to {high}")
        return value

    return number


def _days(text: str) -> float:
    try:
        days = float(text)
    except ValueError:
        days = 0.0
    if not 0 < days <= 366:
        raise argparse.ArgumentTypeError("must be a number of days above 0 and up to 366")
    return days


def _time(text: str) -> int:
    try:
        return parse_time(text)
    except ValueError:
        raise argparse.ArgumentTypeError("must be a time with a zone, such as 2026-01-05T06:00:00Z") from None


def _scenario(text: str) -> tuple[str, int]:
    name, equals, count = text.partition("=")
    if not equals or not count.isdecimal():
        raise argparse.ArgumentTypeError("must be NAME=COUNT, such as crs_3=2")
    return name, int(count)
