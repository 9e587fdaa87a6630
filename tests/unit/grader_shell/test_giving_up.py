"""A partition that is given up ends at once, however little the broker takes, and stores nothing it must not."""

import asyncio
import gc
import json
import time
import weakref
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from schemas.encoding import encode
from services.grader import owned as owned_module
from services.grader.aside import Aside
from services.grader.collecting import calm_down
from services.grader.engine import Origin
from services.grader.engine.partition import Partition
from services.grader.intake import Located
from services.grader.manifest import Manifest, Source
from services.grader.mending import MendablePartition, Mending
from services.grader.ownership import Ownership
from services.grader.sender import Addressed, Sender
from services.grader.topic_names import topic_names
from tests.vignettes.bed import ms, when

NEXT = 500
PATIENTS = [f"bed-{number}" for number in range(3)]


@pytest.fixture(autouse=True)
def without_pauses(monkeypatch):
    monkeypatch.setattr(owned_module, "BREATH", 0)


class Writer:
    """Keeps what it is told to store, once it may; and whether the right to store was given back before."""

    def __init__(self) -> None:
        self.written: list[Manifest] = []
        self.may_write, self.closed = asyncio.Event(), False
        self.may_write.set()

    async def write(self, _: Any, manifest: Manifest) -> Manifest:
        await self.may_write.wait()
        assert not self.closed, "stored after the right to it was given back"
        self.written.append(manifest)
        return manifest

    async def close(self) -> None:
        self.closed = True
        await let_run()


class Scene:
    """A partition with room for two outputs, and a broker that acknowledges nothing until it is told to."""

    def __init__(self) -> None:
        self.receipts: list[asyncio.Future[None]] = []
        self.writer, engine = Writer(), Partition()
        self.owned = MendablePartition(
            0, 1, engine=engine, sender=Sender(self._produce, acknowledged=lambda *_: None, limit=2),
            writer=self.writer, manifest=Manifest(Source("cluster", "topic"), NEXT, ms(5), engine.rules_hash, {}),
            topics=topic_names(""), partitions=1,
        )  # fmt: skip

    async def _produce(self, _: Addressed) -> Awaitable[None]:
        self.receipts.append(asyncio.get_running_loop().create_future())
        return self.receipts[-1]

    def grade_all(self) -> "asyncio.Future[None]":
        """A fever of each patient; more than there is room for."""
        return asyncio.ensure_future(self.owned.apply([fever(NEXT + n, name) for n, name in enumerate(PATIENTS)]))

    def acknowledge(self) -> None:
        for receipt in self.receipts:
            if not receipt.done():
                receipt.set_result(None)

    async def checkpoint_underway(self) -> "asyncio.Future[int | None]":
        """Of all that was graded; it is written, and the broker does not take it yet."""
        await self.grade_all()
        self.writer.may_write.clear()
        storing = asyncio.ensure_future(self.owned.checkpoint())
        await let_run()
        self.acknowledge()
        await let_run()
        return storing


def fever(offset: int, patient_id: str) -> Located:
    event = {
        "schema": "crs.vitals.v1", "event_id": f"{patient_id}-{offset}", "patient_id": patient_id,
        "observed_at": when(6), "source": "manual", "temperature_c": 39.0,
    }  # fmt: skip
    return Located("bedside", 0, offset, ms(6), patient_id.encode(), encode(event))


def run(scenario: Callable[[Scene], Awaitable[None]]) -> None:
    async def whole() -> None:
        async with asyncio.timeout(5):
            await scenario(Scene())

    asyncio.run(whole())


async def let_run() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


def test_grading_that_waits_for_room_ends_with_a_partition_whose_patients_are_still_on_their_way_back():
    async def scenario(scene):
        await scene.grade_all()
        scene.owned.mending = SimpleNamespace()  # nothing is stored, so nothing waits for what is sent
        waiting = asyncio.ensure_future(scene.owned.apply([fever(scene.owned.next, "bed-9")]))
        await let_run()
        assert not waiting.done()

        assert await scene.owned.release() is None

        await waiting
        assert (scene.owned.next, scene.writer.written) == (NEXT + len(PATIENTS), [])

    run(scenario)


def test_a_checkpoint_that_waits_for_the_broker_is_not_stored_when_the_partition_is_given_up():
    async def scenario(scene):
        await scene.grade_all()
        storing = asyncio.ensure_future(scene.owned.checkpoint())
        await let_run()
        assert not storing.done()

        await scene.owned.abandon()
        scene.acknowledge()

        assert await storing is None
        assert (scene.writer.written, scene.owned.stored) == ([], NEXT)

    run(scenario)


