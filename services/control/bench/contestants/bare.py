"""The bare loop: aiokafka and pydantic, every record read and validated, nothing graded. What no grader can pass."""

import asyncio
import sys
from pathlib import Path

from schemas.reading import read_bedside
from schemas.reasons import Refusal
from services.control.bench.counting import Counting
from services.control.bench.task import Task, read_task
from services.control.bench.topic_reading import fetched


async def read_all(task: Task) -> None:
    """Count what can be read, over and over: it is too quick for one log."""
    counting, count = Counting(Path(task.counting)), 0
    async for batch in fetched(task.kafka, task.bedside, task.ends_by_partition, endlessly=True):
        for record in batch:
            if record.key is not None and not isinstance(read_bedside(record.value, record.key), Refusal):
                count += 1
        counting.tell(count)


if __name__ == "__main__":
    asyncio.run(read_all(read_task(sys.argv[1])))
