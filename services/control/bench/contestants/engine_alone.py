"""The engine without its shell: records decoded beforehand, slice by slice, and only grading them is timed."""

import asyncio
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from schemas.bedside import TICK, VITALS
from schemas.partitions import partition_for
from schemas.rates import Rates, as_rates, as_record
from schemas.reading import Record, event_time, read_bedside
from schemas.reasons import Refusal
from services.control.bench.admitted import AdmittedWard
from services.control.bench.counting import Counting
from services.control.bench.task import Task, read_task
from services.control.bench.topic_reading import fetched
from services.control.bench.ward_stream import START_MS, patient_name
from services.control.bench.warm_up import WarmUp
from services.grader.engine import Origin
from services.grader.engine.partition import Partition

Decoded = list[tuple[Any, Record | Rates, int | None]]


async def grade_all(task: Task) -> None:
    """One engine a partition, as in the grader."""
    engines = restored(task.patients, task.partitions)
    counting, count, own_s = Counting(Path(task.counting)), 0, 0.0
    warm_up = WarmUp(task.partitions)
    async for batch in fetched(task.kafka, task.bedside, task.ends_by_partition):
        records = decoded(batch)
        began_s = time.process_time()
        graded = grade(engines[batch[0].partition], records)
        took_s = time.process_time() - began_s
        if warm_up.is_over(batch[0].partition, batch[0].timestamp):
            count, own_s = count + graded, own_s + took_s
            counting.tell(count, own_s)


def decoded(batch: Sequence[Any]) -> Decoded:
    """What can be read of a batch: each record with what it says, and when vitals were observed."""
    found: Decoded = []
    for record in batch:
        read = read_bedside(record.value or b"", record.key)
        if not isinstance(read, Refusal):
            is_vitals = read["schema"] == VITALS
            found.append((record, (is_vitals and as_rates(read)) or read, event_time(read) if is_vitals else None))
    return found


def grade(engine: Partition, records: Decoded) -> int:
    """Grade them in their order; how many were observations."""
    left, count = iter(records), 0
    while True:
        found = engine.take_in(left)
        count += found.many
        if found.other is None:
            return count
        record, event = found.other[0], as_record(found.other[1])
        clock_ms = max(engine.clock_ms, record.timestamp)
        if event["schema"] == TICK:
            engine.advance(clock_ms)
        else:
            count += 1
            engine.apply(event, clock_ms=clock_ms, origin=Origin(record.topic, record.partition, record.offset))


def restored(patients: int, partitions: int) -> list[Partition]:
    """The admitted ward in engines, one a partition."""
    ward = AdmittedWard(patients)
    return taken_over(((patient_name(number), ward.stored(number)) for number in range(patients)), partitions)


def taken_over(patients: Iterable[tuple[str, bytes]], partitions: int) -> list[Partition]:
    """Engines, one a partition, each with its stored patients taken over in one go as a grader does."""
    of_partition: list[dict[str, bytes]] = [{} for _ in range(partitions)]
    for name, stored in patients:
        of_partition[partition_for(name, partitions)][name] = stored
    engines = [Partition() for _ in range(partitions)]
    for engine, found in zip(engines, of_partition, strict=True):
        engine.restore(found, START_MS - 1)
    return engines


if __name__ == "__main__":
    asyncio.run(grade_all(read_task(sys.argv[1])))
