"""One message for a whole batch, held against everything Faust does with messages: nothing lost, nothing twice."""

import asyncio
from contextlib import AsyncExitStack

import pytest
from aiokafka.errors import IllegalStateError
from aiokafka.protocol.fetch import FetchRequest
from faust.types import TP

from schemas.topics import BEDSIDE, REJECTED
from services.grader.kafka_access import transactional_producer
from services.grader.settings import GraderSettings
from services.grader.transport import FETCH_WAIT_MS
from services.runtime.kafka_clients import producer
from services.runtime.topics import topic_name
from tests.integration.grader.bedside import heart_rate, open_bedside
from tests.integration.grader.faust_probe import Probe, committed, reached, run, running

pytestmark = pytest.mark.kafka


def filled(kafka, count, *, start=0):
    with open_bedside(kafka) as bedside:
        bedside.send([heart_rate(f"e{start + number}", f"p-{number % 7}") for number in range(count)])
    return kafka


@pytest.fixture
def one_partition(new_ward_topics):
    return filled(new_ward_topics(partitions=1, only=(BEDSIDE,)), 1000)


def into(kafka, partition, count):
    """Records of one partition, whatever their patient."""
    with open_bedside(kafka) as bedside:
        for number in range(count):
            bedside.send_bytes(b"%d" % number, partition=partition)


def hole(kafka, at):
    """Two offsets that hold no record: the ends of two transactions."""

    async def whole():
        settings = GraderSettings(bootstrap_servers=kafka.bootstrap_servers, topic_prefix=kafka.topic_prefix)
        writer = transactional_producer(settings, f"{kafka.topic_prefix}hole", timeout_ms=10_000)
        await writer.start()
        for number in range(2):
            async with writer.transaction():
                await writer.send_and_wait(topic_name(kafka.topic_prefix, BEDSIDE), b"in %d" % number, partition=0)
        await writer.stop()

    asyncio.run(whole())
    return [at + 1, at + 3]


def test_a_hole_in_the_offsets_holds_up_neither_reading_nor_commits(one_partition):
    gone = hole(one_partition, 1000)
    filled(one_partition, 100, start=1000)

    async def scenario(probe):
        await reached(lambda: len(probe.records()) >= 1102)
        assert probe.offsets() == [offset for offset in range(1104) if offset not in gone]

        consumer = probe.app.consumer
        for safe in (1001, 1002, 1104):
            consumer.declare_safe(TP(probe.topic, 0), safe)
            await consumer.commit()
            assert await committed(one_partition) == safe
        assert not any(consumer._gap.values())

    run(one_partition, scenario)


def test_nothing_is_kept_of_a_batch_that_is_done(one_partition):
    """Faust's compiled streams note each acknowledged offset; with nothing that takes it out again, for ever."""

    async def scenario(probe):
        await reached(lambda: len(probe.records()) >= 1000 and not probe.app.consumer.unacked)
        consumer = probe.app.consumer
        await consumer.commit()

        assert not any(consumer._acked.values())
        assert not any(consumer._acked_index.values())
        assert not any(consumer._gap.values())

    run(one_partition, scenario, consumer_max_fetch_size=8 * 1024)


def test_a_seek_that_fails_while_partitions_are_taken_away_ends_nothing(one_partition):
    """In the middle of a rebalance aiokafka refuses to seek; an exception here would stop the fetching for good."""
    refused = []

    async def refuse():
        refused.append(True)
        raise IllegalStateError("No current assignment")

    async def scenario(probe):
        consumer = probe.app.consumer
        await reached(lambda: len(probe.records()) >= 1000)
        consumer.declare_safe(TP(probe.topic, 0), 1000)
        await consumer.commit()
        consumer.perform_seek, seek = refuse, consumer.perform_seek
        consumer.stop_flow()
        await asyncio.to_thread(filled, one_partition, 50, start=1000)
        await reached(lambda: refused)
        consumer.perform_seek = seek
        consumer.resume_flow()
        await seek()  # as a rebalance does when it is through
        await reached(lambda: probe.offsets() == list(range(1050)))

    run(one_partition, scenario)


def test_after_a_restart_reading_goes_on_at_what_was_committed(one_partition):
    async def first(probe):
        await reached(lambda: len(probe.records()) >= 1000)
        probe.app.consumer.declare_safe(TP(probe.topic, 0), 600)

    async def second(probe):
        await reached(lambda: probe.offsets()[-1:] == [999])
        assert probe.offsets() == list(range(600, 1000))

    run(one_partition, first)
    run(one_partition, second)


def test_what_is_declared_safe_while_stopping_is_committed_before_the_end(one_partition):
    """The last checkpoint: a stop after which nothing comes again."""

    async def scenario(probe):
        async def store() -> None:
            probe.app.consumer.declare_safe(TP(probe.topic, 0), 1000)

        probe.app.transport.before_release = store
        await reached(lambda: len(probe.records()) >= 1000)

    run(one_partition, scenario)

    assert asyncio.run(committed(one_partition)) == 1000


def test_stopping_does_not_wait_for_batches_that_nobody_works_on(one_partition):
    async def give_up(_event):
        await asyncio.Event().wait()

    async def scenario(probe):
        async def let_go() -> None:
            for message in list(probe.app.consumer.unacked):
                probe.app.consumer.ack(message)

        probe.app.transport.before_release = let_go
        await reached(lambda: probe.events)
        async with asyncio.timeout(15):
            await probe.app.stop()

    run(one_partition, scenario, work=give_up)


