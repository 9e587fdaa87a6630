"""The shipped grader as a process of its own, with shipped settings, and what it says of itself."""

import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep

import httpx

from services.control.refusal import Refusal
from services.runtime import processes
from services.runtime.settings import KafkaSettings

PORT_WITHIN_S = 60.0
LOOK_EVERY_S = 0.05
ANSWER_WITHIN_S = 10.0
LAST_WORDS = 5


class GraderProcess:
    """A running grader.

    Args:
        kafka: its topics.
        folder: for its log and the file that names its port.
        member: its name in the group.
        more: environment beside that.
    """

    def __init__(self, kafka: KafkaSettings, folder: Path, member: str, more: Mapping[str, str]) -> None:
        self.member = member
        self._kafka, self._folder, self._more = kafka, folder, more
        self._log, self._port_file = folder / f"{member}.log", folder / f"{member}.port"
        self._environment = grader_environment(kafka, member, self._port_file) | dict(more)
        self._url = ""
        self.start()

    def start(self) -> None:
        """Start it, also again after an end."""
        self._port_file.unlink(missing_ok=True)
        self._url = ""
        with self._log.open("ab") as log:
            self.process = processes.start(
                [sys.executable, "-P", "-m", "services.grader"], env=self._environment, stderr=log
            )

    def beside(self, member: str) -> "GraderProcess":
        """Another one of the group, started."""
        return GraderProcess(self._kafka, self._folder, member, self._more)

    @property
    def pid(self) -> int:
        """Of the process."""
        return self.process.pid

    def must_live(self) -> None:
        """Raises a Refusal with its last words where it has ended."""
        if (code := self.process.poll()) is not None:
            words = self._log.read_text(errors="replace").splitlines()[-LAST_WORDS:]
            raise Refusal("\n".join([f"The grader {self.member} ended (exit code {code}). Its last words:", *words]))

    def figures(self) -> Counter[str]:
        """Its metrics, labels added up."""
        found: Counter[str] = Counter()
        for line in self._page("metrics").splitlines():
            if not line.startswith("#"):
                name, _, value = line.rpartition(" ")
                found[name.partition("{")[0]] += float(value)  # type: ignore[assignment]
        return found

    def stop(self) -> int:
        """Ask it to end, as an operator does; its exit code."""
        return processes.stop(self.process, within_s=30.0)

    def kill(self) -> None:
        """SIGKILL."""
        processes.kill(self.process)

    def _page(self, name: str) -> str:
        """A health page; a connection that breaks is tried again, unless the grader has ended."""
        deadline_s = monotonic() + ANSWER_WITHIN_S
        while True:
            self.must_live()
            try:
                return httpx.get(f"{self._address()}/{name}", timeout=ANSWER_WITHIN_S).text
            except httpx.HTTPError as fault:
                if monotonic() > deadline_s:
                    raise Refusal(f"The grader's health pages do not answer ({type(fault).__name__}).") from None
                sleep(LOOK_EVERY_S)

    def _address(self) -> str:
        deadline_s = monotonic() + PORT_WITHIN_S
        while not self._url:
            self.must_live()
            text = self._port_file.read_text() if self._port_file.exists() else ""
            if text.strip():
                self._url = f"http://127.0.0.1:{int(text)}"
            elif monotonic() > deadline_s:
                raise Refusal("The grader did not open its health pages within a minute.")
            else:
                sleep(LOOK_EVERY_S)
        return self._url


def grader_environment(kafka: KafkaSettings, member: str, port_file: Path) -> dict[str, str]:
    """Ours without any GRADER_ setting, so that it is the shipped grader, and where its topics are."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GRADER_")}
    return inherited | {
        "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
        "CRSWATCH_TOPIC_PREFIX": kafka.topic_prefix,
        "CRSWATCH_PARTITIONS": str(kafka.partitions),
        "GRADER_MEMBER": member,
        "GRADER_PORT": "0",
        "GRADER_PORT_FILE": str(port_file),
    }


@contextmanager
def graders(kafka: KafkaSettings, count: int, **more: str) -> Iterator[list[GraderProcess]]:
    """So many graders of one group, stopped on leaving."""
    with TemporaryDirectory(prefix="crswatch-bench-") as folder:
        started: list[GraderProcess] = []
        try:
            for number in range(count):
                started.append(GraderProcess(kafka, Path(folder), f"bench-{number}", more))
            yield started
        finally:
            for grader in started:
                grader.stop()
