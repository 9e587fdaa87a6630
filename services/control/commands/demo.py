"""`crswatch demo`: a simulated ward on real Kafka, from nothing to a board and a pager inbox, until Ctrl-C."""

import argparse
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from services.control.demo_check import check_chain
from services.control.demo_script import SIGN_IN, live_text
from services.control.demo_ward import demo_ward
from services.control.running import LocalWard
from services.control.speech import Say, say, timed_say
from services.control.stopping import Stopped, orphaned_under_make

CHECK_WITHIN_S = 300.0


def register(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser(
        "demo",
        help="a simulated ward on real Kafka, with a board and a pager inbox",
        description="Starts Kafka, every service and a ward of invented patients, and says where to look. Kafka is "
        "the one KAFKA_BOOTSTRAP_SERVERS names, else a container, else a local broker whose jars are fetched once. "
        "Ctrl-C stops everything.",
        epilog="Example: crswatch demo --port 9000 --data kept-ward",
    )
    parser.add_argument("--port", type=_port, default=8080, metavar="PORT", help="of the board, if free; default: 8080")
    parser.add_argument("--beds", type=_count, metavar="N", help="how many patients; default: the simulator's own")
    parser.add_argument("--seed", type=_count, metavar="N", help="the same seed gives the same patients")
    parser.add_argument("--data", type=Path, metavar="DIR", help="keep topics, ledger and logs here; default: nowhere")
    ending = parser.add_mutually_exclusive_group()
    ending.add_argument("--exit-after", type=_count, metavar="SECONDS", help="stop so long after the ward is live")
    ending.add_argument("--check", action="store_true", help="stop once a page is in the inbox: 0, or 1 if none came")


def run(args: argparse.Namespace) -> int:
    """Run until stopped; 1 when `--check` saw no page in time."""
    speak = timed_say()
    code = 0
    try:
        with ExitStack() as leaving:
            folder = leaving.enter_context(_folder(args.data))
            ward = leaving.enter_context(demo_ward(args, folder, speak))
            say(live_text(ward.urls, folder, kept=args.data is not None))
            code = _live(ward, args, speak)
    except Stopped:
        pass
    speak("Everything is stopped.")
    return code


def _live(ward: LocalWard, args: argparse.Namespace, speak: Say) -> int:
    if args.check:
        return 0 if check_chain(ward, SIGN_IN, speak, within_s=CHECK_WITHIN_S) else 1
    ends_s = time.monotonic() + args.exit_after if args.exit_after else float("inf")
    ward.keep_running(until=lambda: time.monotonic() >= ends_s or orphaned_under_make())
    return 0


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept is None:
        with TemporaryDirectory(prefix="crswatch-demo-", ignore_cleanup_errors=True) as folder:
            yield Path(folder)
        return
    kept.mkdir(parents=True, exist_ok=True)
    yield kept.resolve()


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError("must be a port from 0 to 65535")
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("must be a whole number from 1")
    return int(text)
