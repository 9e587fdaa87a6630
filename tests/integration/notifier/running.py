"""Run the real notifier, in a process of its own, on real topics."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
from kafka import KafkaConsumer

from schemas.encoding import encode
from schemas.topics import ESCALATIONS, RESPONSES
from services.runtime.kafka_clients import consumer, producer
from services.runtime.settings import KafkaSettings
from tests.integration.notifier.receiver import SECRET
from tests.waiting import eventually

CRASHING = Path(__file__).with_name("crashing.py")


class Running:
    """A notifier process and where it answers."""

    def __init__(self, process: subprocess.Popen, port_file: Path, log: Path) -> None:
        self.process, self._port_file, self.log = process, port_file, log

    @property
    def url(self) -> str:
        port = eventually(lambda: self._port_file.exists() and self._port_file.read_text().strip(), within=60)
        return f"http://127.0.0.1:{port}"

    def ready(self) -> "Running":
        eventually(lambda: httpx.get(f"{self.url}/readyz", trust_env=False).status_code == 200, within=60)
        return self

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(timeout=10)


def environment(kafka: KafkaSettings, url: str, ledger_url: str, folder: Path) -> dict[str, str]:
    return {
        "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
        "CRSWATCH_TOPIC_PREFIX": kafka.topic_prefix,
        "CRSWATCH_PARTITIONS": str(kafka.partitions),
        "NOTIFIER_PORT": "0",
        "NOTIFIER_PORT_FILE": str(folder / "port"),
        "NOTIFIER_WEBHOOK_URL": url,
        "NOTIFIER_WEBHOOK_SECRET": SECRET,
        "NOTIFIER_LEDGER_URL": ledger_url,
    }


@contextmanager
def notifier(folder: Path, env: Mapping[str, str], *, crash_at: str | None = None) -> Iterator[Running]:
    """The notifier's own process; killed at the end of the block if it still runs."""
    (folder / "port").unlink(missing_ok=True)
    program = [CRASHING, crash_at] if crash_at else ["-m", "services.notifier"]
    log = folder / "notifier.log"
    with log.open("ab") as stderr:
        process = subprocess.Popen([sys.executable, *program], env=dict(os.environ) | dict(env), stderr=stderr)
    try:
        yield Running(process, folder / "port", log)
    finally:
        process.kill()
        process.wait(timeout=10)


def publish(kafka: KafkaSettings, *events: dict) -> None:
    """Write escalations and responses to their topics and wait until Kafka has them."""
    sender = producer(kafka, client_id="test")
    try:
        for event in events:
            topic = RESPONSES if event["schema"] == RESPONSES.name else ESCALATIONS
            name, key = f"{kafka.topic_prefix}{topic.name}", event["patient_id"].encode()
            sender.send(name, key=key, value=encode(event)).get(timeout=10)
    finally:
        sender.close()


def publish_bytes(kafka: KafkaSettings, body: bytes) -> None:
    """Write anything at all to the escalations topic."""
    sender = producer(kafka, client_id="test")
    try:
        sender.send(f"{kafka.topic_prefix}{ESCALATIONS.name}", value=body).get(timeout=10)
    finally:
        sender.close()


@contextmanager
def reading(kafka: KafkaSettings, topic: str) -> Iterator[KafkaConsumer]:
    """A consumer of a whole topic from its beginning."""
    source = consumer(kafka, f"{kafka.topic_prefix}{topic}", client_id="test")
    try:
        yield source
    finally:
        source.close()
