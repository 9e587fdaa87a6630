"""What a new owner says of its own: the estimates that stand, as they stand when their turn comes."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple

import pytest

from schemas.encoding import encode
from schemas.ids import fault_id
from services.grader import owned as owned_module
from services.grader.buckets import BUCKETS, bucket_of
from services.grader.engine import Origin
from services.grader.engine.partition import Partition
from services.grader.manifest import Manifest, Newest, Source, Stored, decode_bucket
from services.grader.owned import AGAIN, OwnedPartition
from services.grader.sender import Addressed, Sender, SendingStopped
from services.grader.topic_names import topic_names
from tests.vignettes.bed import ms, when

PATIENTS = [f"bed-{number}" for number in range(2 * AGAIN + 1)]
MANIFEST = Manifest(Source("cluster", "topic"), 500, ms(5), "rules", {})


@pytest.fixture(autouse=True)
def without_pauses(monkeypatch):
    monkeypatch.setattr(owned_module, "BREATH", 0)


class Plain(NamedTuple):
    """A consumed record."""

    offset: int
    timestamp: int
    key: bytes
    value: bytes


class Writer:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.written: list[tuple[dict[int, tuple[bytes, int]], Manifest]] = []

    async def write(self, buckets: dict[int, tuple[bytes, int]], manifest: Manifest) -> Manifest:
        self.written.append((buckets, manifest))
        return manifest

    async def close(self) -> None: ...


def vitals(patient_id: str, minute: float, **signs: float) -> dict:
    return {
        "schema": "crs.vitals.v1", "event_id": f"{patient_id}-{minute}", "patient_id": patient_id,
        "observed_at": when(minute), "source": "manual", **signs,
    }  # fmt: skip


def graded(engine: Partition, patient_id: str, minute: float, **signs: float) -> None:
    engine.apply(vitals(patient_id, minute, **signs), clock_ms=ms(minute), origin=Origin("t", 0, 1))


def stored() -> dict[int, dict]:
    """A checkpoint of patients with fever."""
    engine = Partition()
    for patient_id in PATIENTS:
        graded(engine, patient_id, 1, temperature_c=38.5)
    return {0: {patient_id: engine.encoded(patient_id) for patient_id in PATIENTS}}


def record(offset: int, patient_id: str, minute: float) -> Plain:
    body = encode(vitals(patient_id, minute, temperature_c=39.0))
    return Plain(offset, ms(minute), patient_id.encode(), body)


def taken_over(
    scenario: Callable[[OwnedPartition, list[Addressed]], Awaitable[None]],
    manifest: Manifest = MANIFEST,
    writer: Writer | None = None,
) -> None:
    async def whole() -> None:
        sent: list[Addressed] = []

        async def produce(output: Addressed) -> Awaitable[None]:
            sent.append(output)
            return asyncio.sleep(0)

        owned = OwnedPartition(
            0, 1, engine=Partition(), sender=Sender(produce, acknowledged=lambda *_: None), writer=writer or Writer(),
            manifest=manifest, topics=topic_names(""), partitions=1,
        )  # fmt: skip
        owned.take_over(stored())
        await scenario(owned, sent)
        await owned.abandon()

    asyncio.run(whole())


async def let_run(owned: OwnedPartition) -> None:
    """Everybody's estimate is said again, and all that was said is sent."""
    with suppress(SendingStopped):
        if owned._saying_again is not None:
            await owned._saying_again
        await owned.sender.settled()


def test_each_restored_patients_estimate_is_sent_once():
    async def scenario(owned, sent):
        await let_run(owned)

        assert [output.topic for output in sent] == ["crs.estimates.v1"] * len(PATIENTS)
        assert {output.key.decode() for output in sent} == set(PATIENTS)
        # It follows from no record, and nothing has to be stored for it.
        assert {output.cause for output in sent} == {b""}
        assert await owned.checkpoint() is None

    taken_over(scenario)


def test_what_was_graded_meanwhile_is_not_followed_by_something_older():
    async def scenario(owned, sent):
        last = max(PATIENTS)
        graded(owned.engine, last, 6, temperature_c=39.0)
        await let_run(owned)

        (again,) = [json.loads(output.value) for output in sent if output.key.decode() == last]
        assert again["revision"] == owned.engine.patients[last].revision > 1

    taken_over(scenario)


def test_lost_records_page_once_for_each_patient_before_anything_else():
    async def scenario(owned, sent):
        owned.skip_to(520)
        await let_run(owned)

        pages = [json.loads(output.value) for output in sent if output.topic == "crs.escalations.v1"]
        assert {page["patient_id"] for page in pages} == set(PATIENTS)
        assert {(page["kind"], page["priority"]) for page in pages} == {("data_gap", "high")}
        assert {page["escalation_id"] for page in pages} == {fault_id(name, "data_gap", 500) for name in PATIENTS}
        assert [output.topic for output in sent[:2]] == ["crs.escalations.v1", "crs.evidence.v1"]
        assert owned.next == 520

    taken_over(scenario)


def test_a_partition_that_is_given_up_says_no_more():
    async def scenario(owned, sent):
        await owned.abandon()
        await let_run(owned)

        assert sent == []

    taken_over(scenario)