def test_a_slow_agent_slows_fetching_down_and_loses_nothing(new_ward_topics):
    kafka = filled(new_ward_topics(partitions=2, only=(BEDSIDE,)), 6000)
    go_on = asyncio.Event()

    async def wait(_event):
        await go_on.wait()

    async def scenario(probe):
        consumer = probe.app.consumer
        try:
            (buffer,) = [topic.queue for topic in probe.app.topics]
            await reached(buffer.full)
            held = [event.message for event in buffer._queue] + list(consumer.unacked)
            assert sum(len(message.value) for message in held) < 4000  # of 6000
            # Were one of them left out now, its turn would be noticed up to a second late.
            assert consumer._get_active_partitions() == {TP(probe.topic, 0), TP(probe.topic, 1)}
        finally:
            go_on.set()
        await reached(lambda: len(probe.records()) >= 6000)
        for partition in (0, 1):
            offsets = [
                record.offset
                for event in probe.events
                for record in event.value
                if event.message.partition == partition
            ]
            assert offsets == list(range(len(offsets)))

    run(kafka, scenario, work=wait, stream_buffer_maxsize=2, consumer_max_fetch_size=32 * 1024)


def test_a_partition_at_its_end_is_asked_for_a_moment_only(one_partition):
    """As long as the broker waits for its next record, aiokafka fetches nothing of the others."""

    async def scenario(probe):
        client, asked = probe.app.consumer._thread._ensure_consumer()._fetcher._client, []
        send = client.send

        async def noted(node, request, **how):
            asked.append(request)
            return await send(node, request, **how)

        client.send = noted
        await reached(lambda: sum(isinstance(request, FetchRequest) for request in asked) >= 3)
        waits = {request._max_wait_ms for request in asked if isinstance(request, FetchRequest)}
        assert waits == {FETCH_WAIT_MS}

    run(one_partition, scenario)


def test_a_paused_partition_brings_nothing_and_after_the_seek_everything_that_is_not_committed(new_ward_topics):
    """What Faust does at a rebalance. What came for a paused partition it drops, so the seek has to follow."""
    kafka = filled(new_ward_topics(partitions=2, only=(BEDSIDE,)), 0)
    into(kafka, 0, 100)

    async def scenario(probe):
        first, second, consumer = TP(probe.topic, 0), TP(probe.topic, 1), probe.app.consumer
        await reached(lambda: len(probe.offsets(first)) >= 100)
        consumer.declare_safe(first, 60)
        await consumer.commit()
        consumer.pause_partitions({first})
        await asyncio.to_thread(into, kafka, 0, 50)
        await asyncio.to_thread(into, kafka, 1, 50)
        await reached(lambda: len(probe.offsets(second)) >= 50)
        assert probe.offsets(first) == list(range(100))

        consumer.resume_partitions({first})
        await consumer.perform_seek()
        await reached(lambda: probe.offsets(first)[-1:] == [149])
        again = probe.offsets(first)[100:]
        assert again[again.index(60) :] == list(range(60, 150))

    run(kafka, scenario)


def test_when_partitions_go_to_another_worker_each_record_comes_to_one_of_them(new_ward_topics):
    kafka = filled(new_ward_topics(partitions=2, only=(BEDSIDE,)), 1000)

    async def whole():
        async with AsyncExitStack() as leaving:
            first = await leaving.enter_async_context(running(Probe(kafka)))
            await reached(lambda: len(first.records()) >= 1000)
            consumer, former, asked = first.app.consumer, first.app.consumer_generation_id, []

            async def store() -> None:
                asked.append({at.partition for at in consumer.assignment()})
                for at in consumer.assignment():
                    consumer.declare_safe(at, len(first.offsets(at)))

            first.app.transport.before_release = store
            second = await leaving.enter_async_context(running(Probe(kafka)))
            await reached(lambda: second.app.consumer.assignment() and first.app.consumer_generation_id != former)

            # Asked while both were still ours. What was safe then is forgotten: it is not ours to commit any more.
            assert asked[0] == {0, 1}
            assert consumer._safe == {}
            await asyncio.to_thread(filled, kafka, 500, start=1000)
            await reached(lambda: len(first.records()) + len(second.records()) >= 1500)
            assert second.records()
            assert len(first.places() | second.places()) == len(first.records()) + len(second.records()) == 1500
            # By this the grader tells a batch that was fetched before from one that is its own.
            assert {event.message.generation_id for event in first.events} <= {former, first.app.consumer_generation_id}
            assert first.events[-1].message.generation_id == first.app.consumer_generation_id

    asyncio.run(whole())


def test_any_other_topic_is_read_and_committed_as_faust_does(new_ward_topics):
    kafka = new_ward_topics(partitions=1, only=(BEDSIDE, REJECTED))
    other = topic_name(kafka.topic_prefix, REJECTED)
    writer = producer(kafka, client_id="test-other")
    for number in range(50):
        writer.send(other, value=b"%d" % number, partition=0)
    writer.close()

    async def scenario(probe):
        await reached(lambda: len(probe.plain_events) >= 50)
        assert [event.value for event in probe.plain_events] == [b"%d" % number for number in range(50)]
        await probe.app.consumer.commit()
        assert await committed(kafka, topic=other) == 50

    run(kafka, scenario, also_plain=True)
