"""`crswatch replay`: grade a file of events and print what the ward would have seen."""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

from schemas.encoding import encode
from schemas.times import parse_time
from services.control.pipeline_replay import replay_through_kafka
from services.control.pipeline_topics import own_topics
from services.control.refusal import WRONG_USE, Refusal
from services.control.speech import complain
from services.control.tally import Tally
from services.grader.clif.reader import read_clif
from services.grader.clif.reasons import Rows
from services.grader.clif.tables import BadClif, unread
from services.grader.engine.partition import Partition
from services.grader.engine.ruleset.rules import RuleSet
from services.grader.replay import BadLine, Line, read_lines, replay
from services.grader.site_files import BadSiteFile, load_site
from services.runtime.kafka_source import NoKafka, kafka_source
from services.runtime.settings import KafkaSettings

PARTITIONS = 4
Lines = Iterable[Line | BadLine]
BAD_LINES = 1


def register(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser(
        "replay",
        help="grade a file of events and print what the ward would have seen",
        description="Reads vitals and charted events as JSON lines in order of arrival and prints every escalation, "
        "and an estimate each time one is made, as JSON lines. The clock is the running maximum of the events' times, "
        "or of received_at where a line has it. A line that is refused is named on standard error, with the reason "
        "and without its values, and the exit code is then 1. With --format clif FILE is a folder of CLIF tables "
        "(clif_vitals.parquet and others); the rows that are not used are counted by reason on standard error.",
        epilog="Example: crswatch replay ward.jsonl --until 2026-03-04T12:00:00Z; "
        "crswatch replay --format clif clif_demo --tally > alerts.jsonl",
    )
    parser.add_argument("file", metavar="FILE", help="JSON lines, - is standard input; or a folder of CLIF tables")
    parser.add_argument(
        "--format", choices=("jsonl", "clif"), default="jsonl", help="what FILE is; clif watches every patient"
    )
    parser.add_argument("--until", type=_time, metavar="TIME", help="let time go on past the last event, up to this")
    parser.add_argument("--watch-all", action="store_true", help="page for every patient, not only after immunotherapy")
    parser.add_argument("--rules", type=Path, metavar="FILE", help="another rule set than the built-in one")
    parser.add_argument(
        "--rules-next", type=Path, metavar="FILE", help="a rule set that a crs.rules.v1 line of the file activates"
    )
    parser.add_argument("--unit-profile", type=Path, metavar="FILE", help="what support each unit can give")
    parser.add_argument(
        "--tally", action="store_true", help="end with alerts per patient-day by kind, on standard error"
    )
    parser.add_argument(
        "--kafka", action="store_true", help="send the file through a real grader process and Kafka; prints the same"
    )


def run(args: argparse.Namespace) -> int:
    """Replay; 1 when a line was refused, 2 for wrong use, 3 when the replay's grader ended on its way."""
    try:
        rules = load_site(args.rules, args.unit_profile)
        args.ready = [load_site(args.rules_next, args.unit_profile)] if args.rules_next else []
    except BadSiteFile as wrong:
        raise Refusal(str(wrong), code=WRONG_USE) from None
    if args.tally and args.kafka:
        raise Refusal("--tally counts a replay in this process: leave --kafka out.", code=WRONG_USE)
    if args.format == "clif":
        return _clif(args, rules)
    with _opened(args.file) as file:
        return _print(_graded(args, rules, read_lines(file)))


def _clif(args: argparse.Namespace, rules: RuleSet) -> int:
    """A folder of CLIF tables; nobody in it is enrolled, so everybody is watched (`settled.md` 26)."""
    folder, unused = Path(args.file), Rows()
    if not folder.is_dir():
        raise Refusal(f"{args.file} is no folder of CLIF tables.", code=WRONG_USE)
    args.watch_all = True
    try:
        code = _print(_graded(args, rules, read_clif(folder, unused)), each_line=False)
    except BadClif as wrong:
        raise Refusal(str(wrong), code=WRONG_USE) from None
    for sentence in unused.sentences():
        complain(sentence)
    for table in unread(folder):
        complain(f"{table}: not read, nothing in it grades")
    return BAD_LINES if unused.refused else code


def _graded(args: argparse.Namespace, rules: RuleSet, lines: Lines) -> Iterator[bytes | BadLine]:
    if args.kafka:
        yield from _through_kafka(args, lines)
        return
    tally, engine = Tally(), Partition(rules, watch_all=args.watch_all, ready=args.ready)
    for shown in tally.hear(replay(tally.watch(lines), engine, until_ms=args.until)):
        yield shown if isinstance(shown, BadLine) else encode(shown)
    if args.tally:
        for sentence in tally.sentences():
            complain(sentence)


def _through_kafka(args: argparse.Namespace, lines: Lines) -> Iterator[bytes | BadLine]:
    given = {
        "GRADER_RULES": args.rules,
        "GRADER_RULES_NEXT": args.rules_next,
        "GRADER_UNIT_PROFILE": args.unit_profile,
    }
    grader = {name: str(path.resolve()) for name, path in given.items() if path is not None}
    grader["GRADER_WATCH_ALL"] = str(args.watch_all).lower()
    try:
        with kafka_source(say=complain) as source:
            kafka = KafkaSettings(bootstrap_servers=source.bootstrap_servers, partitions=PARTITIONS)
            with own_topics(kafka) as own:
                yield from replay_through_kafka(lines, own, grader, until_ms=args.until, say=complain)
    except NoKafka as why:
        raise Refusal(str(why)) from None


def _print(results: Iterable[bytes | BadLine], *, each_line: bool = True) -> int:
    """Values to standard output; refused lines to standard error, or counted where they have no number to look up."""
    refused: Counter[str] = Counter()
    for result in results:
        if isinstance(result, BadLine):
            refused[result.refusal.sentence()] += 1
            if each_line:
                complain(result.sentence())
        else:
            sys.stdout.buffer.write(result + b"\n")
    sys.stdout.buffer.flush()
    if not each_line:
        for sentence, count in sorted(refused.items()):
            complain(f"{count:,} events refused: {sentence}")
    return BAD_LINES if refused else 0


@contextmanager
def _opened(name: str) -> Iterator[IO[bytes]]:
    if name == "-":
        yield sys.stdin.buffer
        return
    with ExitStack() as leaving:
        try:
            file = leaving.enter_context(Path(name).open("rb"))
        except OSError as error:
            raise Refusal(f"Cannot read {name}: {error.strerror}.", code=WRONG_USE) from None
        yield file


def _time(text: str) -> int:
    try:
        return parse_time(text)
    except ValueError:
        raise argparse.ArgumentTypeError("must be a time with a zone, such as 2026-03-04T12:00:00Z") from None
