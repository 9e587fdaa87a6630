"""`replay --kafka`: the same file through the real pipeline, with topics, state and a grader process of its own."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import IO

from services.control.pipeline_feed import Feed
from services.control.pipeline_lines import as_they_come
from services.control.pipeline_results import Results
from services.control.refusal import Refusal
from services.grader.replay import BadLine, Line
from services.runtime import processes
from services.runtime.settings import KafkaSettings
from services.runtime.speech import Say

LOOK_EVERY_S = 0.5
PAUSE_S = 0.1
CHECKPOINT_EVERY = "PT0.2S"
# A file is fed as fast as Kafka takes it: a partition may wait long for its turn without standing still.
STALL_LIMIT = "PT2M"
GRADER_ENDED = 3
LAST_WORDS = 5


def replay_through_kafka(
    lines: Iterable[Line | BadLine], kafka: KafkaSettings, grader: Mapping[str, str], *, until_ms: int | None, say: Say
) -> Iterator[bytes | BadLine]:
    """Wire values and refused lines, as the grader process wrote them to the topics.

    Args:
        lines: as `read_lines` gives them.
        kafka: topics that nobody else uses.
        grader: more environment of the grader process.
        until_ms: where past the last line time ends.
        say: is told which process grades.

    Raises:
        Refusal: the grader process ended; nothing more is printed then.
    """
    with _grader(kafka, grader, say) as process, closing(Feed(kafka)) as feed, closing(Results(kafka)) as results:
        say(f"Grading in process {process.pid}.")
        merged: set[str] = set()
        end_ms: int | None = None
        looked_s = monotonic()
        for line in as_they_come(lines, patience_s=LOOK_EVERY_S):
            if isinstance(line, BadLine):
                yield line
            elif line is not None:
                end_ms = line.clock_ms
                feed.send(line)
                if _hands_over(line, merged):
                    # The handover has to be in the log before the next line is.
                    yield from _until_settled(process, feed, results)
            if monotonic() - looked_s >= LOOK_EVERY_S:
                yield from _look(process, feed, results)
                looked_s = monotonic()
        if end_ms is not None:
            feed.tick(max(end_ms, until_ms or 0))
        yield from _until_settled(process, feed, results)


def _hands_over(line: Line, merged: set[str]) -> bool:
    """Whether something will be written to the bedside topic because of this line."""
    record = line.record
    if "patient_id" not in record:
        return False
    if record.get("action") == "merge":
        merged.add(record["patient_id"])
    return record["patient_id"] in merged


def _look(process: "subprocess.Popen[bytes]", feed: Feed, results: Results) -> Iterator[bytes | BadLine]:
    feed.flush()
    _must_live(process)
    yield from results.complete()


def _until_settled(process: "subprocess.Popen[bytes]", feed: Feed, results: Results) -> Iterator[bytes | BadLine]:
    feed.flush()
    while not results.is_settled():
        yield from _look(process, feed, results)
        sleep(PAUSE_S)
    yield from results.complete()


def _must_live(process: "subprocess.Popen[bytes]") -> None:
    code = process.poll()
    if code is not None:
        raise Refusal(
            f"The replay's grader ended (exit code {code}): what was printed is not complete.", code=GRADER_ENDED
        )


@contextmanager
def _grader(kafka: KafkaSettings, more: Mapping[str, str], say: Say) -> Iterator["subprocess.Popen[bytes]"]:
    """A grader process of its own; it writes no ticks, time comes from the file."""
    own = {
        "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
        "CRSWATCH_TOPIC_PREFIX": kafka.topic_prefix,
        "CRSWATCH_PARTITIONS": str(kafka.partitions),
        "GRADER_TICKS": "false",
        "GRADER_MEMBER": "replay",
        "GRADER_CHECKPOINT_EVERY": CHECKPOINT_EVERY,
        "GRADER_PORT": "0",
        "GRADER_STALL_LIMIT": STALL_LIMIT,
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GRADER_")}
    with tempfile.TemporaryFile() as log:
        process = processes.start(
            [sys.executable, "-m", "services.grader"], env=inherited | own | dict(more), cwd=Path.cwd(), stderr=log
        )
        try:
            yield process
        finally:
            if processes.stop(process, within_s=5.0) != 0:
                say(_last_words(log))


def _last_words(log: IO[bytes]) -> str:
    """The end of the grader's log, which holds no patient data."""
    log.seek(0)
    lines = log.read().decode(errors="replace").splitlines()
    return "\n".join(["Its last words:", *lines[-LAST_WORDS:]]) if lines else "It left no word."
