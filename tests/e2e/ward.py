"""A whole ward of real processes on real Kafka, each to be stopped, killed and started as the test likes."""

import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
from kafka import TopicPartition

from schemas.topics import TOPICS, Topic
from services.control.demo_script import SIGN_IN
from services.control.environment import service_urls, ward_environment
from services.control.readiness import ask
from services.control.running import commands_for
from services.control.ward import SERVICES
from services.runtime import processes
from services.runtime.kafka_clients import consumer
from services.runtime.ports import free_port
from services.runtime.settings import KafkaSettings
from services.runtime.topics import partition_count, topic_name
from tests.integration.notifier.receiver import SECRET
from tests.waiting import eventually

READY_WITHIN_S = 60


class Ward:
    """The services of one ward; `urls` says where each answers, `folder` holds their logs and data."""

    def __init__(self, kafka: KafkaSettings, folder: Path, *, pager_url: str) -> None:
        ports: dict[str, int] = {}
        for name in SERVICES:
            ports[name] = free_port(avoid=frozenset(ports.values()))
        self.kafka, self.folder, self.urls = kafka, folder, service_urls(ports)
        bootstrap = kafka.bootstrap_servers
        self.environment = ward_environment(kafka=bootstrap, ports=ports, folder=folder, secret=SECRET) | {
            "CRSWATCH_TOPIC_PREFIX": kafka.topic_prefix,
            "CRSWATCH_PARTITIONS": str(kafka.partitions),
            "NOTIFIER_WEBHOOK_URL": pager_url,
            "NOTIFIER_PAYLOAD_LEVEL": "P1",
        }
        self._browser: httpx.Client | None = None
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, *names: str) -> None:
        """Start services and wait until they are ready."""
        for command in commands_for(names, self.environment):
            with self.log(command.name).open("ab") as log:
                self._running[command.name] = processes.start(
                    command.argv, env=command.environment, stdout=log, stderr=log
                )
        for name in names:
            eventually(lambda name=name: ask(self.urls[name]).ready, within=READY_WITHIN_S, what=f"{name} is ready")

    def kill(self, name: str) -> None:
        """SIGKILL."""
        processes.kill(self._running.pop(name))

    def stop(self, name: str) -> int:
        """SIGTERM; the exit code."""
        return processes.stop(self._running.pop(name))

    def close(self) -> None:
        if self._browser is not None:
            self._browser.close()
        for name in list(self._running):
            self.kill(name)

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def beds(self) -> dict[str, dict[str, Any]]:
        """What the board shows to somebody who signed in, by bed."""
        return {bed["bed"]: bed for bed in self.board().get("/api/beds").raise_for_status().json()["beds"]}

    def board(self) -> httpx.Client:
        """A client with a session at the board, the same one each time."""
        if self._browser is None:
            self._browser = httpx.Client(base_url=self.urls["dashboard"], timeout=10, trust_env=False)
            assert self._browser.post("/sign-in", data=SIGN_IN._asdict()).headers["location"] == "/"
        return self._browser

    def answer(self, bed: str, action: str, **more: str) -> None:
        """Answer the bed's most urgent alarm on the board."""
        alarm = self.beds()[bed]["alarms"][0]
        body = {"response_id": uuid.uuid4().hex, "escalation_id": alarm["escalation_id"], "action": action}
        body |= {"seen": {"revision": alarm["revision"]}} | more
        token = {"x-csrf-token": self.board().get("/api/me").json()["csrf"]}
        sent = self.board().post("/api/responses", json=body, headers=token)
        assert sent.status_code == 202, sent.text

    def ends(self) -> dict[str, int]:
        """How many records each topic has taken so far, transaction markers included."""
        client = consumer(self.kafka, client_id="test-ends")
        try:
            return {topic.name: sum(client.end_offsets(self._partitions(topic)).values()) for topic in TOPICS}
        finally:
            client.close()

    def _partitions(self, topic: Topic) -> list[TopicPartition]:
        name = topic_name(self.kafka.topic_prefix, topic)
        return [TopicPartition(name, number) for number in range(partition_count(self.kafka, topic))]


def moved(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    """By how much each topic grew that did."""
    return {name: after[name] - before[name] for name in after if after[name] != before[name]}


@contextmanager
def ward_of(kafka: KafkaSettings, folder: Path, *, pager_url: str) -> Iterator[Ward]:
    """A ward with nothing started yet; whatever runs at the end is killed."""
    ward = Ward(kafka, folder, pager_url=pager_url)
    try:
        yield ward
    finally:
        with suppress(ProcessLookupError):
            ward.close()