def test_a_record_that_the_state_contains_moves_the_clock_all_the_same():
    """The next one may be dated before it, and is graded at the same time as if nobody had taken over."""
    covered, other = PATIENTS[:2]
    buckets = {0: Stored(1, 500), bucket_of(covered): Stored(2, 501)}

    async def scenario(owned, sent):
        await owned.apply([record(500, covered, 20), record(501, other, 10)])
        await let_run(owned)

        pages = [json.loads(output.value) for output in sent if output.topic == "crs.estimates.v1"]
        assert owned.engine.clock_ms == ms(20)
        assert [page["as_of"] for page in pages if page["patient_id"] == other][-1] == when(20)

    assert bucket_of(covered) != bucket_of(other)
    taken_over(scenario, replace(MANIFEST, buckets=buckets))


def test_who_comes_first_while_a_checkpoint_is_encoded_is_in_what_it_says_it_contains():
    """Else their records are skipped after a restore, and they are gone."""
    writer, newcomers = Writer(), [f"new-{number}" for number in range(20)]
    known = [record(500 + place, patient_id, 6) for place, patient_id in enumerate(PATIENTS)]

    async def scenario(owned, sent):
        await owned.apply(known)
        storing = asyncio.ensure_future(owned.checkpoint())
        for place, patient_id in enumerate(newcomers):
            await asyncio.sleep(0)
            await owned.apply([record(500 + len(PATIENTS) + place, patient_id, 7)])
        await storing
        await owned.checkpoint()

    taken_over(scenario, writer=writer)
    for buckets, _ in writer.written:
        for number, (stored, upto) in buckets.items():
            patients, contained = decode_bucket(stored)
            assert contained == upto
            below = {one for place, one in enumerate(newcomers) if 500 + len(PATIENTS) + place < upto}
            assert {one for one in below if bucket_of(one) == number} <= patients.keys()
    assert set(newcomers) <= {one for stored, _ in writer.written[-1][0].values() for one in decode_bucket(stored)[0]}


def test_of_a_bucket_that_needs_fewer_parts_than_before_the_writer_is_told_which_there_were():
    """It takes the old ones off the topic, and names them no more (`test_checkpoint.py` in the integration tests)."""
    number, untouched, writer = bucket_of("new"), (bucket_of("new") + 1) % BUCKETS, Writer()
    before = {
        part: Stored(at, 500)
        for at, part in enumerate((number, number + BUCKETS, untouched, untouched + BUCKETS))
    }  # fmt: skip

    async def scenario(owned, sent):
        await owned.apply([record(500, "new", 6)])
        owned.engine.touched = {"new"}
        await owned.checkpoint()

    taken_over(scenario, replace(MANIFEST, buckets=before), writer)
    ((buckets, manifest),) = writer.written
    assert list(buckets) == [number]
    assert manifest.buckets == before


def test_a_checkpoint_names_the_newest_record_that_any_part_of_it_contains():
    writer = Writer()

    async def scenario(owned, _):
        await owned.apply([record(500, "bed-1", 6), record(501, "bed-2", 7)])
        await owned.checkpoint()
        await owned.apply([record(502, "bed-1", 8)])
        await owned.checkpoint()

    taken_over(scenario, writer=writer)
    assert [manifest.newest for _, manifest in writer.written] == [Newest(501, ms(7)), Newest(502, ms(8))]


def test_until_it_is_reached_again_the_newest_record_stays_the_one_that_the_restored_state_contains():
    writer, restored = Writer(), replace(MANIFEST, newest=Newest(501, ms(7)))

    async def scenario(owned, _):
        for offset in (500, 501, 502):
            await owned.apply([record(offset, "bed-1", 6.5 + offset - 500)])
            await owned.checkpoint()

    taken_over(scenario, restored, writer)
    newest = [manifest.newest for _, manifest in writer.written]
    assert newest == [Newest(501, ms(7)), Newest(501, ms(7.5)), Newest(502, ms(8.5))]


class ProcessEnded(Exception):
    """Stands for the end of the process."""


@pytest.mark.parametrize(("stamped", "ends"), [(6, False), (6.01, True)])
def test_records_that_come_again_and_are_others_now_end_the_process(monkeypatch, stamped, ends):
    whys: list[str] = []

    def end_process(why: str, **_: int) -> None:
        whys.append(why)
        raise ProcessEnded

    monkeypatch.setattr(owned_module, "end_process", end_process)

    async def scenario(owned, _):
        await owned.apply([record(500, "bed-1", 5), record(501, "bed-1", 6)])
        with suppress(ProcessEnded):
            await owned.apply([record(500, "bed-1", 5), record(501, "bed-1", stamped), record(502, "bed-1", 7)])

        assert owned.next == (502 if ends else 503)

    taken_over(scenario)
    assert whys == ["the log has other records now than were graded"] * ends


def test_a_bucket_that_was_restored_from_later_than_the_partition_still_says_so():
    """Else what it contains already is graded once more after another restart."""
    writer, patient_id = Writer(), PATIENTS[0]
    number = bucket_of(patient_id)

    async def scenario(owned, _):
        await owned.apply([record(500, patient_id, 6)])
        owned.engine.touched.add(patient_id)  # by time alone: the record is in its state already
        await owned.checkpoint()

    taken_over(scenario, replace(MANIFEST, buckets={number: Stored(1, 510)}), writer)
    ((buckets, _),) = writer.written
    assert buckets[number][1] == 510
