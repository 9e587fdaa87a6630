"""The shipped notifier as a process of its own, and the endpoint of a pager that notes when each call arrives."""

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

from services.control.environment import new_signing_secret
from services.control.readiness import ask
from services.control.refusal import Refusal
from services.runtime import processes
from services.runtime.ports import LOOPBACK, free_port
from services.runtime.settings import KafkaSettings

READY_WITHIN_S = 60.0
LOOK_EVERY_S = 0.1
LAST_WORDS = 5


class Calls:
    """The calls that arrived at the pager.

    Attributes:
        first_s: by escalation, when the first call for it was there in full, seconds that only go forward.
    """

    def __init__(self) -> None:
        self.first_s: dict[str, float] = {}

    def take(self, body: bytes, arrived_s: float) -> None:
        """Note one call; repeats and further people called for the same escalation do not count."""
        self.first_s.setdefault(orjson.loads(body)["data"]["escalation_id"], arrived_s)


@contextmanager
def pager(kafka: KafkaSettings) -> Iterator[Calls]:
    """A notifier that is ready and calls an endpoint of ours, which takes every call; both end on leaving.

    Raises:
        Refusal: the notifier did not become ready.
    """
    calls = Calls()
    with (
        TemporaryDirectory(prefix="crswatch-bench-") as folder,
        _endpoint(calls) as url,
        _notifier(kafka, url, Path(folder)),
    ):
        yield calls


@contextmanager
def _endpoint(calls: Calls) -> Iterator[str]:
    class Endpoint(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            calls.take(body, time.monotonic())
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing of single calls."""

    server = ThreadingHTTPServer((LOOPBACK, 0), Endpoint)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="pager", daemon=True).start()
    try:
        yield f"http://{LOOPBACK}:{server.server_port}/pages"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def _notifier(kafka: KafkaSettings, url: str, folder: Path) -> Iterator[None]:
    port, log = free_port(), folder / "notifier.log"
    with log.open("wb") as stderr:
        child = processes.start(
            [sys.executable, "-P", "-m", "services.notifier"],
            env=_environment(kafka, url, port, folder),
            stderr=stderr,
        )
    try:
        deadline_s = time.monotonic() + READY_WITHIN_S
        while not ask(f"http://{LOOPBACK}:{port}").ready:
            if child.poll() is not None or time.monotonic() > deadline_s:
                words = log.read_text(errors="replace").splitlines()[-LAST_WORDS:]
                raise Refusal("\n".join(["The notifier did not become ready. Its last words:", *words]))
            time.sleep(LOOK_EVERY_S)
        yield
    finally:
        processes.stop(child)


def _environment(kafka: KafkaSettings, url: str, port: int, folder: Path) -> dict[str, str]:
    """Ours without any NOTIFIER_ setting, so that it is the shipped notifier; where its topics and its pager are."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("NOTIFIER_")}
    return inherited | {
        "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
        "CRSWATCH_TOPIC_PREFIX": kafka.topic_prefix,
        "CRSWATCH_PARTITIONS": str(kafka.partitions),
        "NOTIFIER_PORT": str(port),
        "NOTIFIER_WEBHOOK_URL": url,
        "NOTIFIER_WEBHOOK_SECRET": new_signing_secret(),
        "NOTIFIER_LEDGER_URL": f"sqlite:///{folder / 'notifier.sqlite'}",
    }
