"""The sender keeps the order, bounds what is unacknowledged, and knows when everything is acknowledged."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from services.grader import sender as sending
from services.grader.outstanding import MOST_BYTES, Outstanding
from services.grader.sender import Addressed, Sender, SendingStopped


class Broker:
    """Takes outputs; acknowledges when told to."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.receipts: list[asyncio.Future[None]] = []

    async def produce(self, output: Addressed) -> Awaitable[None]:
        self.taken.append(output.value)
        self.receipts.append(asyncio.get_running_loop().create_future())
        return self.receipts[-1]

    def acknowledge(self, *places: int) -> None:
        for place in places:
            self.receipts[place].set_result(None)


def outputs(*values: bytes) -> list[Addressed]:
    return [Addressed("topic", b"key", value, b"0:0:0", 0) for value in values]


def run(scenario: Callable[[Broker, Sender, list[bytes]], Awaitable[None]], *, limit: int = 1_000) -> None:
    async def whole() -> None:
        broker, acknowledged = Broker(), []
        sender = Sender(broker.produce, acknowledged=lambda output, _: acknowledged.append(output.value), limit=limit)
        await scenario(broker, sender, acknowledged)
        sender.close()

    asyncio.run(whole())


async def eventually(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.001)


def run_two(scenario: Callable[[Broker, Outstanding, Sender, Sender], Awaitable[None]]) -> None:
    """Two partitions of one process."""

    async def whole() -> None:
        broker, outstanding = Broker(), Outstanding()
        both = [Sender(broker.produce, acknowledged=lambda *_: None, outstanding=outstanding) for _ in range(2)]
        await scenario(broker, outstanding, *both)
        for sender in both:
            sender.close()

    asyncio.run(whole())


async def let_run() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def test_outputs_are_handed_over_in_their_order():
    async def scenario(broker, sender, _):
        sender.enqueue(outputs(b"rise", b"evidence"))
        sender.enqueue(outputs(b"resolved"))
        await let_run()

        assert broker.taken == [b"rise", b"evidence", b"resolved"]

    run(scenario)


def estimates(*values: bytes) -> list[Addressed]:
    return [output._replace(kind="estimates") for output in outputs(*values)]


def test_estimates_wait_a_moment_for_others_of_all_partitions(monkeypatch):
    monkeypatch.setattr(sending, "GATHER_S", 0.2)

    async def scenario(broker, sender, _):
        loop = asyncio.get_running_loop()
        other = Sender(broker.produce, acknowledged=lambda *_: None)
        began_s = loop.time()
        sender.enqueue(estimates(b"1"))
        await let_run()
        other.enqueue(estimates(b"2"))
        sender.enqueue(estimates(b"3"))
        await let_run()
        together = loop.time() // 0.2 == began_s // 0.2
        assert broker.taken == [] or not together  # a moment may have passed between the two
        await eventually(lambda: len(broker.taken) == 3)
        assert loop.time() - began_s < 10
        assert sorted(broker.taken) == [b"1", b"2", b"3"]
        assert broker.taken.index(b"1") < broker.taken.index(b"3")
        other.close()

    run(scenario)


def test_whatever_else_is_said_goes_at_once_and_takes_along_what_waits():
    async def scenario(broker, sender, _):
        sender.enqueue(estimates(b"estimate"))
        sender.enqueue(outputs(b"rise"))
        sender.enqueue(estimates(b"another"))
        await let_run()
        assert broker.taken[:2] == [b"estimate", b"rise"]

    run(scenario)


def test_nothing_that_somebody_waits_for_waits_for_others():
    async def scenario(broker, sender, _):
        sender.enqueue(estimates(b"1"))
        settled = asyncio.ensure_future(sender.settled())
        await let_run()
        assert broker.taken == [b"1"]
        broker.acknowledge(0)
        await asyncio.wait_for(settled, 1)

    run(scenario)


def test_settled_waits_for_all_so_far_and_for_nothing_later():
    async def scenario(broker, sender, acknowledged):
        sender.enqueue(outputs(b"1", b"2"))
        settled = asyncio.ensure_future(sender.settled())
        await let_run()
        sender.enqueue(outputs(b"3"))
        await let_run()
        broker.acknowledge(1)
        await let_run()
        assert not settled.done()

        broker.acknowledge(0)
        await asyncio.wait_for(settled, 1)

        assert (acknowledged, sender.unacknowledged) == ([b"2", b"1"], 1)

    run(scenario)


