"""Very many patients fall silent at once: they are worked off a slice at a time, and everything is as in one go."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

import pytest

from schemas.encoding import encode
from services.grader import mending as mending_module
from services.grader import owned as owned_module
from services.grader.addressing import addressed
from services.grader.aside import Aside
from services.grader.engine import Origin
from services.grader.engine.partition import Partition
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.intake import Located, read
from services.grader.manifest import Manifest, Source, decode_bucket
from services.grader.mending import MendablePartition, Mending
from services.grader.sender import Addressed, Sender
from services.grader.topic_names import topic_names
from tests.vignettes.bed import HOUR_MIN, ms, when

PATIENTS = [f"bed-{number}" for number in range(12)]
OTHER = replace(DEFAULT_RULES, id="other", low_spo2_pct=93)
SOURCE = Source("cluster", "topic")
TOPICS = topic_names("")


class Writer:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.buckets: dict[int, bytes] = {}
        self.manifests: list[Manifest] = []

    async def write(self, buckets: dict[int, tuple[bytes, int]], manifest: Manifest) -> Manifest:
        self.buckets |= {number: body for number, (body, _) in buckets.items()}
        self.manifests.append(manifest)
        return manifest

    async def close(self) -> None: ...


def lying(offset: int, minute: float, event: dict) -> Located:
    key = event["patient_id"].encode() if "patient_id" in event else None
    return Located(TOPICS["bedside"], 0, offset, ms(minute), key, encode(event))


def ward() -> list[Located]:
    """Everybody with a fever, and a saturation that another set of rules calls low."""
    events = [
        {
            "schema": "crs.vitals.v1", "event_id": f"v-{name}", "patient_id": name, "observed_at": when(0),
            "source": "monitor", "temperature_c": 38.4, "heart_rate_bpm": 80, "spo2_pct": 92,
        }
        for name in PATIENTS
    ]  # fmt: skip
    return [lying(offset, 0, event) for offset, event in enumerate(events)]


TICKED = {"schema": "crs.tick.v1"}
ACTIVATED = {"schema": "crs.rules.v1", "rules_id": OTHER.id, "rules_hash": OTHER.hash, "activated_by": "lead"}
LATE = {
    "schema": "crs.vitals.v1", "event_id": "late", "patient_id": "bed-3", "observed_at": when(12 * HOUR_MIN),
    "source": "manual", "temperature_c": 38.1,
}  # fmt: skip
LONG = [
    pytest.param(lying(len(PATIENTS), 12 * HOUR_MIN, event), id=event["schema"]) for event in (TICKED, LATE, ACTIVATED)
]


def engine() -> Partition:
    return Partition(ready=[OTHER], watch_all=True)


def in_one_go(records: Iterable[Located]) -> list[Addressed]:
    """As an engine says it that is asked once a record."""
    partition, said = engine(), list[Addressed]()
    for record in records:
        event, clock_ms = read(record, 1), max(partition.clock_ms, record.timestamp)
        if event["schema"] == "crs.tick.v1":
            outputs = partition.advance(clock_ms)
        else:
            outputs = partition.apply(event, clock_ms=clock_ms, origin=Origin(*record[:3]))
        said += addressed(outputs, record, TOPICS, partition=0, clock_ms=clock_ms)
    return said


class Scene:
    """A partition that has graded the ward."""

    def __init__(self, manifest: Manifest | None = None) -> None:
        self.sent, self.writer, self.engine = list[Addressed](), Writer(), engine()
        found = manifest or Manifest(SOURCE, 0, 0, self.engine.rules_hash, {})
        assert self.engine.resume(found.rules)
        self.owned = MendablePartition(
            0, 1, engine=self.engine, sender=Sender(self._produce, acknowledged=lambda *_: None), writer=self.writer,
            manifest=found, topics=TOPICS, partitions=1,
        )  # fmt: skip

    async def _produce(self, output: Addressed) -> Awaitable[None]:
        self.sent.append(output)
        return asyncio.sleep(0)

    async def until_under_way(self, slices: int) -> None:
        begun = self.owned.slices
        while self.owned.under_way is None or self.owned.slices < begun + slices:
            await asyncio.sleep(0)


@pytest.fixture(autouse=True)
def everything_is_slow(monkeypatch):
    """A slice is over after one portion."""
    monkeypatch.setattr(owned_module, "SLICE_S", 0.0)
    monkeypatch.setattr(owned_module, "BREATH", 0)


def run(scenario: Callable[[Scene], Awaitable[None]]) -> None:
    async def whole() -> None:
        scene = Scene()
        async with asyncio.timeout(20):
            await scenario(scene)
        await scene.owned.abandon()

    asyncio.run(whole())


@pytest.mark.parametrize("long", LONG)
def test_others_have_their_turn_patient_by_patient_and_what_is_said_is_the_same(long):
    after = lying(long.offset + 1, 12 * HOUR_MIN + 1, TICKED)
    turns: list[tuple[int, int]] = []

    async def scenario(scene):
        async def others() -> None:
            while True:
                turns.append((scene.owned.next, len(scene.engine.touched)))
                await asyncio.sleep(0)

        await scene.owned.apply(ward())
        scene.engine.touched.clear()
        waiting = asyncio.ensure_future(others())
        await scene.owned.apply([long, after])
        waiting.cancel()
        await scene.owned.sender.settled()
        assert scene.sent == in_one_go([*ward(), long, after])
        assert [output.cause for output in scene.sent if output.cause.startswith(b"0:%d:" % long.offset)]

    run(scenario)
    assert max(after - before for (_, before), (_, after) in pairwise(turns)) == 1
    assert {touched for at, touched in turns if at == long.offset} >= set(range(len(PATIENTS)))


@pytest.mark.parametrize("long", LONG)
def test_what_is_sent_waits_for_kafka_within_a_record_too(long):
    async def scenario(scene):
        await scene.owned.apply(ward())
        await scene.owned.sender.settled()
        taken, scene.sent = asyncio.Event(), []

        async def slow(output: Addressed) -> Awaitable[object]:
            scene.sent.append(output)
            return taken.wait()

        scene.owned.sender.close()
        scene.owned.sender = Sender(slow, acknowledged=lambda *_: None, limit=3)
        applying = asyncio.ensure_future(scene.owned.apply([long]))
        await scene.until_under_way(1)
        for _ in range(100):
            await asyncio.sleep(0)
        assert 3 <= len(scene.sent) < 3 + 4  # the outputs of one patient are not torn apart
        assert not applying.done()
        taken.set()
        await applying

    run(scenario)


@pytest.mark.parametrize("slices", range(1, len(PATIENTS), 2))
@pytest.mark.parametrize("long", LONG)
def test_stored_in_the_middle_and_begun_again_it_does_the_rest_and_nothing_twice(long, slices):
    after = lying(long.offset + 1, 12 * HOUR_MIN + 1, TICKED)

    async def scenario(scene):
        await scene.owned.apply(ward())
        applying = asyncio.ensure_future(scene.owned.apply([long]))
        await scene.until_under_way(slices)
        assert await scene.owned.release() == long.offset
        await applying
        manifest = scene.writer.manifests[-1]
        assert (manifest.next, manifest.rules) == (long.offset, DEFAULT_RULES.hash)

        again = Scene(replace(manifest, buckets={}))
        again.owned.take_over({number: decode_bucket(body)[0] for number, body in scene.writer.buckets.items()})
        again.owned._saying_again.cancel()
        await again.owned.apply([long, after])
        await again.owned.sender.settled()
        said = [*scene.sent, *again.sent]
        await again.owned.abandon()
        for name in PATIENTS:
            assert of(name, said) == of(name, in_one_go([*ward(), long, after]))
        assert again.engine.rules_hash == (OTHER.hash if b"rules_hash" in long.value else DEFAULT_RULES.hash)

    run(scenario)


def of(name: str, outputs: Sequence[Addressed]) -> list[tuple[str, bytes | None]]:
    return [(output.topic, output.value) for output in outputs if output.key == name.encode()]


def test_estimates_that_stand_are_not_said_again_in_the_middle_of_a_change_of_rules():
    async def scenario(scene):
        await scene.owned.apply(ward())
        long = lying(len(PATIENTS), 1, ACTIVATED)
        applying = asyncio.ensure_future(scene.owned.apply([long]))
        await scene.until_under_way(2)
        again = asyncio.ensure_future(scene.owned._say_again(PATIENTS))
        await applying
        await again
        await scene.owned.sender.settled()
        since = scene.sent[-len(PATIENTS) :]
        assert not any(output.cause for output in since)
        assert all(OTHER.hash.encode() in output.value for output in since)

    run(scenario)


def test_estimates_said_again_before_a_change_of_rules_goes_on_do_not_stay_under_the_old_ones():
    long = lying(len(PATIENTS), 1, ACTIVATED)

    async def scenario(scene):
        await scene.owned.apply(ward())
        applying = asyncio.ensure_future(scene.owned.apply([long]))
        await scene.until_under_way(len(PATIENTS) // 2)
        await scene.owned.release()
        await applying

        again = Scene(replace(scene.writer.manifests[-1], buckets={}))
        again.owned.take_over({number: decode_bucket(body)[0] for number, body in scene.writer.buckets.items()})
        for _ in range(100):
            await asyncio.sleep(0)
        await again.owned.apply([long])
        await again.owned._saying_again
        await again.owned.sender.settled()
        await again.owned.abandon()
        newest = {output.key: output.value for output in again.sent if output.topic == TOPICS["estimates"]}
        assert len(newest) == len(PATIENTS)
        assert all(OTHER.hash.encode() in estimate for estimate in newest.values())

    run(scenario)


def test_patients_who_come_back_from_the_log_join_between_two_records(monkeypatch):
    monkeypatch.setattr(mending_module, "SLICE_S", 1e-3)
    missing = "bed-7"

    async def scenario(scene):
        aside, long = Aside(scene.engine, buckets=frozenset(), everybody=False), lying(len(PATIENTS), 1, ACTIVATED)
        aside.patients.add(missing)
        scene.owned.engine = aside
        await scene.owned.apply(ward())
        applying = asyncio.ensure_future(scene.owned.apply([long]))
        await scene.until_under_way(1)
        log = [*ward(), long]

        async def batches():
            yield log[:-1]
            yield log[-1:]

        scene.owned.mend(Mending(aside, engine(), 1, 0, len(PATIENTS)), batches())
        await applying
        async with asyncio.timeout(10):
            while scene.owned.mending is not None:
                await asyncio.sleep(0.01)
        assert scene.owned.engine is scene.engine
        places = {name: state.place.offset for name, state in scene.engine.patients.items()}
        assert places == dict.fromkeys(PATIENTS, long.offset)

    run(scenario)


def test_the_watch_counts_slices():
    async def scenario(scene):
        began_s = time.monotonic()
        await scene.owned.apply(ward())
        before = scene.owned.slices
        await scene.owned.apply([lying(len(PATIENTS), 12 * HOUR_MIN, TICKED)])
        assert scene.owned.slices >= before + len(PATIENTS)
        assert scene.owned.progress_s >= began_s

    run(scenario)
