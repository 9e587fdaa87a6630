"""Patients on their way back from the log: nothing is stored meanwhile, and they join when they have come as far."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import Any, NamedTuple

from schemas.encoding import encode
from services.grader.aside import Aside
from services.grader.engine import Origin
from services.grader.engine.partition import Partition
from services.grader.manifest import Manifest, Source
from services.grader.mending import MendablePartition, Mending
from services.grader.sender import Addressed, Sender
from services.grader.topic_names import topic_names
from tests.vignettes.bed import ms, when

MISSING, WELL = "bed-7", "bed-8"
TICK = {"schema": "crs.tick.v1"}


class Lying(NamedTuple):
    """A record of the log."""

    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    topic: str = "crs.bedside.v1"
    partition: int = 0


class Writer:
    """Counts what it is asked to store."""

    def __init__(self) -> None:
        self.written: list[Manifest] = []

    async def write(self, _: Any, manifest: Manifest) -> Manifest:
        self.written.append(manifest)
        return manifest

    async def close(self) -> None: ...


def charted(patient_id: str, minute: float, **fields: object) -> dict:
    event = {"schema": "crs.clinical.v1", "event_id": f"{patient_id}-{minute}", "patient_id": patient_id}
    return {**event, "recorded_at": when(minute), **fields}


def low_pressure(patient_id: str, minute: float) -> dict:
    event = {"schema": "crs.vitals.v1", "event_id": f"{patient_id}-{minute}", "patient_id": patient_id}
    return {**event, "observed_at": when(minute), "source": "manual", "temperature_c": 39.0, "sbp_mmhg": 80.0}


def log_of(*events: tuple[float, dict], begin: int = 0) -> list[Lying]:
    return [
        Lying(begin + place, ms(minute), event["patient_id"].encode() if "patient_id" in event else None, encode(event))
        for place, (minute, event) in enumerate(events)
    ]


def ward_log(begin: int = 0) -> list[Lying]:
    """Two patients fall ill; one of them is merged away from a third name on the way."""
    events: list[tuple[float, dict]] = []
    for bed in (MISSING, WELL):
        events += [
            (0, charted(bed, 0, kind="encounter", action="admit", unit="4W", age_years=60)),
            (1, charted(bed, 1, kind="immunotherapy", product="axi-cel")),
        ]
    events += [(2, low_pressure(MISSING, 2)), (2, low_pressure(WELL, 2)), (3, TICK)]
    return log_of(*events, begin=begin)


class Scene:
    """A partition at the end of a log, in which one patient is missing."""

    def __init__(self, log: list[Lying]) -> None:
        self.log, self.sent, self.writer = log, [], Writer()
        self.more: asyncio.Queue[Sequence[Lying]] = asyncio.Queue()
        engine = Partition()
        self.aside = Aside(engine, buckets=frozenset(), everybody=False)
        self.aside.patients.add(MISSING)
        upto = log[-1].offset + 1
        manifest = Manifest(Source("cluster", "topic"), upto, log[-1].timestamp, engine.rules_hash, {})
        self.owned = MendablePartition(
            0, 1, engine=self.aside, sender=Sender(self._produce, acknowledged=lambda *_: None), writer=self.writer,
            manifest=manifest, topics=topic_names(""), partitions=1,
        )  # fmt: skip
        self.owned.take_over({0: {WELL: self._stored(WELL), MISSING: b"unreadable"}})
        self.mending = Mending(self.aside, Partition(), 1, log[0].offset, upto)

    async def _produce(self, output: Addressed) -> Awaitable[None]:
        self.sent.append(output)
        return asyncio.sleep(0)

    def _stored(self, patient_id: str) -> bytes:
        engine = Partition()
        for record in self.log:
            event = json.loads(record.value or b"")
            if event.get("patient_id") == patient_id:
                engine.apply(event, clock_ms=record.timestamp, origin=Origin(record.topic, 0, record.offset))
        return engine.encoded(patient_id) or b""

    async def _batches(self) -> AsyncGenerator[Sequence[Lying], None]:
        while True:
            yield await self.more.get()

    def mend(self) -> None:
        self.owned.mend(self.mending, self._batches())

    def of(self, topic: str, patient_id: str) -> list[Any]:
        found = [output for output in self.sent if output.topic == topic and output.key == patient_id.encode()]
        return [output.value and json.loads(output.value) for output in found]

    def kinds(self, patient_id: str) -> list[tuple[str, int]]:
        told = self.of("crs.escalations.v1", patient_id)
        return [(one["kind"], one["grade"]) for one in told if one["kind"] in ("crs_rise", "data_gap")]


async def let_run() -> None:
    for _ in range(200):
        await asyncio.sleep(0)


async def joined(scene: Scene) -> None:
    async with asyncio.timeout(10):
        while scene.owned.mending is not None:
            await asyncio.sleep(0.01)
    await let_run()


def run(scenario: Callable[[Scene], Awaitable[None]], log: list[Lying]) -> None:
    async def whole() -> None:
        scene = Scene(log)
        await scenario(scene)
        await scene.owned.abandon()

    asyncio.run(whole())


def test_who_was_missing_is_back_as_if_nothing_had_happened():
    async def scenario(scene):
        scene.mend()
        scene.more.put_nowait(scene.log)
        await joined(scene)

        assert scene.kinds(MISSING) == [("crs_rise", 2)]
        assert scene.kinds(WELL) == []
        assert scene.owned.engine.encoded(MISSING) is not None
        await scene.owned.apply(log_of((4, charted(MISSING, 4, kind="vasopressor", drug="norepinephrine", rate=0.1)),
                                       begin=scene.owned.next))  # fmt: skip
        await let_run()
        assert scene.kinds(MISSING) == [("crs_rise", 2), ("crs_rise", 3)]

    run(scenario, ward_log())


def test_nothing_is_stored_while_somebody_is_missing():
    async def scenario(scene):
        scene.mend()
        await scene.owned.apply(log_of((4, TICK), begin=scene.owned.next))
        assert await scene.owned.checkpoint() is None
        scene.more.put_nowait([*scene.log, *log_of((4, TICK), begin=scene.owned.next - 1)])
        await joined(scene)
        assert scene.writer.written == []

        assert await scene.owned.checkpoint() == scene.owned.next
        assert len(scene.writer.written) == 1

    run(scenario, ward_log())


def test_a_partition_that_is_given_up_meanwhile_stores_nothing_and_says_no_more():
    async def scenario(scene):
        scene.mend()
        await let_run()
        assert await scene.owned.release() is None
        scene.more.put_nowait(scene.log)
        await let_run()

        assert (scene.writer.written, scene.kinds(MISSING)) == ([], [])

    run(scenario, ward_log())


def test_others_are_graded_on_and_who_is_missing_is_not_graded_before_their_past():
    async def scenario(scene):
        scene.mend()
        pressors = [charted(bed, 4, kind="vasopressor", drug="norepinephrine", rate=0.1) for bed in (MISSING, WELL)]
        later = log_of(*((4, event) for event in pressors), begin=scene.owned.next)
        await scene.owned.apply(later)
        await let_run()
        assert (scene.kinds(MISSING), scene.kinds(WELL)) == ([], [("crs_rise", 3)])

        # Read ahead of the partition: what lies there has to wait until it has come as far.
        beyond = log_of((5, TICK), begin=scene.owned.next)
        scene.more.put_nowait([*scene.log, *later, *beyond])
        await joined(scene)
        assert scene.mending.next == beyond[0].offset
        assert (scene.kinds(MISSING), scene.kinds(WELL)) == ([("crs_rise", 2), ("crs_rise", 3)], [("crs_rise", 3)])

    run(scenario, ward_log())


def test_of_a_past_that_is_cut_off_readers_forget_the_higher_revisions_first_and_just_who_is_concerned_is_paged_for():
    async def scenario(scene):
        scene.mend()
        scene.more.put_nowait(scene.log)
        await joined(scene)

        assert [value is None for value in scene.of("crs.estimates.v1", MISSING)][:2] == [True, False]
        assert scene.kinds(MISSING) == [("crs_rise", 2), ("data_gap", 2)]
        assert scene.kinds(WELL) == []
        (gap,) = [told for told in scene.of("crs.escalations.v1", MISSING) if told["kind"] == "data_gap"]
        assert gap["provenance"]["last_offset"] == 899

    run(scenario, ward_log(begin=900))


def no_pulse(minute: float) -> dict:
    return {
        "schema": "crs.vitals.v1", "event_id": f"{MISSING}-{minute}", "patient_id": MISSING,
        "observed_at": when(minute), "source": "manual", "heart_rate_bpm": 0 if minute % 2 else 80,
    }  # fmt: skip


def pages_of(log: list[Lying]) -> list[str]:
    """Ids under which a pulse of 0 was paged for, of who was never admitted, by who is rebuilt from this log."""
    found: list[str] = []

    async def scenario(scene):
        scene.mend()
        scene.more.put_nowait(scene.log)
        await joined(scene)
        told = scene.of("crs.escalations.v1", MISSING)
        found.extend(one["escalation_id"] for one in told if one["kind"] == "critical_value")

    run(scenario, log)
    return found


def test_of_a_past_that_is_cut_off_no_id_is_given_again_that_may_stand_for_an_earlier_page():
    whole = log_of(*((minute, no_pulse(minute)) for minute in range(1, 6)))
    before, (third,) = pages_of(whole), pages_of(whole[4:])

    assert len(before) == len(set(before)) == 3
    assert third not in before  # counted from 1 again, it would be the first one's
    assert pages_of(whole[4:]) == [third]


def test_an_admission_after_the_gap_names_the_stay_as_always():
    admitted = (3, charted(MISSING, 3, kind="encounter", action="admit", unit="4W"))
    log = log_of((1, no_pulse(1)), (2, no_pulse(2)), admitted, (5, no_pulse(5)))

    assert pages_of(log)[1:] == pages_of(log[2:])


def test_what_was_written_into_the_log_before_is_not_written_again():
    merge = charted(MISSING, 2.5, kind="encounter", action="merge", merged_into="bed-9")
    log = [*ward_log()[:-1], *log_of((2.5, merge), begin=6)]

    async def scenario(scene):
        scene.mend()
        scene.more.put_nowait(scene.log)
        await joined(scene)

        assert scene.of("crs.bedside.v1", "bed-9") == []
        assert scene.kinds(MISSING) == [("crs_rise", 2)]

    run(scenario, log)
