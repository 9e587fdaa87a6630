"""An ordinary Faust agent: one event at a time, one Table row a patient, the same engine, the outputs sent."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import faust
from faust.serializers import codecs

from schemas.encoding import encode
from schemas.reading import event_time, read_bedside
from schemas.reasons import Refusal
from services.control.bench.contestants.one_patient import OnePatient, admitted
from services.control.bench.counting import Counting
from services.control.bench.task import Task, read_task
from services.control.bench.ward_stream import START_MS
from services.control.bench.warm_up import WarmUp
from services.grader.engine import Origin

TELL_EVERY = 100
LINGER_S = 0.02  # without it Faust sends each row of the Table by itself
RAW: dict[str, Any] = {"key_type": bytes, "value_type": bytes, "key_serializer": "raw", "value_serializer": "raw"}


class _PatientCodec(codecs.Codec):
    """What the Table writes to its changelog."""

    def _dumps(self, patient: OnePatient) -> bytes:
        return patient.stored()

    def _loads(self, _: bytes) -> OnePatient:
        raise NotImplementedError("a bench starts with an empty changelog")


def build(task: Task) -> faust.App:
    """The application as a tutorial would write it."""
    codecs.register("bench-patient", _PatientCodec())
    app = faust.App(
        f"{task.topic_prefix}faust",
        broker=f"aiokafka://{task.bootstrap_servers}",
        store="memory://",
        datadir=f"{task.folder}/faust",
        consumer_auto_offset_reset="earliest",
        topic_partitions=task.partitions,
        producer_linger=LINGER_S,
        web_enabled=False,
    )
    table: Any = app.Table("patients", partitions=task.partitions, key_type=bytes)
    table.value_serializer = "bench-patient"
    said = app.topic(task.outputs, partitions=task.partitions, **RAW)
    start = {name.encode(): OnePatient(name, stored, START_MS - 1) for name, stored in admitted(task).items()}
    counting, warm_up = Counting(Path(task.counting)), WarmUp(task.partitions)

    @app.agent(app.topic(task.bedside, **RAW))
    async def grade(stream: Any) -> AsyncIterator[None]:
        count = 0
        async for event in stream.events():
            message = event.message
            record = read_bedside(event.value, event.key)
            if event.key is None or isinstance(record, Refusal):
                continue
            at_ms = round(message.timestamp * 1000)
            observed_ms = event_time(record) if "source" in record else None
            patient = table.get(event.key) or start[event.key]
            origin = Origin(message.topic, message.partition, message.offset)
            outputs = patient.grade(record, observed_ms, at_ms, origin)
            table[event.key] = patient
            for output in outputs:
                await said.send(key=output.key.encode(), value=None if output.value is None else encode(output.value))
            if warm_up.is_over(message.partition, at_ms):
                count += 1
                if count % TELL_EVERY == 0:
                    counting.tell(count)
            yield None

    return app


def main(path: str) -> None:
    """Work until killed."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    faust.Worker(build(read_task(path)), loop=loop, loglevel="ERROR").execute_from_commandline()


if __name__ == "__main__":
    main(sys.argv[1])