def test_there_is_no_room_at_the_limit():
    async def scenario(broker, sender, _):
        sender.enqueue(outputs(b"1", b"2"))
        room = asyncio.ensure_future(sender.room())
        await let_run()
        assert not room.done()

        broker.acknowledge(0)
        await asyncio.wait_for(room, 1)

    run(scenario, limit=2)


def test_there_is_no_room_for_more_bytes_however_few_outputs_they_are():
    async def scenario(broker, sender, _):
        sender.enqueue(outputs(b"x" * (MOST_BYTES - len(b"keykey") - 1)))
        await asyncio.wait_for(sender.room(), 1)
        sender.enqueue(outputs(b"y"))
        room = asyncio.ensure_future(sender.room())
        await let_run()
        assert not room.done()

        broker.acknowledge(1)
        await asyncio.wait_for(room, 1)

    run(scenario)


def test_all_partitions_together_have_no_more_room_than_one():
    async def scenario(broker, outstanding, first, second):
        first.enqueue(outputs(b"x" * MOST_BYTES))
        second.enqueue(outputs(b"y" * MOST_BYTES))
        room = asyncio.ensure_future(second.room())
        await let_run()
        broker.acknowledge(0)
        await let_run()
        assert not room.done()

        broker.acknowledge(1)
        await asyncio.wait_for(room, 1)
        assert outstanding.bytes == 0

    run_two(scenario)


def test_what_a_partition_that_is_given_up_has_not_got_through_leaves_room_for_the_others():
    async def scenario(broker, outstanding, leaving, staying):
        leaving.enqueue(outputs(b"x" * MOST_BYTES))
        room = asyncio.ensure_future(staying.room())
        settled = asyncio.ensure_future(leaving.settled())
        await let_run()
        assert not room.done()

        leaving.close()
        await asyncio.wait_for(room, 1)
        with pytest.raises(SendingStopped):
            await settled
        leaving.enqueue(outputs(b"z" * MOST_BYTES))
        leaving.close()
        for receipt in broker.receipts:
            receipt.set_result(None)
        await let_run()
        assert outstanding.bytes == 0

    run_two(scenario)


def test_a_key_of_many_bytes_takes_as_much_room_as_a_value():
    async def scenario(broker, sender, _):
        sender.enqueue([Addressed("topic", b"k" * MOST_BYTES, b"{}", b"0:0:0", 0)])
        room = asyncio.ensure_future(sender.room())
        await let_run()
        assert not room.done()

        broker.acknowledge(0)
        await asyncio.wait_for(room, 1)

    run(scenario)


def test_the_oldest_output_that_kafka_has_not_acknowledged_tells_since_when_it_waits():
    async def scenario(broker, sender, _):
        assert sender.waiting_since_s is None
        began_s = time.monotonic()
        sender.enqueue(outputs(b"1"))
        await let_run()
        first_s = sender.waiting_since_s
        sender.enqueue(outputs(b"2"))
        await let_run()
        assert began_s <= first_s == sender.waiting_since_s

        broker.acknowledge(0)
        await let_run()
        assert first_s < sender.waiting_since_s <= time.monotonic()

        broker.acknowledge(1)
        await let_run()
        assert sender.waiting_since_s is None

    run(scenario)


def test_with_nothing_underway_everything_is_settled():
    async def scenario(_, sender, acknowledged):
        await asyncio.wait_for(sender.settled(), 1)

        assert acknowledged == []

    run(scenario)


def test_when_sending_stops_nobody_waits_any_more_and_nothing_is_said_to_be_settled():
    async def scenario(_, sender, __):
        sender.enqueue(outputs(b"1", b"2"))
        room, settled = asyncio.ensure_future(sender.room()), asyncio.ensure_future(sender.settled())
        await let_run()
        assert [room.done(), settled.done()] == [False, False]

        sender.close()

        await asyncio.wait_for(room, 1)
        with pytest.raises(SendingStopped):
            await asyncio.wait_for(settled, 1)
        # Nor does anybody who comes later.
        await asyncio.wait_for(sender.room(), 1)
        with pytest.raises(SendingStopped):
            await asyncio.wait_for(sender.settled(), 1)

    run(scenario, limit=2)
