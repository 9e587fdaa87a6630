"""What the shell relies on in Faust and aiokafka, pinned: an upgrade that changes one of these fails here, loudly."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import faust
import pytest
from faust.transport.drivers import aiokafka as driver
from faust.types import TP
from kafka import TopicPartition

from schemas.topics import BEDSIDE
from services.grader.app import RAW
from services.grader.transport import BatchTransport
from services.runtime.kafka_clients import consumer
from services.runtime.settings import KafkaSettings
from services.runtime.topics import topic_name
from tests.integration.grader.bedside import heart_rate, open_bedside

pytestmark = pytest.mark.kafka
WITHIN_S = 20

OVERRIDDEN = {
    "getmany": ["self", "timeout"],
    "ack": ["self", "message"],
    "wait_empty": ["self"],
    "on_partitions_revoked": ["self", "revoked"],
    "verify_event_path": ["self", "now", "tp"],
    "_add_gap": ["self", "tp", "offset_from", "offset_to"],
    "_filter_tps_with_pending_acks": ["self", "topics"],
    "_new_offset": ["self", "tp"],
}
CALLED = {
    "_wait_next_records": ["self", "timeout"],
    "_to_message": ["self", "tp", "record"],
    "_should_commit": ["self", "tp", "offset"],
    "perform_seek": ["self"],
}


@pytest.mark.parametrize(("name", "parameters"), [*OVERRIDDEN.items(), *CALLED.items()])
def test_the_consumer_still_has_the_method(name, parameters):
    assert list(inspect.signature(getattr(driver.Consumer, name)).parameters) == parameters


def test_the_producer_still_takes_more_settings():
    assert "_settings_extra" in inspect.getsource(driver.Producer._new_producer)


class NoFolders(faust.App):
    """Faust makes folders for tables in the working directory; the test must leave none behind."""

    def _create_directories(self) -> None:
        pass


class Probe:
    """An application on the batch transport that collects what its agent is given."""

    def __init__(self, kafka: KafkaSettings, *, fails: bool = False) -> None:
        self.topic = topic_name(kafka.topic_prefix, BEDSIDE)
        self.app = NoFolders(
            f"{kafka.topic_prefix}probe", broker=f"aiokafka://{kafka.bootstrap_servers}", topic_allow_declare=False,
            topic_disable_leader=True, web_enabled=False, table_standby_replicas=0, broker_session_timeout=6.0,
            broker_heartbeat_interval=1.0, broker_request_timeout=10.0, broker_commit_interval=0.1,
            stream_recovery_delay=0.0, consumer_auto_offset_reset="earliest",
        )  # fmt: skip
        self.app.transport = BatchTransport(self.app.conf.broker_consumer, self.app, batched_topic=self.topic)
        self.events: list[Any] = []

        @self.app.agent(self.app.topic(self.topic, **RAW))
        async def collect(stream: Any) -> AsyncIterator[None]:
            async for event in stream.events():
                self.events.append(event)
                if fails and len(self.events) == 1:
                    raise RuntimeError("the agent fails on its first batch")
                yield None

    def records(self) -> list[Any]:
        return [record for event in self.events for record in event.value]


@asynccontextmanager
async def running(probe: Probe) -> AsyncIterator[Probe]:
    await probe.app.start()
    try:
        yield probe
    finally:
        await probe.app.stop()


async def reached(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not condition():
            await asyncio.sleep(0.02)


def committed(kafka: KafkaSettings, partition: int) -> int | None:
    client = consumer(kafka, client_id="test-committed", group="probe")
    try:
        return client.committed(TopicPartition(topic_name(kafka.topic_prefix, BEDSIDE), partition))
    finally:
        client.close()


def run(kafka: KafkaSettings, scenario: Callable[[Probe], Awaitable[None]], *, fails: bool = False) -> None:
    async def whole() -> None:
        async with running(Probe(kafka, fails=fails)) as probe:
            await scenario(probe)

    asyncio.run(whole())


@pytest.fixture
def one_partition(new_ward_topics):
    kafka = new_ward_topics(partitions=1, only=(BEDSIDE,))
    with open_bedside(kafka) as bedside:
        bedside.send([heart_rate(f"e{number}", f"p-{number % 7}") for number in range(1000)])
    return kafka


def test_an_agent_gets_few_events_with_all_records_in_order(one_partition):
    async def scenario(probe):
        await reached(lambda: len(probe.records()) >= 1000)

        assert [record.offset for record in probe.records()] == list(range(1000))
        assert len(probe.events) <= 20

    run(one_partition, scenario)


def test_nothing_is_committed_that_was_not_declared_safe(one_partition):
    async def scenario(probe):
        await reached(lambda: len(probe.records()) >= 1000)
        await probe.app.consumer.commit()
        assert await asyncio.to_thread(committed, one_partition, 0) is None

        probe.app.consumer.declare_safe(TP(probe.topic, 0), 600)
        await probe.app.consumer.commit()
        assert await asyncio.to_thread(committed, one_partition, 0) == 600

    run(one_partition, scenario)


def test_a_failing_agent_skips_its_batch_as_if_it_were_done(one_partition):
    """Why every fault inside the agent ends the process: Faust starts the agent again behind the lost batch."""

    async def scenario(probe):
        await reached(lambda: probe.events)
        first = probe.events[0]
        await reached(lambda: first.message.acked)

        assert not probe.app.consumer.unacked

    run(one_partition, scenario, fails=True)


def test_before_giving_partitions_up_the_transport_is_asked_first(one_partition):
    asked = []

    async def scenario(probe):
        async def before_release() -> None:
            asked.append(len(probe.records()))

        probe.app.transport.before_release = before_release
        await reached(lambda: len(probe.records()) >= 1000)

    run(one_partition, scenario)

    assert asked[0] == 1000


def test_the_application_sends_with_the_transports_producer(one_partition):
    async def scenario(probe):
        sender = probe.app.producer._producer._sender

        assert sender._txn_manager is not None  # idempotent
        assert sender._acks == -1  # all in-sync replicas

    run(one_partition, scenario)
