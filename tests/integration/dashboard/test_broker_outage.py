"""Kafka goes away and comes back: the board stays up, says so, and goes on by itself."""

from collections.abc import Iterator

import httpx
import pytest

from services.runtime.broker import Broker, local_kafka
from services.runtime.settings import KafkaSettings
from tests.browser.board_process import BoardProcess
from tests.browser.topics import BOARD_TOPICS, WardTopics, now_ms
from tests.kafka import topics_of_its_own
from tests.unit.dashboard.events import estimate, patient
from tests.waiting import eventually

pytestmark = pytest.mark.kafka


@pytest.fixture
def own_broker() -> Iterator[Broker]:
    with local_kafka() as broker:
        yield broker


def test_the_board_outlives_its_broker(own_broker: Broker, tmp_path):
    with topics_of_its_own(own_broker.bootstrap_servers, only=BOARD_TOPICS) as topics:
        board = BoardProcess(topics, tmp_path)
        try:
            board.start()
            put(topics, estimate(1, 1, 1, now_ms()))
            eventually(lambda: low(board) == 1, within=10)

            own_broker.stop()
            eventually(lambda: not ready(board), within=30, what="the board says that it reads nothing")
            assert low(board) == 1

            own_broker.start()
            put(topics, estimate(1, 3, 3, now_ms(), revision=2))
            eventually(lambda: low(board) == 3, within=30)
            eventually(lambda: ready(board), within=30)
        finally:
            board.close()


def test_the_board_starts_before_its_broker_does(own_broker: Broker, tmp_path):
    with topics_of_its_own(own_broker.bootstrap_servers, only=BOARD_TOPICS) as topics:
        own_broker.stop()
        board = BoardProcess(topics, tmp_path)
        try:
            board.start(ready=False)
            eventually(lambda: alive(board), within=15)
            own_broker.start()
            eventually(lambda: ready(board), within=30)
        finally:
            board.close()


def put(topics: KafkaSettings, *events: dict) -> None:
    """Write with a producer of the moment: one that lives through the outage would leave sockets behind."""
    ward = WardTopics(topics, "4W")
    ward.put(*events)
    ward.close()


def alive(board: BoardProcess) -> bool:
    try:
        return httpx.get(f"{board.url}/healthz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def ready(board: BoardProcess) -> bool:
    return httpx.get(f"{board.url}/readyz", timeout=5).status_code == 200


def low(board: BoardProcess) -> int | None:
    with board.signed_in() as client:
        beds = client.get("/api/beds").json()["beds"]
    return next((bed["crs"]["low"] for bed in beds if bed["patient_id"] == f"4W/{patient(1)}"), None)
