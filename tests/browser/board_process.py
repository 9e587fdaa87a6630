"""The board as a process of its own, as a supervisor would start, kill and start it again."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from services.dashboard.build import STATIC
from services.runtime.ports import free_port
from services.runtime.settings import KafkaSettings
from tests.waiting import eventually

REPOSITORY = Path(__file__).parents[2]
USERS = REPOSITORY / "deploy" / "demo" / "users.json"
PASSWORD = "night-shift"


class BoardProcess:
    """`python -m services.dashboard` on a port that stays the same over restarts."""

    def __init__(self, kafka: KafkaSettings, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "dashboard.log"
        self._environment = os.environ | {
            "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
            "CRSWATCH_TOPIC_PREFIX": kafka.topic_prefix,
            "CRSWATCH_PARTITIONS": str(kafka.partitions),
            "DASHBOARD_PORT": str(self.port),
            "DASHBOARD_USERS_FILE": str(USERS),
            "DASHBOARD_SESSION_KEY_FILE": str(folder / "session.key"),
            "DASHBOARD_STATIC_DIR": str(STATIC),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *, ready: bool = True) -> None:
        """Start it and, unless told otherwise, wait until it is ready."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "services.dashboard"], cwd=REPOSITORY, env=self._environment, stderr=log
            )
        if ready:
            eventually(self._ready, within=30, what="the board is ready")

    def kill(self) -> None:
        """End it without a word, as a crash would."""
        assert self._process
        self._process.kill()
        self._process.wait(10)

    def stop(self) -> int:
        """Ask it to end; its exit code."""
        assert self._process
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(10)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It lives and holds its connections, but says nothing."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        """Whatever state it is in, leave nothing running."""
        if self._process and self._process.poll() is None:
            self.kill()

    @contextmanager
    def signed_in(self, username: str = "charge") -> Iterator[httpx.Client]:
        """A client with a session."""
        with httpx.Client(base_url=self.url, timeout=10) as client:
            answer = client.post("/sign-in", data={"username": username, "password": PASSWORD})
            assert answer.headers["location"] == "/", answer.headers
            yield client

    def _ready(self) -> bool:
        assert self._process
        assert self._process.poll() is None, self.log.read_text()
        try:
            return httpx.get(f"{self.url}/readyz", timeout=2).status_code == 200
        except httpx.TransportError:
            return False
