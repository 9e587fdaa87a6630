"""The graders of a round: started, armed, killed, paused, and started again as a supervisor would."""

import signal
import subprocess
from pathlib import Path
from typing import NamedTuple

from services.runtime import processes
from services.runtime.settings import KafkaSettings
from tests.chaos.crash_points import CrashPoint
from tests.integration.grader.grader_process import GraderProcess

MODULE = "tests.chaos.dying"
QUICK = {"checkpoint_every": "PT0.2S", "session_timeout": "PT6S", "stall_limit": "PT10S", "watch_all": "true"}


class Armed(NamedTuple):
    """Dies when it reaches the point for the nth time."""

    point: CrashPoint
    nth: int


class Crew:
    """Workers of one group, by their names in it."""

    def __init__(self, kafka: KafkaSettings, folder: Path, *, ticks: bool) -> None:
        self._kafka, self._folder, self._ticks = kafka, folder, ticks
        self.ledger = folder / "reached"
        self.workers: dict[str, GraderProcess] = {}
        self._started: list[GraderProcess] = []
        self._lives = 0

    def start(self, name: str, armed: Armed | None = None, *, ticks: bool = True) -> GraderProcess:
        """A worker of this name; whoever had it before has ended, or is about to be told so by Kafka."""
        self._lives += 1
        folder = self._folder / f"{self._lives}-{name}"  # two may have one name at a time
        folder.mkdir()
        more = {"member": name, "ticks": str(ticks and self._ticks).lower()}
        if armed:
            more |= {"crash_point": armed.point, "crash_nth": str(armed.nth), "crash_ledger": str(self.ledger)}
        worker = GraderProcess(self._kafka, folder, module=MODULE, **QUICK, **more)
        worker.start()
        self._started.append(worker)
        self.workers[name] = worker
        return worker

    def running(self, name: str) -> GraderProcess | None:
        """The worker of this name, while it lives."""
        worker = self.workers.get(name)
        return None if worker is None or has_ended(worker) else worker

    def dismiss(self) -> None:
        """Ask everybody to stop, all at once, and wait until they have."""
        for worker in self._started:
            if not has_ended(worker):
                worker.resume()
                asked_to_stop(worker)
        for worker in self._started:
            worker.stop()
        self._started.clear()
        self.workers.clear()

    def close(self) -> None:
        """Nobody is left."""
        for worker in self._started:
            worker.kill()

    def last_words(self) -> str:
        """The ends of the latest logs."""
        logs = sorted(self._folder.glob("*/grader.log"), key=lambda log: log.stat().st_mtime)
        return "\n".join(f"{log.parent.name}: {log.read_text()[-1500:]}" for log in logs[-4:])


def has_ended(worker: GraderProcess) -> bool:
    assert worker.process is not None
    return worker.process.poll() is not None


def ends_within(worker: GraderProcess, patience_s: float) -> bool:
    """Wait for its end, so long at most."""
    assert worker.process is not None
    try:
        worker.process.wait(patience_s)
    except subprocess.TimeoutExpired:
        return False
    return True


def asked_to_stop(worker: GraderProcess) -> None:
    assert worker.process is not None
    processes.signal_group(worker.process, signal.SIGTERM)


def has_come_back(worker: GraderProcess) -> bool:
    """After whatever happened to it: it grades again, or it has ended itself, for its supervisor to start it again."""
    if has_ended(worker):
        return True
    try:
        return '"ready":true' in worker.page("/readyz")
    except (OSError, ValueError):
        return False
