"""Checkpoints on real Kafka: what was stored comes back, a former owner is fenced, nothing missing goes unnoticed."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace

import orjson
import pytest
from aiokafka.errors import ProducerFenced

from services.grader import manifest as manifest_module
from services.grader.buckets import BUCKETS
from services.grader.checkpoint import CheckpointWriter
from services.grader.manifest import Manifest, Source, Stored, bucket_key, encode_bucket, encode_parts
from services.grader.restore import Restored, restore
from services.grader.settings import GraderSettings
from services.grader.topic_names import topic_names
from services.runtime.kafka_clients import LARGEST_RECORD_BYTES
from tests.integration.grader.checkpoints import NOTHING, SOURCE, opened
from tests.integration.grader.damage import StatePartition
from tests.unit.grader_shell.freezing import FOLDER, NEXT_OFFSET

pytestmark = pytest.mark.kafka


@pytest.fixture
def settings(ward_topics):
    return GraderSettings(**ward_topics.model_dump())


@pytest.fixture
def state(settings):
    return topic_names(settings.topic_prefix)["state"]


async def write(
    writer: CheckpointWriter, before: Manifest, upto: int, buckets: dict[int, dict[str, bytes]]
) -> Manifest:
    encoded = {number: (encode_bucket(patients, upto), upto) for number, patients in buckets.items()}
    return await writer.write(encoded, replace(before, next=upto, clock_ms=upto * 1000))


class CutShort(Exception):
    """Stands for the process dying between two records of a checkpoint."""


class CutsShort(dict):
    """Buckets of which only the first can be had."""

    def items(self):
        yield from super().items()
        raise CutShort


@dataclass(frozen=True, slots=True)
class Spoilt(Manifest):
    """A manifest that is written as other bytes."""

    value: bytes = b""
    source: Source = SOURCE
    next: int = 0
    clock_ms: int = 0
    rules: str = ""
    buckets: Mapping[int, Stored] = field(default_factory=dict)

    def encode(self) -> bytes:
        return self.value


def run(scenario: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(scenario())


def test_nothing_stored_is_nothing_to_restore(settings, state):
    assert asyncio.run(restore(settings, state, 0)) == Restored()


def test_the_newest_of_each_bucket_comes_back(settings, state):
    async def scenario():
        async with opened(settings, state, 1) as writer:
            first = await write(writer, NOTHING, 10, {3: {"bed-7": b"1\n"}, 4: {"bed-8": b"1\n"}})
            second = await write(writer, first, 20, {3: {"bed-7": b"2\n"}})

            found = await restore(settings, state, 1)
            assert found == Restored(second, {3: {"bed-7": b"2\n"}, 4: {"bed-8": b"1\n"}}, anything=True)
            assert second.buckets[4] == first.buckets[4]

    run(scenario)


def test_a_manifest_far_from_the_end_is_found(settings, state):
    async def scenario():
        async with opened(settings, state) as writer:
            found = await write(writer, NOTHING, 10, {3: {"bed-7": b"1\n"}})
            for upto in range(11, 40):
                found = await write(
                    writer, found, upto, {number: {f"p-{number}": b"%d\n" % upto} for number in range(20)}
                )
            restored = await restore(settings, state, 0)

        assert restored.manifest == found
        assert (restored.buckets[3], restored.buckets[19]) == ({"p-3": b"39\n"}, {"p-19": b"39\n"})

    run(scenario)


def test_an_unfinished_checkpoint_is_as_if_it_had_never_begun(settings, state):
    async def scenario():
        async with opened(settings, state) as writer:
            stored = await write(writer, NOTHING, 10, {3: {"bed-7": b"1\n"}})
            with pytest.raises(CutShort):
                await writer.write(CutsShort({3: (encode_bucket({"bed-7": b"2\n"}, 20), 20)}), stored)

            assert await restore(settings, state, 0) == Restored(stored, {3: {"bed-7": b"1\n"}}, anything=True)

    run(scenario)


def test_a_former_owner_that_wakes_up_cannot_write(settings, state):
    async def scenario():
        async with opened(settings, state) as former:
            stored = await write(former, NOTHING, 10, {3: {"bed-7": b"1\n"}})
            async with opened(settings, state):
                with pytest.raises(ProducerFenced):
                    await write(former, stored, 20, {3: {"bed-7": b"2\n"}})

                assert await restore(settings, state, 0) == Restored(stored, {3: {"bed-7": b"1\n"}}, anything=True)

    run(scenario)


@pytest.mark.parametrize(
    "named",
    [Stored(0, 999), Stored(1, 10), Stored(2, 10), Stored(10_000, 10)],
    ids=["another version of it", "a transaction's marker", "another record", "beyond the end"],
)
def test_a_bucket_that_is_not_what_the_manifest_names_is_unreadable_and_the_others_are_read(settings, state, named):
    async def scenario():
        async with opened(settings, state) as writer:
            first = await write(writer, NOTHING, 10, {3: {"bed-7": b"1\n"}})
            second = await write(writer, first, 20, {4: {"bed-8": b"1\n"}})
            await writer.write({}, replace(second, buckets={**second.buckets, 3: named}))
            found = await restore(settings, state, 0)

        assert (found.buckets, found.unreadable) == ({4: {"bed-8": b"1\n"}}, {3})

    run(scenario)


def test_a_bucket_in_parts_comes_back_whole_or_not_at_all(settings, state, monkeypatch):
    monkeypatch.setattr(manifest_module, "MOST_BYTES", 4)
    patients = {f"bed-{number}": b"%d\n" % number for number in range(6)}

    async def scenario():
        async with opened(settings, state) as writer:
            first = await writer.write(encode_parts(3, patients, 10) | encode_parts(4, {"a": b"1\n"}, 10), NOTHING)
            assert sorted(first.buckets) == [3, 4, 3 + BUCKETS, 3 + 2 * BUCKETS]
            found = await restore(settings, state, 0)
            assert (found.buckets, found.unreadable) == ({3: patients, 4: {"a": b"1\n"}}, frozenset())

            lost = {**first.buckets, 3 + BUCKETS: Stored(10_000, 10)}
            await writer.write({}, replace(first, buckets=lost))
            found = await restore(settings, state, 0)
            assert (found.buckets, found.unreadable) == ({4: {"a": b"1\n"}}, {3})

    run(scenario)


def test_a_part_that_a_bucket_has_outlived_does_not_lie_in_the_topic_for_good(settings, state, monkeypatch):
    monkeypatch.setattr(manifest_module, "MOST_BYTES", 4)
    patients = {f"bed-{number}": b"%d\n" % number for number in range(4)}

    async def scenario():
        async with opened(settings, state) as writer:
            first = await writer.write(encode_parts(3, patients, 10) | encode_parts(4, patients, 10), NOTHING)
            second = await writer.write(encode_parts(3, {"bed-0": b"0\n"}, 20), first)
            found = await restore(settings, state, 0)

        assert found == Restored(second, {3: {"bed-0": b"0\n"}, 4: patients}, anything=True)
        stored = StatePartition(settings, 0)
        assert stored.newest(bucket_key(3 + BUCKETS)).value is None
        assert stored.newest(bucket_key(4 + BUCKETS)).value is not None

    run(scenario)


def test_a_patient_who_is_larger_than_any_record_is_stored_and_comes_back(settings, state):
    """Seventeen MiB that nothing makes smaller: of a source that says several times a second that it charts by hand."""
    patients = {"bed-7": b"[1]\n" + random.Random(7).randbytes(LARGEST_RECORD_BYTES + 1024 * 1024), "bed-8": b"[1]\n"}

    async def scenario():
        async with opened(settings, state) as writer:
            await writer.write(encode_parts(3, patients, 10), NOTHING)
        found = await restore(settings, state, 0)

        assert (found.buckets == {3: patients}, found.unreadable) == (True, frozenset())

    run(scenario)


@pytest.mark.parametrize("value", [b"", b"[]", b"{}", b'{"format":99}', b"\xff"])
def test_a_manifest_that_cannot_be_read_is_not_replaced_by_an_older_one(settings, state, value):
    async def scenario():
        async with opened(settings, state) as writer:
            await write(writer, NOTHING, 10, {3: {"bed-7": b"1\n"}})
            await writer.write({}, Spoilt(value=value))

        assert await restore(settings, state, 0) == Restored(anything=True)

    run(scenario)


@pytest.mark.parametrize("value", [b"", b"[]", b"{}", b'{"format":99}', b"\xff"])
def test_a_bucket_that_cannot_be_read_is_told_apart(settings, state, value):
    async def scenario():
        async with opened(settings, state) as writer:
            first = await write(writer, NOTHING, 10, {3: {"bed-7": b"1\n"}, 4: {"bed-8": b"1\n"}})
            await writer.write({3: (value, 20)}, replace(first, next=20))
            found = await restore(settings, state, 0)

        assert (found.buckets, found.unreadable) == ({4: {"bed-8": b"1\n"}}, {3})

    run(scenario)


def test_a_checkpoint_of_the_first_format_is_read(settings, state):
    former = FOLDER / "1.1"
    manifest = orjson.loads((former / "manifest").read_bytes()) | {"buckets": {"3": [0, NEXT_OFFSET]}}

    async def scenario():
        async with opened(settings, state) as writer:
            bucket = {3: ((former / "bucket").read_bytes(), NEXT_OFFSET)}
            await writer.write(bucket, Spoilt(value=orjson.dumps(manifest)))
        found = await restore(settings, state, 0)

        assert (found.manifest.next, found.unreadable) == (NEXT_OFFSET, frozenset())
        assert found.buckets[3].keys() == orjson.loads((former / "shown.json").read_bytes()).keys()

    run(scenario)
