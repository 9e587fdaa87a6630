"""A batch goes to the engine record by record, in its order, each once; and others get their turn in between."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.encoding import encode
from schemas.rates import as_record
from schemas.rejected import KEPT_KEY_BYTES
from services.grader import owned as owned_module
from services.grader.buckets import bucket_of
from services.grader.engine import Heard, Output, Portion, TakenIn
from services.grader.intake import Located
from services.grader.manifest import Manifest, Source, Stored
from services.grader.owned import SLICE, OwnedPartition
from services.grader.sender import Addressed, Sender
from services.grader.topic_names import topic_names

CLOCK_MS = 1_000
OBSERVED_MS = 1_772_375_400_250
TICK = {"schema": "crs.tick.v1"}


class Writer:
    """Never has to write."""

    async def close(self) -> None: ...


class Listing:
    """An engine that lists what it is given; `common` are the events it takes in at once."""

    rules_hash = "rules"

    def __init__(self, common: Callable[[str], bool]) -> None:
        self._common = common
        self.clock_ms = CLOCK_MS
        self.touched: set[str] = set()
        self.given: list[tuple[Any, ...]] = []
        self.applied: list[dict[str, Any]] = []

    def take_in(self, heard: Iterable[Heard], covered_upto: int) -> TakenIn:
        many, last = 0, None
        for record, event, at_ms in heard:
            if at_ms is None or record.offset < covered_upto or not self._common(as_record(event)["event_id"]):
                return TakenIn(many, last, (record, event, at_ms))
            self.clock_ms = max(self.clock_ms, record.timestamp)
            self.given.append(("taken", record.offset, self.clock_ms, at_ms))
            many, last = many + 1, record
        return TakenIn(many, last, None)

    def applying(self, record: dict[str, Any], *, clock_ms: int, origin: Any) -> Iterator[Portion]:
        self.given.append(("applied", origin.offset, clock_ms))
        self.applied.append(record)
        self.clock_ms = clock_ms
        yield Portion([Output("estimates", record["patient_id"], {"offset": origin.offset})], is_last=True)

    def advancing(self, now_ms: int) -> Iterator[Portion]:
        self.given.append(("ticked", now_ms))
        self.clock_ms = now_ms
        yield Portion((), is_last=True)


def vitals(offset: int, at_ms: int, patient_id: str = "bed-1", event_id: str = "common") -> Located:
    event = {
        "schema": "crs.vitals.v1", "event_id": event_id, "patient_id": patient_id,
        "observed_at": "2026-03-01T14:30:00.250Z", "source": "monitor", "heart_rate_bpm": 80,
    }  # fmt: skip
    return Located("bedside", 0, offset, at_ms, patient_id.encode(), encode(event))


def graded(
    scenario: Callable[[OwnedPartition, Listing], Awaitable[None]],
    *,
    begin: int = 0,
    covered: dict[str, int] | None = None,
) -> list[Addressed]:
    """What was sent while a partition, restored up to `begin` and some patients further, went through a scenario."""
    sent: list[Addressed] = []

    async def produce(output: Addressed) -> Awaitable[None]:
        sent.append(output)
        return asyncio.sleep(0)

    async def whole() -> None:
        buckets = {bucket_of(patient_id): Stored(0, upto) for patient_id, upto in (covered or {}).items()}
        engine = Listing(lambda event_id: event_id == "common")
        owned = OwnedPartition(
            0, 1, engine=engine, sender=Sender(produce, acknowledged=lambda *_: None), writer=Writer(),
            manifest=Manifest(Source("cluster", "topic"), begin, CLOCK_MS, "rules", buckets),
            topics=topic_names(""), partitions=1,
        )  # fmt: skip
        await scenario(owned, engine)
        await owned.sender.settled()
        await owned.abandon()

    asyncio.run(whole())
    return sent


def test_the_common_record_is_taken_in_and_every_other_goes_the_ordinary_way_in_order():
    async def scenario(owned, engine):
        await owned.apply(
            [
                vitals(0, 1_100),
                vitals(1, 1_200, event_id="odd"),
                Located("bedside", 0, 2, 1_300, None, encode(TICK)),
                vitals(3, 1_250),  # the broker's clock went back: ours never does
            ]
        )
        assert engine.given == [
            ("taken", 0, 1_100, OBSERVED_MS),
            ("applied", 1, 1_200),
            ("ticked", 1_300),
            ("taken", 3, 1_300, OBSERVED_MS),
        ]
        assert owned.next == 4

    (estimate,) = graded(scenario)
    assert estimate.cause == b"0:1:0"


def test_what_is_said_of_a_record_has_its_fields_in_the_order_of_the_schema_whatever_the_senders():
    async def scenario(owned, engine):
        odd = json.loads(vitals(0, 1_100, event_id="odd").value)
        await owned.apply(
            [Located("bedside", 0, 0, 1_100, b"bed-1", encode({name: odd[name] for name in reversed(odd)}))]
        )
        assert [list(record) for record in engine.applied] == [list(odd)]

    graded(scenario)


def test_a_refused_record_is_kept_with_its_place_and_does_not_move_the_clock():
    async def scenario(owned, engine):
        await owned.apply([vitals(0, 1_100), Located("bedside", 0, 1, 9_000, b"bed-1", b"{"), vitals(2, 1_200)])
        assert engine.given == [("taken", 0, 1_100, OBSERVED_MS), ("taken", 2, 1_200, OBSERVED_MS)]
        assert owned.next == 3

    (rejected,) = graded(scenario)
    assert json.loads(rejected.value)["source"] == "kafka:crs.bedside.v1/0/1"
    assert json.loads(rejected.value)["reason"] == "not_json"


def test_what_came_before_is_not_graded_again():
    async def scenario(owned, engine):
        await owned.apply([vitals(offset, 1_100) for offset in range(8)])
        assert [given[1] for given in engine.given] == [5, 6, 7]
        await owned.apply([vitals(offset, 1_100) for offset in range(4, 8)])
        assert len(engine.given) == 3

    graded(scenario, begin=5)


def test_what_the_restored_state_of_a_patient_contains_is_left_out_and_time_goes_on_all_the_same():
    async def scenario(owned, engine):
        await owned.apply([vitals(0, 5_000), vitals(1, 1_100, "bed-2"), vitals(2, 1_200), vitals(3, 1_300)])
        assert engine.given == [
            ("applied", 1, 5_000),  # the longer way, as some may be covered still
            ("applied", 2, 5_000),
            ("taken", 3, 5_000, OBSERVED_MS),
        ]

    assert bucket_of("bed-1") != bucket_of("bed-2")
    graded(scenario, covered={"bed-1": 2, "bed-3": 3})


def test_a_slow_stretch_gives_others_their_turn_and_goes_on_where_it_was(monkeypatch):
    monkeypatch.setattr(owned_module, "SLICE_S", 0.0)  # every record is slow now
    turns = []

    async def scenario(owned, engine):
        async def others() -> None:
            while True:
                turns.append(len(engine.given))
                await asyncio.sleep(0)

        waiting = asyncio.ensure_future(others())
        await owned.apply([vitals(offset, 1_100, event_id="odd") for offset in range(20)])
        waiting.cancel()
        assert [given[1] for given in engine.given] == list(range(20))

    graded(scenario)
    assert max(after - before for before, after in pairwise(turns)) == 1


@pytest.mark.parametrize("event_id", ["common", "odd"])
def test_a_partition_that_is_given_up_stops_between_two_slices(event_id):
    async def scenario(owned, engine):
        async def give_up() -> None:
            owned.released = True

        giving_up = asyncio.ensure_future(give_up())
        await owned.apply([vitals(offset, 1_100, event_id=event_id) for offset in range(3 * SLICE)])
        await giving_up
        assert len(engine.given) < 3 * SLICE
        assert owned.next == len(engine.given)

    graded(scenario)


def refused_keys(*keys: bytes | None) -> list[bytes | None]:
    """What refused records are keyed by that came with these keys."""

    async def scenario(owned, _):
        await owned.apply([Located("bedside", 0, offset, CLOCK_MS, key, b"{") for offset, key in enumerate(keys)])

    sent = graded(scenario)
    assert [output.topic for output in sent] == ["crs.rejected.v1"] * len(keys)
    return [output.key for output in sent]


@settings(deadline=None, max_examples=30)
@given(st.lists(st.none() | st.binary(max_size=20), min_size=1, max_size=20))
def test_a_refused_record_keeps_its_own_key_whatever_bytes_that_is(keys):
    assert refused_keys(*keys) == keys


def test_a_key_that_would_not_fit_beside_the_refused_bytes_is_cut_off():
    assert refused_keys(b"\xff" * (KEPT_KEY_BYTES + 1)) == [b"\xff" * KEPT_KEY_BYTES]
