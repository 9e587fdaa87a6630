"""Starts a contestant that is not the shipped grader, and measures it."""

import math
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from services.control.bench.counting import Counting
from services.control.bench.measuring import Measured, Point, between, watch
from services.control.bench.one_processor import keep_to_one
from services.control.bench.process_readings import peak_resident_bytes, processor_s
from services.control.bench.task import Task
from services.control.refusal import Refusal
from services.runtime import processes
from services.runtime.settings import KafkaSettings

MODULES = {
    "step": "services.control.bench.contestants.engine_alone",
    "faust": "services.control.bench.contestants.faust_agent",
    "quix": "services.control.bench.contestants.quix",
    "bare": "services.control.bench.contestants.bare",
}
RIVALS = tuple(MODULES)
# What a contestant imports that the product does not.
NEEDED = {"quix": ("quixstreams",)}
LAST_WORDS = 5


def run_rival(name: str, kafka: KafkaSettings, *, patients: int, ends: Sequence[int], seconds: float) -> Measured:
    """One contestant over the records that lie in the topic, for as long as `seconds`."""
    with TemporaryDirectory(prefix="crswatch-bench-") as place:
        folder = Path(place)
        task = Task(
            kafka.bootstrap_servers, kafka.topic_prefix, kafka.partitions, patients, list(ends),
            counting=str(folder / "count"), folder=place,
        )  # fmt: skip
        task.write(folder / "task.json")
        return _measured(MODULES[name], folder, seconds)


def _measured(module: str, folder: Path, seconds: float) -> Measured:
    counting = Counting.fresh(folder / "count")
    with (folder / "log").open("wb") as log:
        child = processes.start([sys.executable, "-P", "-m", module, folder / "task.json"], stderr=log, stdout=log)
    keep_to_one(child.pid, 0)

    peak_bytes = 0

    def look() -> Point:
        nonlocal peak_bytes
        counted = counting.read()
        try:
            used_s, peak_bytes = processor_s(child.pid), peak_resident_bytes(child.pid)
        except OSError:
            used_s = 0.0
        code = child.poll()
        if code:
            raise Refusal(_ended(module, folder))
        return Point(math.inf if code == 0 else counted.observations, counted.own_s or used_s, monotonic())

    try:
        begin, end = watch(look, total=math.inf, seconds=seconds)
        return between(begin, end, peak_bytes)
    finally:
        processes.kill(child)
        counting.close()


def _ended(module: str, folder: Path) -> str:
    words = (folder / "log").read_text(errors="replace").splitlines()[-LAST_WORDS:]
    return "\n".join([f"{module} ended before its time. Its last words:", *words])
