"""Probes: what a nurse charts and somebody has to be paged for at once, timed from the produce call to the topic.

Half of them are a saturation of 45 % by hand (`critical_value`), half a first fever (`crs_rise`); each patient is
probed once a kind, so that every probe has to page.
"""

import asyncio
import random
import time
from collections import deque
from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from schemas.partitions import partition_for
from schemas.topics import BEDSIDE, ESCALATIONS
from services.control.bench.filling import started_producer
from services.control.bench.ward_stream import manual, patient_name
from services.runtime.kafka_clients import aiokafka_security
from services.runtime.settings import KafkaSettings
from services.runtime.topics import topic_name

# The values of the signs by hand that page, and the kind of page.
SIGNS: Sequence[tuple[str, dict[str, float]]] = (
    ("critical_value", {"spo2_pct": 45}),
    ("crs_rise", {"temperature_c": 38.6}),
)
WAIT_FOR_LAST_S = 30.0
FIRST = 2  # patients of each partition who are probed before it counts


class Paged(NamedTuple):
    """One probe that paged: when it was written, seconds that only go forward, how long that took, and what it said."""

    kind: str
    written_s: float
    took_s: float
    escalation_id: str


class Probes:
    """Writes probes at a rate and hears of their pages.

    Args:
        kafka: where.
        patients: numbers of those who may be probed, each once a kind; two of each partition go first.
        a_second: how many probes.
        seed: of their order.
    """

    def __init__(self, kafka: KafkaSettings, patients: range, *, a_second: float, seed: int) -> None:
        self._kafka, self._a_second = kafka, a_second
        first = _first_of_each(patients, kafka.partitions)
        self._first = [(number, *sign) for number in first for sign in SIGNS]
        chosen = [(number, *sign) for number in patients if number not in first for sign in SIGNS]
        random.Random(seed).shuffle(chosen)
        self._left = deque(chosen)
        self._waiting: dict[tuple[str, str], float] = {}
        self.paged: list[Paged] = []

    @property
    def unanswered(self) -> int:
        """How many have not paged yet."""
        return len(self._waiting)

    async def run(self, until: "asyncio.Event") -> None:
        """Probe until told to stop, then wait for the pages that are still to come.

        The first ones in every partition are not among those that are told.
        """
        producer = await started_producer(self._kafka, linger_ms=0)
        reader = await self._reader()
        listening = asyncio.ensure_future(self._listen(reader))
        try:
            for probe in self._first:
                await self._probe(producer, *probe)
            await self._all_answered()
            self.paged.clear()
            while not until.is_set() and self._left:
                await self._probe(producer, *self._left.popleft())
            await self._all_answered()
        finally:
            listening.cancel()
            await producer.stop()
            await reader.stop()

    async def _all_answered(self) -> None:
        deadline_s = time.monotonic() + WAIT_FOR_LAST_S
        while self._waiting and time.monotonic() < deadline_s:
            await asyncio.sleep(0.1)

    async def _probe(self, producer: AIOKafkaProducer, number: int, kind: str, signs: dict[str, float]) -> None:
        name = patient_name(number)
        recorded = manual(name, round(time.time() * 1000), self._kafka.partitions, **signs)
        topic = topic_name(self._kafka.topic_prefix, BEDSIDE)
        began_s = self._waiting[name, kind] = time.monotonic()
        sent = await producer.send(topic, recorded.value, key=recorded.key, partition=recorded.partition)
        await sent
        await asyncio.sleep(max(0.0, 1 / self._a_second - (time.monotonic() - began_s)))

    async def _listen(self, reader: AIOKafkaConsumer) -> None:
        async for record in reader:
            heard_s = time.monotonic()
            escalation: Any = orjson.loads(record.value)
            written_s = self._waiting.pop((escalation["patient_id"], escalation["kind"]), None)
            if written_s is not None:
                took_s = heard_s - written_s
                self.paged.append(Paged(escalation["kind"], written_s, took_s, escalation["escalation_id"]))

    async def _reader(self) -> AIOKafkaConsumer:
        reader = AIOKafkaConsumer(
            bootstrap_servers=self._kafka.bootstrap_servers, enable_auto_commit=False, **aiokafka_security(self._kafka)
        )
        await reader.start()
        name = topic_name(self._kafka.topic_prefix, ESCALATIONS)
        every = [TopicPartition(name, number) for number in range(self._kafka.partitions)]
        reader.assign(every)
        await reader.seek_to_end(*every)
        return reader


def _first_of_each(patients: range, partitions: int) -> set[int]:
    """Two patients of each partition: at its first records the broker makes files, 70 ms once in a ward's life."""
    found: dict[int, list[int]] = {}
    for number in patients:
        found.setdefault(partition_for(patient_name(number), partitions), []).append(number)
    return {number for numbers in found.values() for number in numbers[:FIRST]}
