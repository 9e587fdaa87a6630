"""Faust's Kafka transport with one change: an agent gets one message per fetched batch, not one per record.

An ordinary agent costs about 90 us a record, most of it task switches. Handing over the batch costs under 2 us a
record. The price is that Faust's own commit arithmetic no longer fits (one message stands for many offsets), so for
the batched topic this module decides what is committed: only what a finished checkpoint covers.

Pinned by tests/integration/grader/test_faust_facts.py, so that an upgrade that breaks it fails loudly.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from typing import Any, cast

from faust.transport.drivers import aiokafka as driver
from faust.types import TP, ConsumerMessage
from mode.utils.futures import notify

from services.grader.fetching import Fetched, keep_unread

# The broker answers a fetch at once when there is anything; so long it may wait for the first record. Faust's 1.5 s are
# too many: while one partition is asked alone, because the others still have unread batches, aiokafka asks the broker
# for nothing else, and one that is at its end would hold up a backlog in all the others.
FETCH_WAIT_MS = 100


async def _nothing() -> None:
    """Stands where nobody asked to be called."""


class BatchConsumer(driver.Consumer):
    """Hands over whole batches of the batched topic and commits only what was declared safe."""

    transport: "BatchTransport"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._safe: dict[TP, int] = {}

    def _new_consumer_thread(self) -> "BatchThread":
        return BatchThread(self, loop=self.loop, beacon=self.beacon)

    def declare_safe(self, tp: TP, next_offset: int) -> None:
        """Everything below `next_offset` is stored: Faust may commit it."""
        self._safe[tp] = next_offset

    def _is_batched(self, topic: str) -> bool:
        return topic == self.transport.batched_topic

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, Any]]:
        """One message per fetched batch of the batched topic; its value is what was fetched (`fetching.py`)."""
        records, active = await self._wait_next_records(timeout)
        generation = self.app.consumer_generation_id
        if records is None or self.should_stop:
            return
        if not self.flow_active:
            await self._seek_back()
            return
        for tp, batch in records.items():
            if not self.flow_active or self.app.consumer_generation_id != generation:
                return
            if active is None or tp in active or tp in self._buffered_partitions:
                for message in self._messages(tp, batch):
                    yield tp, message

    async def _seek_back(self) -> None:
        """What came while the flow was stopped is dropped, and read again from what was committed."""
        try:
            await self.perform_seek()
        except Exception as fault:
            # Partitions that a rebalance takes away meanwhile: whoever gets them begins at what was committed.
            self.log.warning("no seek while the flow is stopped: %s", type(fault).__name__)

    def _messages(self, tp: TP, batch: list[Any]) -> Iterable[Any]:
        if not self._is_batched(tp.topic):
            return [self._to_message(tp, record) for record in batch]
        # The last record's offset is the message's: what Faust remembers as read. Nobody asks for the rest of it.
        fetched, generation = Fetched(batch), self.app.consumer_generation_id
        return [
            ConsumerMessage(
                tp.topic, tp.partition, fetched.offset, fetched.timestamp / 1000, 0, None, None,
                cast(Any, fetched),  # declared as bytes, but handed on as it is
                None, tp=tp, generation_id=generation,
            )
        ]  # fmt: skip

    def on_buffer_full(self, tp: TP) -> None:
        """All batched partitions share one queue, which makes the reading wait when it is full: that is enough.

        Faust would ask for the others only, and notice up to a second late that this one may be read again.
        """
        if not self._is_batched(tp.topic):
            super().on_buffer_full(tp)

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """No gaps in the batched topic: they only serve Faust's commit arithmetic, which is not used there."""
        if not self._is_batched(tp.topic):
            await super()._add_gap(tp, offset_from, offset_to)

    def ack(self, message: Any) -> bool:
        """Finished with a batch: it no longer holds up a shutdown, and says nothing about commits."""
        if not self._is_batched(message.topic):
            return bool(super().ack(message))
        message.acked = True
        self._unacked_messages.discard(message)
        notify(self._waiting_for_ack)
        return True

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> Iterator[TP]:
        self._forget_acks()
        pending = [tp for tp in super()._filter_tps_with_pending_acks(topics) if not self._is_batched(tp.topic)]
        yield from pending
        yield from [tp for tp in self._safe if topics is None or tp in topics or tp.topic in topics]

    def _forget_acks(self) -> None:
        """Faust's compiled streams note every batch past `ack`, for arithmetic that would take it out again."""
        for tp in [tp for tp in self._acked if self._is_batched(tp.topic)]:
            self._acked.pop(tp)
            self._acked_index.pop(tp, None)

    def _new_offset(self, tp: TP) -> int | None:
        offset = self._safe.get(tp) if self._is_batched(tp.topic) else super()._new_offset(tp)
        return None if offset is None else int(offset)

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Forget what was safe in partitions that are no longer ours."""
        await super().on_partitions_revoked(revoked)
        for tp in revoked:
            self._safe.pop(tp, None)

    async def wait_empty(self) -> None:
        """On revocation and on shutdown: the flow has stopped and we are still the owner."""
        await self.transport.before_release()
        await super().wait_empty()

    def verify_event_path(self, now: float, tp: TP) -> None:
        """Faust's livelock detector reads the arithmetic that is not used here; `watchdog.py` replaces it."""


class BatchThread(driver.AIOKafkaConsumerThread):
    """Faust's thread around aiokafka's consumer; it leaves batched records unread, and never asks for long."""

    async def on_start(self) -> None:
        """Start aiokafka's consumer."""
        await super().on_start()
        transport = cast(BatchTransport, self.transport)
        fetcher = self._ensure_consumer()._fetcher
        fetcher._fetch_max_wait_ms = FETCH_WAIT_MS
        keep_unread(fetcher, transport.batched_topic)


class DurableProducer(driver.Producer):
    """Idempotent and acknowledged by all replicas, which Faust only asks for under exactly-once."""

    def _settings_extra(self) -> Mapping[str, Any]:
        return {"acks": "all", "enable_idempotence": True}


class BatchTransport(driver.Transport):
    """Set as `app.transport` before any topic or agent is declared; Faust ignores `producer_transport`."""

    Consumer = BatchConsumer
    Producer = DurableProducer

    def __init__(self, url: Any, app: Any, *, batched_topic: str) -> None:
        super().__init__(url, app)
        self.batched_topic = batched_topic
        self.before_release: Callable[[], Awaitable[None]] = _nothing
