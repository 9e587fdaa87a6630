"""Where faults happen: fresh topics, a crew that grades them, and a bedside that goes on sending."""

import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random

from services.runtime.broker import Broker
from services.runtime.settings import KafkaSettings
from tests.chaos.crew import Armed, Crew, ends_within, has_come_back
from tests.chaos.feeding import Feeding
from tests.chaos.recording import Progress
from tests.chaos.wards import Arrival
from tests.integration.grader.grader_process import GraderProcess
from tests.waiting import eventually

BACK_WITHIN_S = 60.0


class Scene:
    """One round's stage.

    Args:
        live: the broker's clock and the graders' own ticks; otherwise the wards bring their time along.
    """

    def __init__(
        self, broker: Broker, kafka: KafkaSettings, folder: Path, *, load: Iterator[Arrival], random: Random, live: bool
    ) -> None:
        self.broker, self.random = broker, random
        self.crew = Crew(kafka, folder, ticks=live)
        self.faults: Counter[str] = Counter()
        self._kafka, self._load = kafka, load
        self._feeding = Feeding(kafka, ticks=not live)
        self._joined = 0

    @property
    def data_faults(self) -> Counter[str]:
        """What was done to records on their way."""
        return self._feeding.faults

    def feed(self, most: int = 50) -> None:
        """The ward goes on: some more records."""
        self._feeding.send(islice(self._load, self.random.randrange(most // 2, most)))

    def worker(self, name: str = "a") -> GraderProcess:
        """Somebody who grades."""
        worker = self.crew.running(name) or self.crew.start(name)
        self.back(worker)
        return worker if self.crew.running(name) else self.worker(name)

    def armed(self, armed: Armed) -> GraderProcess:
        """Worker `a` anew, to die at a point."""
        if (worker := self.crew.running("a")) is not None:
            worker.kill()
            self.faults["worker killed"] += 1
        return self.crew.start("a", armed)

    def joiner(self) -> str:
        """A name that nobody in the group has had."""
        self._joined += 1
        return f"joined-{self._joined}"

    def back(self, worker: GraderProcess) -> None:
        """Wait until it grades or has ended itself; only ever standing still would be wrong."""

        deadline_s = time.monotonic() + BACK_WITHIN_S
        while not has_come_back(worker):
            assert time.monotonic() < deadline_s, f"a worker does not come back\n{worker.log()[-3000:]}"
            self._feeding.tick()  # who has nothing to apply need not take over
            ends_within(worker, 0.5)

    def finish(self) -> None:
        """No more faults: one last worker grades all that is left, and everything is committed."""
        self.crew.dismiss()
        self._feeding.tick()
        worker = self.crew.start("a", ticks=False)  # a known name: no waiting for a session to end
        progress = Progress(self._kafka)
        try:
            eventually(lambda: progress.behind() == 0, within=BACK_WITHIN_S, what="all is graded")
        finally:
            progress.close()
        assert worker.stop() == 0
