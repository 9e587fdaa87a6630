"""Writes time into the log: once a second a tick into every owned partition.

Without it a silent ward would never notice that it is silent. The tick's timestamp, given by the broker as every other
record's, is the only "now" of the engine: so time can never overtake data, and a replay sees the same time.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable

from aiokafka.errors import InvalidProducerEpoch, OutOfOrderSequenceNumber, UnknownProducerId

from schemas.encoding import encode
from services.grader.ending import end_process
from services.grader.sender import Addressed, Produce
from services.runtime.metrics import counter

log = logging.getLogger(__name__)

INTERVAL_S = 1.0
# A tick was given up whose number the broker waits for: it takes no later one from this producer.
NUMBER_LOST = (OutOfOrderSequenceNumber, UnknownProducerId, InvalidProducerEpoch)
TICK = encode({"schema": "crs.tick.v1"})


class Ticks:
    """Ticks for the partitions that are assigned now; a partition whose last tick is still on its way is left out."""

    def __init__(self, produce: Produce, assigned: Callable[[], Iterable[int]], topic: str) -> None:
        self._produce, self._assigned, self._topic = produce, assigned, topic
        self._underway: dict[int, asyncio.Future[None]] = {}

    async def run(self, should_stop: Callable[[], bool]) -> None:
        """Tick on every full second until told to stop."""
        while not should_stop():
            await asyncio.sleep(INTERVAL_S - time.time() % INTERVAL_S)
            self.write()

    def write(self) -> None:
        """One tick each; never waits."""
        for partition in self._assigned():
            underway = self._underway.get(partition)
            if underway is None or underway.done():
                self._underway[partition] = asyncio.ensure_future(self._send(partition))

    async def _send(self, partition: int) -> None:
        try:
            await (await self._produce(Addressed(self._topic, None, TICK, b"", None, partition=partition)))
        except Exception as fault:
            if isinstance(fault, NUMBER_LOST):
                end_process("ticks are not taken any more", fault, partition=partition)
            # The next second brings another; a broker that stays away is the watchdog's and the sender's business.
            log.warning("tick not written", exc_info=fault, extra={"partition": partition})
        else:
            counter("crs_ticks_total").inc()
