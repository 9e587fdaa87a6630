"""A small application on the batch transport that keeps what its agents are given; for tests of what Faust does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import faust
from faust.types import TP
from kafka import TopicPartition

from schemas.topics import BEDSIDE, REJECTED
from services.grader.app import RAW
from services.grader.transport import BatchTransport
from services.runtime.kafka_clients import consumer
from services.runtime.settings import KafkaSettings
from services.runtime.topics import topic_name

WITHIN_S = 20

Work = Callable[[Any], Awaitable[None]]


class NoFolders(faust.App):
    """Faust makes folders for tables in the working directory; the test must leave none behind."""

    def _create_directories(self) -> None:
        pass


class Seen(NamedTuple):
    """A message, and what it held: that can be read once."""

    message: Any
    value: list[Any]


class Probe:
    """Collects what its agents are given.

    Args:
        kafka: the test's own topics.
        work: what the agent does with an event of the batched topic after it was noted.
        also_plain: read another topic as well, which is not batched.
        settings: of Faust, besides those every probe has.
    """

    def __init__(
        self, kafka: KafkaSettings, *, work: Work | None = None, also_plain: bool = False, **settings: Any
    ) -> None:
        self.topic = topic_name(kafka.topic_prefix, BEDSIDE)
        self.app = NoFolders(
            f"{kafka.topic_prefix}probe", broker=f"aiokafka://{kafka.bootstrap_servers}", topic_allow_declare=False,
            topic_disable_leader=True, web_enabled=False, table_standby_replicas=0, broker_session_timeout=6.0,
            broker_heartbeat_interval=1.0, broker_request_timeout=10.0, broker_commit_interval=0.1,
            stream_recovery_delay=0.0, consumer_auto_offset_reset="earliest", **settings,
        )  # fmt: skip
        self.app.transport = BatchTransport(self.app.conf.broker_consumer, self.app, batched_topic=self.topic)
        self.events: list[Seen] = []
        self.plain_events: list[Any] = []

        @self.app.agent(self.app.topic(self.topic, **RAW))
        async def collect(stream: Any) -> AsyncIterator[None]:
            async for event in stream.events():
                self.events.append(Seen(event.message, list(event.value)))
                if work is not None:
                    await work(event)
                yield None

        if also_plain:

            @self.app.agent(self.app.topic(topic_name(kafka.topic_prefix, REJECTED), **RAW))
            async def collect_plain(stream: Any) -> AsyncIterator[None]:
                async for event in stream.events():
                    self.plain_events.append(event)
                    yield None

    def records(self) -> list[Any]:
        """All records of the batched topic, as they came."""
        return [record for event in self.events for record in event.value]

    def places(self) -> set[tuple[int, int]]:
        """Partition and offset of each."""
        return {(event.message.partition, record.offset) for event in self.events for record in event.value}

    def offsets(self, at: TP | None = None) -> list[int]:
        """Their offsets, of one partition or of the only one."""
        return [record.offset for event in self.events if at in (None, event.message.tp) for record in event.value]


@asynccontextmanager
async def running(probe: Probe) -> AsyncIterator[Probe]:
    """Started, and stopped on leaving."""
    await probe.app.start()
    try:
        yield probe
    finally:
        await probe.app.stop()


async def reached(condition: Callable[[], Any]) -> None:
    """Wait until it is so; a TimeoutError after a while."""
    async with asyncio.timeout(WITHIN_S):
        while not condition():
            await asyncio.sleep(0.02)


async def committed(kafka: KafkaSettings, partition: int = 0, topic: str | None = None) -> int | None:
    """What the probe's group has committed, as another client sees it."""
    return await asyncio.to_thread(_committed, kafka, topic or topic_name(kafka.topic_prefix, BEDSIDE), partition)


def _committed(kafka: KafkaSettings, topic: str, partition: int) -> int | None:
    client = consumer(kafka, client_id="test-committed", group="probe")
    try:
        return client.committed(TopicPartition(topic, partition))
    finally:
        client.close()


def run(kafka: KafkaSettings, scenario: Callable[[Probe], Awaitable[None]], **options: Any) -> None:
    """A scenario with one running probe, in an event loop of its own."""

    async def whole() -> None:
        async with running(Probe(kafka, **options)) as probe:
            await scenario(probe)

    asyncio.run(whole())
