"""Whether the shipped grader said what the engine says of the same records, word for word, for a sample of patients.

Patients do not depend on each other, so a few of them can be graded again alone, from the same admitted state, with
every tick of their partition. A copy of the engine in another process that says the same is no news; that nothing was
dropped, doubled or reordered on the way through Faust, checkpoints and Kafka is.
"""

import asyncio
import random
from collections import defaultdict
from typing import Any, NamedTuple

from schemas.bedside import TICK
from schemas.encoding import encode
from schemas.partitions import partition_for
from schemas.reading import read_bedside
from schemas.topics import BEDSIDE, ESCALATIONS, ESTIMATES, EVIDENCE, REJECTED, Topic
from services.control.bench.admitted import AdmittedWard
from services.control.bench.bench_topics import end_offsets
from services.control.bench.topic_reading import fetched
from services.control.bench.ward_stream import patient_name
from services.grader.engine import Origin, Output
from services.grader.engine.partition import Partition
from services.runtime.settings import KafkaSettings
from services.runtime.topics import topic_name

COMPARED = {"estimates": ESTIMATES, "escalations": ESCALATIONS, "evidence": EVIDENCE, "rejected": REJECTED}
Said = dict[tuple[str, str], list[bytes]]  # by short topic name and patient, in order


class Compared(NamedTuple):
    """How the sample fared.

    Attributes:
        outputs: that were expected.
        different: outputs missing, doubled, changed or out of order, in sentences that name no value.
    """

    patients: int
    outputs: int
    different: tuple[str, ...]


def compare(kafka: KafkaSettings, ward: AdmittedWard, *, sample: int, seed: int) -> Compared:
    """Grade a sample again and hold it against the topics."""
    chosen = random.Random(seed).sample(range(ward.patients), min(sample, ward.patients))
    return asyncio.run(_compare(kafka, ward, chosen))


async def _compare(kafka: KafkaSettings, ward: AdmittedWard, chosen: list[int]) -> Compared:
    names = {patient_name(number) for number in chosen}
    expected = await _expected(kafka, ward, chosen)
    found = await _found(kafka, names)
    different = tuple(
        f"{topic} of {patient}: {len(expected.get((topic, patient), []))} expected, "
        f"{len(found.get((topic, patient), []))} found"
        for topic, patient in sorted(expected.keys() | found.keys())
        if expected.get((topic, patient), []) != found.get((topic, patient), [])
    )
    return Compared(len(names), sum(map(len, expected.values())), different)


async def _expected(kafka: KafkaSettings, ward: AdmittedWard, chosen: list[int]) -> Said:
    engines = {number: Partition() for number in range(kafka.partitions)}
    for number in chosen:
        name = patient_name(number)
        engines[partition_for(name, kafka.partitions)].restore({name: ward.stored(number)}, ward.start_ms - 1)
    names, said = {patient_name(number).encode() for number in chosen}, Said()
    async for batch in _topic(kafka, BEDSIDE):
        engine = engines[batch[0].partition]
        for record in batch:
            if record.key is None or record.key in names:
                for output in _graded(engine, record):
                    if output.value is not None:
                        said.setdefault((output.topic, output.key), []).append(encode(output.value))
    return said


def _graded(engine: Partition, record: Any) -> list[Output]:
    event: Any = read_bedside(record.value, record.key)
    clock_ms = max(engine.clock_ms, record.timestamp)
    if event["schema"] == TICK:
        return engine.advance(clock_ms)
    return engine.apply(event, clock_ms=clock_ms, origin=Origin(record.topic, record.partition, record.offset))


async def _found(kafka: KafkaSettings, names: set[str]) -> Said:
    found: Said = defaultdict(list)
    for short, topic in COMPARED.items():
        async for batch in _topic(kafka, topic):
            for record in batch:
                # What a grader says of its own when it takes over follows from no record, and has no cause.
                name = (record.key or b"").decode()
                if name in names and record.headers and record.value is not None:
                    found[short, name].append(record.value)
    return found


def _topic(kafka: KafkaSettings, topic: Topic) -> Any:
    return fetched(kafka, topic_name(kafka.topic_prefix, topic), end_offsets(kafka, topic))
