"""The engine without its shell: records decoded beforehand, slice by slice, and only grading them is timed."""

import asyncio
import sys
import time
from pathlib import Path

from schemas.bedside import TICK
from schemas.partitions import partition_for
from schemas.reading import Record, read_bedside
from schemas.reasons import Refusal
from services.control.bench.admitted import AdmittedWard
from services.control.bench.counting import Counting
from services.control.bench.task import Task, read_task
from services.control.bench.topic_reading import fetched
from services.control.bench.ward_stream import START_MS, patient_name
from services.grader.engine import Origin
from services.grader.engine.partition import Partition

Decoded = list[tuple[Record, int, Origin]]


async def grade_all(task: Task) -> None:
    """One engine a partition, as in the grader."""
    engines = restored(task.patients, task.partitions)
    counting, count, own_s = Counting(Path(task.counting)), 0, 0.0
    async for batch in fetched(task.kafka, task.bedside, task.ends_by_partition):
        decoded: Decoded = []
        for record in batch:
            read = read_bedside(record.value, record.key)
            if not isinstance(read, Refusal):
                decoded.append((read, record.timestamp, Origin(record.topic, record.partition, record.offset)))
        began_s = time.process_time()
        graded = _grade(engines[batch[0].partition], decoded)
        own_s += time.process_time() - began_s
        count += graded
        counting.tell(count, own_s)


def _grade(engine: Partition, decoded: Decoded) -> int:
    count = 0
    for record, at_ms, origin in decoded:
        if record["schema"] == TICK:
            engine.advance(max(engine.clock_ms, at_ms))
        else:
            engine.apply(record, clock_ms=max(engine.clock_ms, at_ms), origin=origin)
            count += 1
    return count


def restored(patients: int, partitions: int) -> list[Partition]:
    """The admitted ward in engines, one a partition."""
    ward, engines = AdmittedWard(patients), [Partition() for _ in range(partitions)]
    for number in range(patients):
        name = patient_name(number)
        engines[partition_for(name, partitions)].restore({name: ward.stored(number)}, START_MS - 1)
    return engines


if __name__ == "__main__":
    asyncio.run(grade_all(read_task(sys.argv[1])))
