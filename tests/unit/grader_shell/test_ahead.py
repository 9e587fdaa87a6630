"""Stored partitions fetched before their turn: all that are ours, some at a time, and none of them left open."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from services.grader.ahead import AT_ONCE, Ahead
from services.grader.opening import StoredPartition

MANY = 2 * AT_ONCE + 1


class Broker:
    """Hands out what is stored when a test says so, and counts who still holds something."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.open: set[int] = set()
        self._answers: dict[int, asyncio.Future[None]] = {}

    async def fetch(self, number: int) -> StoredPartition:
        self.asked.append(number)
        self._answers[number] = asyncio.get_running_loop().create_future()
        await self._answers[number]
        self.open.add(number)
        return StoredPartition(Writer(self, number), None, None, 0.0)

    async def answer(self, *numbers: int) -> None:
        for number in numbers:
            self._answers[number].set_result(None)
        await settle()

    async def refuse(self, number: int) -> None:
        self._answers[number].set_exception(OSError("no broker"))
        await settle()


class Writer:
    """The right to write; giving it back is noticed."""

    def __init__(self, broker: Broker, number: int) -> None:
        self.broker, self.number = broker, number

    async def close(self) -> None:
        self.broker.open.discard(self.number)


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def told(scenario: Callable[[Ahead, Broker], Awaitable[None]]) -> None:
    async def whole() -> None:
        broker = Broker()
        await scenario(Ahead(broker.fetch), broker)

    asyncio.run(whole())


def test_all_that_are_ours_are_fetched_before_anybody_asks_some_at_a_time():
    async def scenario(ahead, broker):
        ahead.begin(range(MANY))
        await settle()
        assert broker.asked == list(range(AT_ONCE))

        await broker.answer(*range(AT_ONCE))
        assert broker.asked == list(range(AT_ONCE))  # what waits to be opened counts

        assert (await ahead.take(3)).writer.number == 3
        await settle()
        assert broker.asked == list(range(AT_ONCE + 1))

    told(scenario)


@pytest.mark.parametrize("number", [MANY - 1, MANY + 7], ids=["not fetched yet", "not known to be ours"])
def test_who_is_asked_for_is_fetched_at_once(number):
    async def scenario(ahead, broker):
        ahead.begin(range(MANY))
        taking = asyncio.ensure_future(ahead.take(number))
        await settle()
        assert broker.asked == [*range(AT_ONCE), number]

        await broker.answer(number)
        assert (await taking).writer.number == number
        assert broker.open == {number}
        await ahead.drop()
        assert broker.asked.count(number) == 1

    told(scenario)


def test_what_nobody_asks_for_any_more_is_given_back():
    async def scenario(ahead, broker):
        ahead.begin(range(MANY))
        await settle()
        await broker.answer(0, 1, 2)
        kept = await ahead.take(1)
        await settle()

        await ahead.drop()
        await settle()

        assert broker.open == {kept.writer.number}
        assert len(broker.asked) == AT_ONCE + 1  # nobody else is fetched afterwards

    told(scenario)


def test_who_cannot_be_fetched_is_told_to_who_asks_and_the_others_come():
    async def scenario(ahead, broker):
        ahead.begin([0, 1])
        await settle()
        await broker.refuse(0)
        await broker.answer(1)

        with pytest.raises(OSError, match=r"^no broker$"):
            await ahead.take(0)
        assert (await ahead.take(1)).writer.number == 1

    told(scenario)
