"""A request from its bytes to its answer: cut, judge, store, and only then say so."""

import asyncio
import time
import uuid
from collections.abc import Iterable, Mapping
from functools import lru_cache, partial
from itertools import islice
from typing import Any, NamedTuple

from schemas.partitions import partition_for
from schemas.reasons import Refusal
from schemas.topics import BEDSIDE, REJECTED
from services.ingest.body import Body
from services.ingest.items import Form, Item, cut
from services.ingest.outcomes import Outcome, Status, decide
from services.ingest.publisher import Outgoing, Publisher
from services.ingest.recent import RecentEvents
from services.ingest.rejections import rejected_record, whole
from services.ingest.replies import problem, results, status_code
from services.runtime.metrics import counter, histogram
from services.runtime.settings import KafkaSettings
from services.runtime.topics import topic_name

# Judging is work for the processor alone: between slices of this many events other requests get their turn.
SLICE = 500


class Answer(NamedTuple):
    """What the sender is told."""

    code: int
    reply: Mapping[str, Any]


class Intake:
    """Takes requests in. Holds the one thing ingest remembers: which events it stored lately.

    Args:
        publisher: writes to Kafka and waits for its word.
        recent: what was stored lately.
        kafka: which topics they are, and how many partitions the bedside topic has.
    """

    def __init__(self, publisher: Publisher, recent: RecentEvents, kafka: KafkaSettings) -> None:
        self._publisher = publisher
        self._recent = recent
        self._bedside = topic_name(kafka.topic_prefix, BEDSIDE)
        self._rejected = topic_name(kafka.topic_prefix, REJECTED)
        # Murmur2 in Python costs as much as judging the event, and the same patients come again and again.
        self._partition = lru_cache(maxsize=100_000)(partial(partition_for, partitions=kafka.partitions))

    async def take(self, body: Body, form: Form, schema: str, source: str) -> Answer:
        """Store what can be stored of a body, and what cannot where refused bytes are kept.

        Raises:
            NotStoredError: Kafka did not acknowledge everything; nothing is claimed.
        """
        items = cut(body.content, form)
        if isinstance(items, Refusal):
            return await self.refuse(400, body, items, source)
        now_ms = _now_ms()
        outcomes = await self._decide(items, schema, now_ms)
        rejected_ids = {outcome.place: uuid.uuid4().hex for outcome in outcomes if outcome.refused}
        records = [self._kept(outcome) for outcome in outcomes if outcome.stored is not None]
        records += [
            self._refused(rejected_ids[outcome.place], outcome.refused[0], whole(outcome.sent), source, now_ms)
            for outcome in outcomes
            if outcome.refused
        ]
        await self._store(records)
        self._remember(outcomes, schema)
        return Answer(status_code(outcomes), results(outcomes, rejected_ids))

    async def refuse(self, code: int, body: Body, refusal: Refusal, source: str) -> Answer:
        """Keep the bytes of a request that is refused as a whole, then say so.

        Raises:
            NotStoredError: the bytes could not be kept.
        """
        rejected_id = uuid.uuid4().hex
        await self._store([self._refused(rejected_id, refusal, body, source, _now_ms())])
        counter("crs_rejected_total").labels("ingest", refusal.reason).inc()
        return Answer(code, problem(refusal.reason, rejected_id))

    async def _decide(self, items: list[Item], schema: str, now_ms: int) -> list[Outcome]:
        outcomes: list[Outcome] = []
        deciding = decide(items, schema, self._recent, now_ms)
        while slice_ := list(islice(deciding, SLICE)):
            outcomes += slice_
            await asyncio.sleep(0)
        return outcomes

    async def _store(self, records: list[Outgoing]) -> None:
        with histogram("crs_ingest_produce_seconds").time():
            await self._publisher.publish(records)

    def _kept(self, outcome: Outcome) -> Outgoing:
        patient_id = outcome.patient_id or ""
        return Outgoing(self._bedside, outcome.stored or b"", patient_id.encode(), self._partition(patient_id))

    def _refused(self, rejected_id: str, refusal: Refusal, body: Body, source: str, now_ms: int) -> Outgoing:
        return Outgoing(self._rejected, rejected_record(rejected_id, refusal, body, source=source, now_ms=now_ms))

    def _remember(self, outcomes: Iterable[Outcome], schema: str) -> None:
        for outcome in outcomes:
            if outcome.event_id is not None and outcome.stored is not None:
                self._recent.remember(outcome.event_id, outcome.stored)
            counter("crs_ingest_events_total").labels(schema, outcome.status.value).inc()
            if outcome.status is Status.REJECTED:
                counter("crs_rejected_total").labels("ingest", outcome.refused[0].reason).inc()


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
