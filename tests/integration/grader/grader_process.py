"""A grader in a process of its own, to be killed, paused and started again."""

import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.runtime import processes
from services.runtime.settings import KafkaSettings
from tests.waiting import eventually

ROOT = Path(__file__).parents[3]


class GraderProcess:
    """Starts on `start()`; whatever still runs at the end of the test is killed."""

    def __init__(self, kafka: KafkaSettings, folder: Path, *, module: str, **settings: str) -> None:
        self._port_file = folder / "grader.port"
        self._log = folder / "grader.log"
        self._module = module
        self._env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("GRADER_")},
            "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
            "CRSWATCH_TOPIC_PREFIX": kafka.topic_prefix,
            "CRSWATCH_PARTITIONS": str(kafka.partitions),
            "GRADER_PORT": "0",
            "GRADER_PORT_FILE": str(self._port_file),
            "GRADER_MEMBER": "only",
            "GRADER_CHECKPOINT_EVERY": "PT0.5S",
            **{f"GRADER_{name.upper()}": value for name, value in settings.items()},
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._port_file.unlink(missing_ok=True)
        with self._log.open("ab") as log:
            self.process = processes.start(
                [sys.executable, "-m", self._module], env=self._env, cwd=ROOT, stdout=log, stderr=log
            )

    def kill(self) -> None:
        assert self.process is not None
        processes.kill(self.process)

    def pause(self) -> None:
        assert self.process is not None
        processes.pause(self.process)

    def resume(self) -> None:
        assert self.process is not None
        processes.resume(self.process)

    def stop(self) -> int:
        assert self.process is not None
        return processes.stop(self.process)

    def wait_for_end(self, within: float = 30) -> int:
        assert self.process is not None
        return self.process.wait(within)

    def page(self, path: str) -> str:
        port = self._port_file.read_text().strip()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.read().decode()

    def wait_until_ready(self, within: float = 30) -> None:
        eventually(self._ready, within=within, what=f"the grader is ready\n{self.log()[-3000:]}")

    def log(self) -> str:
        return self._log.read_text() if self._log.exists() else ""

    def _ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, f"the grader ended: {self.log()[-3000:]}"
        try:
            return '"ready":true' in self.page("/readyz")
        except OSError:
            return False


@contextmanager
def grader_process(kafka: KafkaSettings, folder: Path, *, module: str, **settings: str) -> Iterator[GraderProcess]:
    """A started grader that is gone afterwards."""
    grader = GraderProcess(kafka, folder, module=module, **settings)
    grader.start()
    try:
        yield grader
    finally:
        grader.kill()
