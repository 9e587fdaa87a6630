"""`crswatch up` under a simulated ward's load: whatever is killed comes back, and nothing outlives the command."""

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from schemas.times import parse_time
from services.control.demo_script import SIGN_IN
from services.control.environment import service_urls
from services.control.readiness import ask
from services.control.ward import SERVICES
from services.dashboard.build import build
from services.runtime.broker import Broker, local_kafka
from services.runtime.ports import free_port
from tests.e2e.command import Crswatch, crswatch
from tests.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(600)]

OUTAGE_S = 30.0
COMES_BACK_WITHIN_S = 90.0


class Supervised:
    """A ward under `crswatch up`, seen from outside."""

    def __init__(self, command: Crswatch, urls: dict[str, str], folder: Path) -> None:
        self.command, self.urls = command, urls
        self._status = folder / "ward.json"
        self._board = httpx.Client(base_url=urls["dashboard"], timeout=10, trust_env=False)

    def pid(self, name: str) -> int | None:
        return json.loads(self._status.read_text())[name]["pid"]

    def goes_on(self, since_ms: int) -> bool:
        """Every service is ready, and what was measured and graded since is on the board."""
        assert [name for name, url in self.urls.items() if not ask(url).ready] == []
        shown = self._board.get("/api/beds")
        if shown.status_code == 401:
            self._board.post("/sign-in", data=SIGN_IN._asdict())
            return False
        rates = [bed["signs"].get("heart_rate_bpm") for bed in shown.json()["beds"]]
        measured = max((parse_time(rate["observed_at"]) for rate in rates if rate), default=0)
        return measured > since_ms and min(shown.json()["ticks_ms"].values(), default=0) > since_ms

    def close(self) -> None:
        self._board.close()


@pytest.fixture
def broker() -> Iterator[Broker]:
    """A broker of our own, because it is stopped."""
    with local_kafka() as broker:
        yield broker


@pytest.fixture
def ward(broker: Broker, tmp_path: Path) -> Iterator[Supervised]:
    build()
    ports: dict[str, int] = {}
    for name in SERVICES:
        ports[name] = free_port(avoid=frozenset(ports.values()))
    settings = {f"{SERVICES[name].prefix}PORT": str(port) for name, port in ports.items()} | {
        "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap_servers,
        "CRSWATCH_PARTITIONS": "4",
    }
    with crswatch("up", "--data", str(tmp_path / "data"), folder=tmp_path, **settings) as command:
        command.says("Pager inbox:", within=120)
        ward = Supervised(command, service_urls(ports), tmp_path / "data")
        eventually(lambda: ward.goes_on(0), within=60)
        yield ward
        ward.close()


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def test_every_service_and_the_broker_may_die_and_the_ward_goes_on(ward: Supervised, broker: Broker):
    for name in SERVICES:
        killed, since_ms = ward.pid(name), now_ms()
        os.kill(killed, signal.SIGKILL)
        eventually(lambda name=name, killed=killed: ward.pid(name) not in (None, killed), within=10, what=name)
        eventually(lambda since_ms=since_ms: ward.goes_on(since_ms), within=COMES_BACK_WITHIN_S, what=f"after {name}")
        assert f"{name} was killed (SIGKILL)" in ward.command.said()

    broker.stop()
    eventually(lambda: not ask(ward.urls["ingest"]).ready, within=OUTAGE_S)
    time.sleep(OUTAGE_S)  # the outage itself: there is nothing to wait for
    broker.start()
    since_ms = now_ms()
    eventually(lambda: ward.goes_on(since_ms), within=COMES_BACK_WITHIN_S, what="after the broker")

    assert ward.command.end(signal.SIGKILL, within=5) == -signal.SIGKILL
    eventually(lambda: not ward.command.running(), within=10, what="nothing is left running")


def test_asked_to_stop_it_stops_everything_in_seconds_and_says_so(ward: Supervised):
    assert ward.command.end(signal.SIGTERM, within=25) == 0

    assert "Everything is stopped." in ward.command.said()
    assert "did not stop when asked" not in ward.command.said()
    eventually(lambda: not ward.command.running(), within=5)
