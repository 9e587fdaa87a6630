"""Quix Streams with its state store: one message at a time, the same engine, stored bytes a patient, outputs sent.

Patients are read from the store once and then kept as objects: reading one back for every record, as its tutorials do,
would cost most of a millisecond. The store is written with every record, for that is what makes it one.
"""

import sys
from pathlib import Path
from typing import Any

from schemas.encoding import encode
from schemas.reading import event_time, read_bedside
from schemas.reasons import Refusal
from services.control.bench import optional_packages
from services.control.bench.contestants.one_patient import OnePatient, admitted
from services.control.bench.counting import Counting
from services.control.bench.task import Task, read_task
from services.control.bench.ward_stream import START_MS
from services.control.bench.warm_up import WarmUp
from services.grader.engine import Origin

TELL_EVERY = 100
STORED = "patient"


class Grading:
    """What is done with each message."""

    def __init__(self, task: Task) -> None:
        self._start, self._topic = admitted(task), task.bedside
        self._patients: dict[str, OnePatient] = {}
        self._counting, self._warm_up, self._count = Counting(Path(task.counting)), WarmUp(task.partitions), 0

    def __call__(self, value: bytes, key: bytes, timestamp: int, _headers: Any, state: Any) -> list[bytes]:
        """The outputs of one record of a patient."""
        from quixstreams import message_context

        record, name = read_bedside(value, key), key.decode()
        if isinstance(record, Refusal):
            return []
        at = message_context()
        patient = self._patients.get(name)
        if patient is None:
            stored = state.get_bytes(STORED) or self._start.pop(name)
            patient = self._patients[name] = OnePatient(name, stored, START_MS - 1)
        observed_ms = event_time(record) if "source" in record else None
        outputs = patient.grade(record, observed_ms, timestamp, Origin(self._topic, at.partition, at.offset))
        state.set_bytes(STORED, patient.stored())
        self._tell(at.partition, timestamp)
        return [encode(output.value) for output in outputs if output.value is not None]

    def _tell(self, partition: int, at_ms: int) -> None:
        if self._warm_up.is_over(partition, at_ms):
            self._count += 1
            if self._count % TELL_EVERY == 0:
                self._counting.tell(self._count)


def main(path: str) -> None:
    """Work until killed."""
    optional_packages.use()
    from quixstreams import Application

    task = read_task(path)
    app = Application(
        broker_address=task.bootstrap_servers,
        consumer_group=f"{task.topic_prefix}quix",
        auto_offset_reset="earliest",
        state_dir=f"{task.folder}/quix",
        loglevel="ERROR",
    )
    raw: dict[str, str] = {"key_deserializer": "bytes", "value_deserializer": "bytes"}
    bedside = app.topic(task.bedside, **raw)
    said = app.topic(task.outputs, key_serializer="bytes", value_serializer="bytes")
    records = app.dataframe(bedside)
    # A tick has no key, and Quix keeps state by key.
    records = records.filter(lambda _value, key, _timestamp, _headers: key is not None, metadata=True)
    records.apply(Grading(task), stateful=True, metadata=True, expand=True).to_topic(said)
    app.run()


if __name__ == "__main__":
    main(sys.argv[1])