def test_of_who_is_given_up_while_patients_are_on_their_way_back_no_checkpoint_is_begun():
    """The task that takes checkpoints may still come by: until the very end somebody is missing."""

    async def scenario(scene):
        await scene.grade_all()
        scene.acknowledge()
        scene.owned.mending = SimpleNamespace()

        given_up = asyncio.ensure_future(scene.owned.release())
        while not given_up.done():
            assert await scene.owned.checkpoint() is None
            await asyncio.sleep(0)

        assert await scene.owned.checkpoint() is None
        assert scene.owned.engine.touched == set(PATIENTS)
        assert scene.writer.written == []

    run(scenario)


def test_giving_up_stores_once_what_was_graded():
    async def scenario(scene):
        await scene.grade_all()
        given_up = asyncio.ensure_future(scene.owned.release())
        storing = asyncio.ensure_future(scene.owned.checkpoint())
        await let_run()
        scene.acknowledge()

        assert (await given_up, await storing) == (NEXT + len(PATIENTS), None)
        assert [manifest.next for manifest in scene.writer.written] == [NEXT + len(PATIENTS)]

    run(scenario)


def test_a_checkpoint_that_is_being_written_is_finished_before_the_right_to_it_is_given_back():
    async def scenario(scene):
        storing = await scene.checkpoint_underway()

        given_up = asyncio.ensure_future(scene.owned.abandon())
        await let_run()
        assert not scene.writer.closed
        scene.writer.may_write.set()

        await asyncio.gather(storing, given_up)
        assert (len(scene.writer.written), scene.writer.closed) == (1, True)

    run(scenario)


def test_a_checkpoint_that_the_broker_does_not_take_tells_since_when_it_waits():
    async def scenario(scene):
        began_s = time.monotonic()
        storing = await scene.checkpoint_underway()
        assert began_s <= scene.owned.waiting_since_s <= time.monotonic()

        scene.writer.may_write.set()
        await storing
        assert scene.owned.waiting_since_s is None

    run(scenario)


def test_a_checkpoint_that_holds_up_the_giving_up_of_a_partition_still_tells_since_when_it_waits():
    """Nothing is opened before that is over, so whoever looks out for what waits too long must see it."""

    async def fetch(_: int) -> None:
        raise AssertionError("the right to write was not given back yet")

    async def scenario(scene):
        ownership = Ownership(SimpleNamespace(fetch=fetch), declare_safe=print, assigned=lambda: [])
        ownership.owned[0] = scene.owned
        storing = await scene.checkpoint_underway()
        since_s = ownership.waiting_since_s()

        opening = asyncio.ensure_future(ownership.apply(0, 2, SimpleNamespace(begin=0)))
        await let_run()
        assert ownership.owned == {}
        assert ownership.waiting_since_s() == since_s is not None

        opening.cancel()
        scene.writer.may_write.set()
        await asyncio.gather(storing, opening, return_exceptions=True)

    run(scenario)


@pytest.fixture
def collecting_as_before():
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


async def unread() -> AsyncGenerator[Sequence[Any], None]:
    """A log that is read on and on."""
    while True:
        yield []
        await asyncio.sleep(0)


def taken_over(scene: Scene) -> None:
    """Estimates are said again: more than there is room for."""
    engine = Partition()
    for name in PATIENTS:
        engine.apply(json.loads(fever(1, name).value), clock_ms=ms(6), origin=Origin("t", 0, 1))
    scene.owned.take_over({0: {name: engine.encoded(name) for name in PATIENTS}})


def mended(scene: Scene) -> None:
    """Patients are on their way back."""
    aside = Aside(scene.owned.engine, buckets=frozenset(), everybody=True)
    scene.owned.mend(Mending(aside, Partition(), 1, 0, NEXT), unread())


def untouched(_: Scene) -> None:
    """Only its sender is at work."""


@pytest.mark.usefixtures("collecting_as_before")
@pytest.mark.parametrize("busy", [taken_over, mended, untouched])
def test_whatever_it_was_doing_a_partition_that_is_given_up_leaves_nothing_behind(busy, monkeypatch):
    """What was there when the next partition was opened is not looked through again: no cycle of it is freed."""
    monkeypatch.setattr(owned_module, "AGAIN", 1)

    async def scenario(scene):
        busy(scene)
        await let_run()
        calm_down()
        parts = [weakref.ref(part) for part in (scene.owned, scene.owned.engine, scene.owned.sender)]

        await scene.owned.abandon()
        scene.acknowledge()
        scene.owned = None
        await let_run()
        gc.collect()

        assert [part() is None for part in parts] == [True] * 3

    run(scenario)
