"""Checkpoints on real Kafka: what was stored comes back, a former owner is fenced, nothing missing goes unnoticed."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from aiokafka.errors import ProducerFenced

from schemas.topics import GRADER_STATE
from services.grader.checkpoint import CheckpointWriter
from services.grader.manifest import MANIFEST_KEY, Manifest, Source, Stored, encode_bucket
from services.grader.opening import ForeignState, Opener
from services.grader.restore import LostState, restore
from services.grader.settings import GraderSettings
from services.grader.topic_names import topic_names
from services.runtime.kafka_clients import producer
from tests.integration.grader.counting import Counting

pytestmark = pytest.mark.kafka
SOURCE = Source("cluster", "topic")
NOTHING = Manifest(SOURCE, 0, 0, "rules", {})


@pytest.fixture
def settings(ward_topics):
    return GraderSettings(**ward_topics.model_dump())


@pytest.fixture
def state(settings):
    return topic_names(settings.topic_prefix)["state"]


def checkpoint(upto: int, buckets: dict[int, dict]) -> tuple[dict, Manifest]:
    encoded = {number: (encode_bucket(patients, upto), upto) for number, patients in buckets.items()}
    return encoded, Manifest(SOURCE, upto, upto * 1000, "rules", {})


async def write(writer: CheckpointWriter, before: Manifest, upto: int, buckets: dict[int, dict]) -> Manifest:
    encoded, manifest = checkpoint(upto, buckets)
    return await writer.write(encoded, Manifest(SOURCE, upto, manifest.clock_ms, "rules", before.buckets))


def run(scenario: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(scenario())


def test_nothing_stored_is_nothing_to_restore(settings, state):
    assert asyncio.run(restore(settings, state, 0)) is None


def test_the_newest_of_each_bucket_comes_back(settings, state):
    async def scenario():
        writer = await CheckpointWriter.open(settings, state, 1)
        first = await write(writer, NOTHING, 10, {3: {"bed-7": 1}, 4: {"bed-8": 1}})
        second = await write(writer, first, 20, {3: {"bed-7": 2}})

        assert await restore(settings, state, 1) == (second, {3: {"bed-7": 2}, 4: {"bed-8": 1}})
        assert second.buckets[4] == first.buckets[4]
        await writer.close()

    run(scenario)


def test_a_manifest_far_from_the_end_is_found_without_reading_what_is_between(settings, state):
    async def scenario():
        writer = await CheckpointWriter.open(settings, state, 0)
        found = await write(writer, NOTHING, 10, {3: {"bed-7": 1}})
        for upto in range(11, 40):
            found = await write(writer, found, upto, {number: {f"p-{number}": upto} for number in range(20)})
        manifest, buckets = await restore(settings, state, 0)

        assert manifest == found
        assert (buckets[3], buckets[19]) == ({"p-3": 39}, {"p-19": 39})
        await writer.close()

    run(scenario)


def test_an_unfinished_checkpoint_is_as_if_it_had_never_begun(settings, state):
    async def scenario():
        writer = await CheckpointWriter.open(settings, state, 0)
        stored = await write(writer, NOTHING, 10, {3: {"bed-7": 1}})
        await writer._producer.begin_transaction()
        await writer._producer.send_and_wait(state, encode_bucket({"bed-7": 2}, 20), key=b"bucket-3", partition=0)
        successor = await CheckpointWriter.open(settings, state, 0)

        assert await restore(settings, state, 0) == (stored, {3: {"bed-7": 1}})
        await successor.close()

    run(scenario)


def test_a_former_owner_that_wakes_up_cannot_write(settings, state):
    async def scenario():
        former = await CheckpointWriter.open(settings, state, 0)
        stored = await write(former, NOTHING, 10, {3: {"bed-7": 1}})
        owner = await CheckpointWriter.open(settings, state, 0)
        with pytest.raises(ProducerFenced):
            await write(former, stored, 20, {3: {"bed-7": 2}})

        assert await restore(settings, state, 0) == (stored, {3: {"bed-7": 1}})
        await owner.close()

    run(scenario)


@pytest.mark.parametrize("named", [Stored(0, 999), Stored(2, 10)], ids=["another version of it", "another record"])
def test_a_bucket_that_is_not_what_the_manifest_names_stops_the_restore(settings, state, named):
    async def scenario():
        writer = await CheckpointWriter.open(settings, state, 0)
        await write(writer, NOTHING, 10, {3: {"bed-7": 1}})
        await writer.write({}, Manifest(SOURCE, 10, 0, "rules", {3: named}))
        with pytest.raises(LostState):
            await restore(settings, state, 0)
        await writer.close()

    run(scenario)


def test_a_named_bucket_that_was_deleted_stops_the_restore(settings, state):
    async def scenario():
        writer = await CheckpointWriter.open(settings, state, 0)
        await writer.write({}, Manifest(SOURCE, 10, 0, "rules", {3: Stored(1, 10)}))
        with pytest.raises(LostState):
            await restore(settings, state, 0)
        await writer.close()

    run(scenario)


@pytest.mark.parametrize(
    ("stored", "why"),
    [
        (Manifest(Source("another cluster", "topic"), 0, 0, "rules", {}), "another cluster"),
        (Manifest(Source("cluster", "another topic"), 0, 0, "rules", {}), "another cluster or another bedside topic"),
        (Manifest(SOURCE, 500, 0, "rules", {}), "ends at 0, the state already contains 500"),
    ],
    ids=["cluster", "topic", "log ends before the state"],
)
def test_state_that_does_not_belong_to_the_log_is_refused(settings, stored, why):
    names = topic_names(settings.topic_prefix)
    with producer(settings, client_id="test-state") as earlier:
        earlier.send(names["state"], key=MANIFEST_KEY, value=stored.encode(), partition=0).get(10)

    async def scenario():
        async def produce(_):
            raise AssertionError("nothing is sent while a partition is opened")

        opener = Opener(settings, names, SOURCE, "rules", Counting, produce, lambda *_: None)
        with pytest.raises(ForeignState, match=why):
            await opener.open(0, 1)

    run(scenario)


def test_the_state_topic_takes_large_buckets(settings):
    assert int(GRADER_STATE.config["max.message.bytes"]) >= 8 * 1024 * 1024
