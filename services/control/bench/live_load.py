"""Background of a live ward, a process of its own: readings of all patients at a steady rate, as time goes by."""

import asyncio
import sys
import time
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from aiokafka import AIOKafkaProducer

from services.control.bench.counting import Counting
from services.control.bench.filling import Batches, started_producer
from services.control.bench.task import Task, read_task
from services.control.bench.ward_stream import WardStream

SEND_EVERY_S = 0.02
AHEAD_MS = 500


@dataclass(frozen=True, slots=True)
class Load:
    """A background.

    Attributes:
        spared: the first so many patients get no fever of their own.
    """

    rate: float
    seed: int
    spared: int


async def load(task: Task, wanted: Load) -> None:
    """Write until killed; tells how many records were written, and how many seconds the pace is missed by."""
    producer = await started_producer(task.kafka)
    try:
        await _write(producer, task, wanted)
    finally:
        await producer.stop()


async def _write(producer: AIOKafkaProducer, task: Task, wanted: Load) -> None:
    counting, batches, written = Counting(Path(task.counting)), Batches(producer, task.bedside, task.partitions), 0
    start_ms = round(time.time() * 1000) + AHEAD_MS
    stream = WardStream(
        task.patients, partitions=task.partitions, seed=wanted.seed, start_ms=start_ms,
        period_ms=round(task.patients / wanted.rate * 1000), spared=wanted.spared,
    )  # fmt: skip
    upto_ms = start_ms
    for number in count():
        for recorded in stream.round(number):
            if recorded.at_ms > upto_ms:
                await batches.flush()
                upto_ms = await _until(recorded.at_ms)
                counting.tell(written, time.time() - recorded.at_ms / 1000)
            await batches.add(recorded)
            written += 1


async def _until(at_ms: int) -> int:
    """Sleep until it is time for what comes next; up to when it may be written now."""
    await asyncio.sleep(max(SEND_EVERY_S, at_ms / 1000 - time.time()))
    return round(time.time() * 1000)


if __name__ == "__main__":
    rate, seed, spared = sys.argv[2:]
    asyncio.run(load(read_task(sys.argv[1]), Load(float(rate), int(seed), int(spared))))
