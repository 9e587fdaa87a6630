"""A tick that is not written: the next one is tried, unless none can be written any more."""

import asyncio

import pytest
from aiokafka.errors import KafkaTimeoutError, OutOfOrderSequenceNumber

from services.grader import ticks as ticks_module
from services.grader.ticks import Ticks


@pytest.mark.parametrize(
    ("fault", "ended"),
    [
        (KafkaTimeoutError(), []),
        (OSError("no route"), []),
        (OutOfOrderSequenceNumber(), ["ticks are not taken any more"]),
    ],
)
def test_what_no_later_tick_can_mend_ends_the_process(monkeypatch, fault, ended):
    whys: list[str] = []
    monkeypatch.setattr(ticks_module, "end_process", lambda why, *_, **__: whys.append(why))

    async def produce(_):
        raise fault

    async def scenario() -> None:
        Ticks(produce, lambda: [3], "bedside").write()
        for _ in range(3):
            await asyncio.sleep(0)

    asyncio.run(scenario())
    assert whys == ended
