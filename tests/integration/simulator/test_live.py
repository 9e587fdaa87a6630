"""The live simulator as a process of its own, against a real ingest on real Kafka."""

import os
import signal
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager

import httpx
import pytest

from services.ingest.app import build_app
from services.ingest.settings import IngestSettings
from services.runtime.http import serving
from services.runtime.ports import free_port
from tests.integration.ingest.reading_topics import refused, stored
from tests.waiting import eventually

BEDS = 12


@contextmanager
def ingest(ward_topics, port):
    settings = IngestSettings(**ward_topics.model_dump())
    with serving(build_app(settings), host="127.0.0.1", port=port) as address:
        yield address.url


@contextmanager
def simulator(tmp_path, ingest_url):
    """A running simulator and a client of its health pages; what it said is in `log`."""
    port_file, log = tmp_path / "port", tmp_path / "log"
    env = os.environ | {
        "SIMULATOR_INGEST_URL": ingest_url,
        "SIMULATOR_BEDS": str(BEDS),
        "SIMULATOR_PORT": "0",
        "SIMULATOR_PORT_FILE": str(port_file),
        "SIMULATOR_BOOKMARK_FILE": str(tmp_path / "bookmark"),
    }
    with log.open("wb") as said:
        process = subprocess.Popen([sys.executable, "-m", "services.simulator"], env=env, stderr=said)
    try:
        eventually(port_file.exists, within=20, what="the simulator listens")
        with httpx.Client(base_url=f"http://127.0.0.1:{port_file.read_text().strip()}") as client:
            yield process, client
    finally:
        process.kill()
        process.wait()


def ready(client):
    return client.get("/readyz").status_code == 200


@pytest.mark.kafka
def test_a_live_ward_arrives_in_kafka_whole_and_nothing_of_it_is_refused(ward_topics, tmp_path):
    with ingest(ward_topics, free_port()) as url, simulator(tmp_path, url) as (process, client):
        eventually(lambda: ready(client), within=20, what="the simulator delivers")
        eventually(lambda: streamed_after_the_opening(ward_topics) >= 3, within=30, what="three seconds of monitors")

        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=5) == 0

    events = [record.event for record in stored(ward_topics)]
    assert len({event["patient_id"] for event in events}) == BEDS
    assert {event.get("kind") for event in events} >= {"encounter", "immunotherapy", "oxygen", "vasopressor", "neuro"}
    assert refused(ward_topics) == []
    assert "error" not in (tmp_path / "log").read_text()


def streamed_after_the_opening(ward_topics):
    """How many of bed 1's monitor readings are a second apart: those are live, the past is one a minute."""
    heard = [
        event["observed_at"]
        for event in (record.event for record in stored(ward_topics))
        if event["patient_id"] == "sim-7-001" and event.get("source") == "monitor" and "bp_source" not in event
    ]
    by_minute = Counter(observed_at[:16] for observed_at in heard)
    return max(by_minute.values(), default=1) - 1


@pytest.mark.kafka
def test_killed_and_started_again_it_goes_on_with_the_same_patients(ward_topics, tmp_path):
    with ingest(ward_topics, free_port()) as url:
        with simulator(tmp_path, url):
            eventually(lambda: streamed_after_the_opening(ward_topics) >= 3, within=40, what="live monitors")
            eventually((tmp_path / "bookmark").exists, within=10, what="a bookmark")
        (tmp_path / "port").unlink()
        before = len(stored(ward_topics))

        with simulator(tmp_path, url) as (_, client):
            eventually(lambda: ready(client), within=20, what="the simulator delivers again")
            eventually(lambda: len(stored(ward_topics)) > before, within=20, what="more of the same ward")

    events = [record.event for record in stored(ward_topics)]
    assert len([event for event in events if event.get("action") == "admit"]) == BEDS


@pytest.mark.kafka
def test_an_ingest_that_comes_late_misses_nothing(ward_topics, tmp_path):
    port = free_port()
    with simulator(tmp_path, f"http://127.0.0.1:{port}") as (_, client):
        eventually(lambda: "ConnectError" in client.get("/readyz").text, what="the simulator says why it waits")
        assert not ready(client)

        with ingest(ward_topics, port):
            eventually(lambda: ready(client), within=20, what="the simulator delivers after all")

            admitted = [r.event for r in stored(ward_topics) if r.event.get("action") == "admit"]
            assert len(admitted) == BEDS


def test_without_an_address_it_refuses_to_start_and_names_the_setting():
    env = {name: value for name, value in os.environ.items() if not name.startswith("SIMULATOR_")}

    ended = subprocess.run(
        [sys.executable, "-m", "services.simulator"], env=env, capture_output=True, text=True, timeout=60
    )

    assert ended.returncode != 0
    assert "SIMULATOR_INGEST_URL" in ended.stderr
