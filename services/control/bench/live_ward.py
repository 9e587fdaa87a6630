"""A ward under load as in production: the broker's own time, ticks on, shipped settings, patients at a steady rate."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from schemas.topics import TOPICS
from services.control.bench.admitted import AdmittedWard
from services.control.bench.bench_topics import bench_topics
from services.control.bench.counting import Counted, Counting
from services.control.bench.grader_process import GraderProcess, graders
from services.control.bench.grader_run import await_members, await_taken_over
from services.control.bench.prepared_state import store
from services.control.bench.task import Task
from services.runtime import processes
from services.runtime.settings import KafkaSettings
from services.runtime.speech import Say

LOAD = "services.control.bench.live_load"


class LiveWard(NamedTuple):
    """What runs."""

    kafka: KafkaSettings
    graders: list[GraderProcess]
    counting: Counting
    rate: float

    def written(self) -> Counted:
        """Background records so far, and by how many seconds their pace is missed."""
        return self.counting.read()


@contextmanager
def live_ward(
    kafka: KafkaSettings, *, patients: int, rate: float, seed: int, spared: int, workers: int, say: Say
) -> Iterator[LiveWard]:
    """Graders that have taken over the admitted ward, and its background under way; all ends on leaving."""
    ward = AdmittedWard(patients, round(time.time() * 1000))
    with bench_topics(kafka, TOPICS) as own, TemporaryDirectory(prefix="crswatch-bench-") as place:
        store(own, ward)
        say(f"{patients:,} admitted patients are on the state topic")
        with graders(own, workers) as running:
            await_members(own, running)
            await_taken_over(running, patients, own.partitions)
            say(f"{workers} grader{'s' * (workers > 1)} with {patients:,} patients; {rate:,.0f} records a second begin")
            with _loaded(own, patients, Path(place), (rate, seed, spared)) as counting:
                yield LiveWard(own, running, counting, rate)


@contextmanager
def _loaded(kafka: KafkaSettings, patients: int, folder: Path, words: tuple[float, int, int]) -> Iterator[Counting]:
    count = folder / "count"
    task = Task(
        kafka.bootstrap_servers, kafka.topic_prefix, kafka.partitions, patients, [],
        counting=str(count), folder=str(folder),
    )  # fmt: skip
    task.write(folder / "task.json")
    counting = Counting.fresh(count)
    child = processes.start([sys.executable, "-P", "-m", LOAD, folder / "task.json", *map(str, words)])
    try:
        yield counting
    finally:
        processes.kill(child)
        counting.close()
