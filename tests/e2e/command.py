"""`crswatch` as a person runs it: a process of its own, whose every descendant can be found again."""

import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.waiting import eventually

MARK = "CRSWATCH_TEST_MARK"


class Crswatch:
    """A running command line."""

    def __init__(self, words: tuple[str, ...], environment: Mapping[str, str], output: Path) -> None:
        self.output = output
        self._mark = uuid.uuid4().hex
        ours = {name: value for name, value in os.environ.items() if name != "KAFKA_BOOTSTRAP_SERVERS"}
        with output.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "services.control", *words],
                env=ours | dict(environment) | {MARK: self._mark},
                stdout=file,
                stderr=file,
            )

    def said(self) -> str:
        return self.output.read_text()

    def says(self, sentence: str, *, within: float) -> None:
        """Wait for a sentence, but not for one that can no longer come."""

        def look() -> bool:
            ended = self.process.poll() is not None
            return sentence in self.said() or (ended and _ended(self.said()))

        eventually(look, within=within, what=f"says {sentence!r}")

    def running(self) -> list[int]:
        """Every process that descends from it, itself included, whoever its parent is by now."""
        wanted = f"{MARK}={self._mark}".encode()
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if wanted in (folder / "environ").read_bytes():
                    found.append(int(folder.name))
        return found

    def end(self, number: signal.Signals, *, within: float) -> int:
        """Send a signal; the exit code."""
        self.process.send_signal(number)
        return self.process.wait(within)


def _ended(said: str) -> bool:
    raise RuntimeError(f"crswatch ended: {said[-3000:]}")


@contextmanager
def crswatch(*words: str, folder: Path, **environment: str) -> Iterator[Crswatch]:
    """A command that is running; whatever is left of it at the end is killed."""
    command = Crswatch(words, environment, folder / "crswatch.out")
    try:
        yield command
    finally:
        for pid in [command.process.pid, *command.running()]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        command.process.wait(10)
