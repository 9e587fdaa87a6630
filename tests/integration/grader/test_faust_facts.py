"""What the shell relies on in Faust and aiokafka, pinned: an upgrade that changes one of these fails here, loudly."""

import inspect

import pytest
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from schemas.topics import BEDSIDE
from tests.integration.grader.bedside import heart_rate, open_bedside
from tests.integration.grader.faust_probe import committed, reached, run

pytestmark = pytest.mark.kafka

OVERRIDDEN = {
    "getmany": ["self", "timeout"],
    "ack": ["self", "message"],
    "wait_empty": ["self"],
    "on_partitions_revoked": ["self", "revoked"],
    "verify_event_path": ["self", "now", "tp"],
    "on_buffer_full": ["self", "tp"],
    "_add_gap": ["self", "tp", "offset_from", "offset_to"],
    "_filter_tps_with_pending_acks": ["self", "topics"],
    "_new_offset": ["self", "tp"],
    "_new_consumer_thread": ["self"],
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


@pytest.fixture
def one_partition(new_ward_topics):
    kafka = new_ward_topics(partitions=1, only=(BEDSIDE,))
    with open_bedside(kafka) as bedside:
        bedside.send([heart_rate(f"e{number}", f"p-{number % 7}") for number in range(1000)])
    return kafka


def test_an_agent_gets_few_events_with_all_records_in_order(one_partition):
    async def scenario(probe):
        await reached(lambda: len(probe.records()) >= 1000)

        assert probe.offsets() == list(range(1000))
        assert len(probe.events) <= 20

    run(one_partition, scenario)


def test_nothing_is_committed_that_was_not_declared_safe(one_partition):
    async def scenario(probe):
        await reached(lambda: len(probe.records()) >= 1000)
        await probe.app.consumer.commit()
        assert await committed(one_partition) is None

        probe.app.consumer.declare_safe(TP(probe.topic, 0), 600)
        await probe.app.consumer.commit()
        assert await committed(one_partition) == 600

    run(one_partition, scenario)


def test_a_failing_agent_skips_its_batch_as_if_it_were_done(one_partition):
    """Why every fault inside the agent ends the process: Faust starts the agent again behind the lost batch."""
    seen = []

    async def fail_once(event):
        seen.append(event)
        if len(seen) == 1:
            raise RuntimeError("the agent fails on its first batch")

    async def scenario(probe):
        await reached(lambda: seen)
        await reached(lambda: seen[0].message.acked)

        assert not probe.app.consumer.unacked

    run(one_partition, scenario, work=fail_once)


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
