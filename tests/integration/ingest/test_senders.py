"""Senders that stall, vanish or crowd, and the process as an operator sees it."""

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack, closing

import httpx
import pytest

from tests.integration.ingest.conftest import ingest_on
from tests.integration.ingest.reading_topics import stored_ids
from tests.integration.ingest.test_accepting import vitals
from tests.waiting import eventually

pytestmark = pytest.mark.kafka

HALF_A_REQUEST = (
    b"POST /v1/vitals HTTP/1.1\r\nHost: ward\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"
    b'{"schema": "crs.vitals.v1", '
)


def stalled(ingest):
    """A connection on which half a request was sent."""
    connection = socket.create_connection((ingest.base_url.host, ingest.base_url.port), timeout=10)
    connection.sendall(HALF_A_REQUEST)
    return closing(connection)


def test_a_body_that_does_not_arrive_is_not_waited_for_without_end(ward_topics):
    with ingest_on(ward_topics, read_within=0.3) as ingest, stalled(ingest) as connection:
        answer = b"".join(iter(lambda: connection.recv(65536), b""))

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"too_slow" in answer


def test_while_as_many_requests_are_worked_on_as_may_be_another_is_told_to_come_back(ward_topics):
    with ingest_on(ward_topics, requests_at_once=1) as ingest, ExitStack() as stalling:
        answer = eventually(lambda: _crowded_out(ingest, stalling), what="busy")

    assert answer.json()["reason"] == "busy"
    assert answer.headers["retry-after"]


def test_a_sender_that_vanishes_leaves_nothing_behind(ward_topics):
    with ingest_on(ward_topics, requests_at_once=1) as ingest:
        with ExitStack() as stalling:
            eventually(lambda: _crowded_out(ingest, stalling), what="a request is worked on")
        eventually(lambda: send(ingest).status_code == 202, what="the next sender's turn")

    assert stored_ids(ward_topics)[-1] == "e"


def _crowded_out(ingest, stalling):
    """The answer to an event beside a stalled request, once it is a refusal. The two race, so each try stalls anew."""
    stalling.enter_context(stalled(ingest))
    answer = send(ingest)
    return answer if answer.status_code == 503 else None


def send(ingest):
    return ingest.post("/v1/vitals", json=vitals("e"))


@pytest.fixture
def process(ward_topics, tmp_path):
    environment = {
        **os.environ,
        "KAFKA_BOOTSTRAP_SERVERS": ward_topics.bootstrap_servers,
        "CRSWATCH_TOPIC_PREFIX": ward_topics.topic_prefix,
        "CRSWATCH_PARTITIONS": str(ward_topics.partitions),
        "INGEST_PORT": "0",
        "INGEST_PORT_FILE": str(tmp_path / "port"),
    }
    with (tmp_path / "log").open("wb") as log:
        running = subprocess.Popen([sys.executable, "-m", "services.ingest"], env=environment, stderr=log)
    yield running
    running.kill()
    running.wait()


def test_the_process_stops_when_told_and_its_log_names_no_patient(process, tmp_path):
    port = eventually(lambda: _read(tmp_path / "port"), what="listens")
    with httpx.Client(base_url=f"http://127.0.0.1:{port.strip()}", timeout=30) as ingest:
        eventually(lambda: ingest.get("/readyz").status_code == 200, what="ready")
        for body in (
            vitals("a", patient_id="canary"),
            vitals("b", patient_id="canary", temperature_c=384.5),
            {"canary": 1},
        ):
            ingest.post("/v1/vitals", json=body)

    process.send_signal(signal.SIGTERM)

    assert process.wait(timeout=5) == 0
    log = (tmp_path / "log").read_text()
    assert "canary" not in log
    assert "384.5" not in log
    assert all(json.loads(line)["service"] == "ingest" for line in log.splitlines())


def _read(path):
    return path.read_text() if path.exists() else None
