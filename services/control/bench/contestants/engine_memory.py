"""What the patients of an engine weigh: the process before there were any, with them, and after it graded the log.

Before there are any it has read and graded for one patient who was then dropped: what reading and grading need once,
whoever is graded, is no patient's weight.
"""

import asyncio
import ctypes
import gc
import json
import os
import pickle
import sys
from collections.abc import Iterator, Sequence
from contextlib import aclosing
from pathlib import Path

from services.control.bench.contestants.engine_alone import decoded, grade, taken_over
from services.control.bench.counting import Counting
from services.control.bench.process_readings import peak_resident_bytes, resident_bytes
from services.control.bench.task import Task, read_task
from services.control.bench.topic_reading import fetched
from services.control.bench.ward_stream import START_MS
from services.grader.engine.partition import Partition

CHECKPOINT_EVERY_S = 2.5  # as shipped; each patient is read once a second
WARM_UP_RECORDS = 200_000
WARD, WEIGHED = "ward.pickle", "weighed.json"


async def weigh(task: Task) -> None:
    """Write what was found beside the task."""
    folder, counting, count = Path(task.folder), Counting(Path(task.counting)), 0
    await _warm_up(task, folder)
    found = {"empty": _resident()}
    engines = taken_over(_ward(folder, task.patients), task.partitions)
    found["restored"] = _resident()
    stored = 0
    async for batch in fetched(task.kafka, task.bedside, task.ends_by_partition):
        count += grade(engines[batch[0].partition], decoded(batch))
        counting.tell(count)
        if count - stored >= task.patients * CHECKPOINT_EVERY_S:
            _checkpoint(engines)
            stored = count
    _checkpoint(engines)
    found |= {"graded": _resident(), "peak": peak_resident_bytes(os.getpid())}
    (folder / WEIGHED).write_text(json.dumps(found), encoding="utf-8")


def _checkpoint(engines: Sequence[Partition]) -> None:
    """What the shell asks for every few seconds; a patient who is not needed soon is kept small from then on."""
    for engine in engines:
        touched, engine.touched = engine.touched, set()
        for name in touched:
            engine.encoded(name)


async def _warm_up(task: Task, folder: Path) -> None:
    (name, stored) = next(_ward(folder, 1))
    engine, left = Partition(), WARM_UP_RECORDS
    engine.restore({name: stored}, START_MS - 1)
    # Closed, not only left: what the reader holds would count as the process's own.
    async with aclosing(fetched(task.kafka, task.bedside, task.ends_by_partition)) as log:
        async for batch in log:
            left -= len(batch)
            grade(engine, [found for found in decoded(batch) if found[0].key == name.encode()])
            if left <= 0:
                return


def _ward(folder: Path, patients: int) -> Iterator[tuple[str, bytes]]:
    """Names and stored states, one after the other, from the file that the bench wrote."""
    with (folder / WARD).open("rb") as ward:
        for _ in range(patients):
            yield pickle.load(ward)  # noqa: S301


def _resident() -> int:
    """Without what is garbage, and without what the allocator keeps for later."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
    return resident_bytes(os.getpid())


if __name__ == "__main__":
    asyncio.run(weigh(read_task(sys.argv[1])))
