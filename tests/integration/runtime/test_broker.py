"""The local broker, on real Apache Kafka: starts, restarts, breaks and goes away as promised."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest

from schemas.topics import ALARMS
from services.runtime import broker as local
from services.runtime.broker import STOP_WITHIN_S, BrokerDidNotStart, local_kafka
from services.runtime.broker_config import Ports
from services.runtime.broker_ready import answers
from services.runtime.kafka_clients import consumer, producer
from services.runtime.ports import LOOPBACK, free_port
from services.runtime.settings import KafkaSettings
from services.runtime.topics import create_topics
from tests.waiting import eventually

pytestmark = pytest.mark.kafka


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def send(settings: KafkaSettings, *bodies: bytes) -> None:
    with_client = producer(settings, client_id="test")
    for body in bodies:
        with_client.send(ALARMS.name, key=b"bed-7", value=body).get(20)
    with_client.close()


def everything(settings: KafkaSettings, count: int) -> list[bytes]:
    reader = consumer(settings, ALARMS.name, client_id="test", group="test-reader")
    try:
        found: list[bytes] = []

        def look():
            found.extend(record.value for records in reader.poll(200).values() for record in records)
            return len(found) >= count

        eventually(look, within=30, what=f"{count} records")
        return found
    finally:
        reader.close()


@pytest.fixture
def settings_of():
    def of(broker) -> KafkaSettings:
        settings = KafkaSettings(bootstrap_servers=broker.bootstrap_servers, partitions=1)
        create_topics(settings, (ALARMS,))
        return settings

    return of


def test_one_broker_through_stop_kill_and_pause_keeps_its_address_and_its_data(settings_of):
    with local_kafka() as broker:
        address, settings = broker.bootstrap_servers, settings_of(broker)
        send(settings, b"before")

        broker.stop()
        assert not broker.running
        assert not answers(address)
        broker.start()
        send(settings, b"after a stop")

        broker.kill()
        broker.start()
        send(settings, b"after a kill")

        broker.pause()
        with socket.create_connection((LOOPBACK, int(address.rpartition(":")[2]))):
            pass  # the port is open, and nobody answers
        broker.resume()
        eventually(lambda: answers(address), what="an answer after the pause")

        assert broker.bootstrap_servers == address
        assert everything(settings, 3) == [b"before", b"after a stop", b"after a kill"]
        data, pid = broker.data, broker.pid

    assert not lives(pid)
    assert not data.exists()


def test_a_kept_folder_is_found_again_by_the_next_run(settings_of, tmp_path):
    with local_kafka(tmp_path / "kept") as broker:
        address = broker.bootstrap_servers
        send(settings_of(broker), b"kept")

        with pytest.raises(BrokerDidNotStart, match="another Kafka is using"), local_kafka(tmp_path / "kept"):
            pytest.fail("two brokers in one folder")

    with local_kafka(tmp_path / "kept") as broker:
        assert broker.bootstrap_servers == address
        assert everything(settings_of(broker), 1) == [b"kept"]


@pytest.mark.parametrize("which", ["clients", "controller"])
def test_a_port_that_is_taken_at_the_last_moment_means_another_one(monkeypatch, which):
    with socket.create_server((LOOPBACK, 0)) as somebody:
        taken = Ports(free_port(), free_port())._replace(**{which: somebody.getsockname()[1]})
        monkeypatch.setattr(local, "ports_for", lambda _: taken)

        with local_kafka() as broker:
            assert answers(broker.bootstrap_servers)
            assert broker.bootstrap_servers != f"{LOOPBACK}:{taken.clients}"


def test_a_restart_on_a_taken_port_says_so(tmp_path):
    with local_kafka(tmp_path) as broker:
        port = int(broker.bootstrap_servers.rpartition(":")[2])
        broker.stop()
        taken = pytest.raises(BrokerDidNotStart, match=f"one of its ports \\({port}, .* is taken")
        with socket.create_server((LOOPBACK, port)), taken:
            broker.start()
        broker.start()

        assert answers(broker.bootstrap_servers)


RUN = [sys.executable, "-W", "ignore", "-m", "services.runtime.broker"]


@pytest.fixture
def run_broker(tmp_path):
    started = []

    def run(**more) -> subprocess.Popen:
        process = subprocess.Popen([*RUN], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, **more)
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def kafkas_under(pid: int) -> list[int]:
    """The Java processes that this process started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children if b"kafka.Kafka" in Path(f"/proc/{child}/cmdline").read_bytes()]


def test_two_processes_at_once_have_a_broker_each(run_broker):
    first, second = run_broker(), run_broker()
    addresses = {first.stdout.readline().strip(), second.stdout.readline().strip()}

    assert len(addresses) == 2
    assert all(answers(address) for address in addresses)


def test_a_killed_parent_takes_its_broker_along(run_broker):
    parent = run_broker()
    address = parent.stdout.readline().strip()
    (kafka,) = kafkas_under(parent.pid)

    os.kill(parent.pid, signal.SIGKILL)

    eventually(lambda: not lives(kafka), what="Kafka ended")
    assert not answers(address)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_broker_that_is_told_to_stop_does(run_broker, number):
    parent = run_broker()
    parent.stdout.readline()
    (kafka,) = kafkas_under(parent.pid)

    parent.send_signal(number)

    assert parent.wait(3 * STOP_WITHIN_S) == 0  # a Kafka that does not end by itself is killed after the first third
    assert not lives(kafka)


def test_a_cluster_name_that_looks_like_an_option_is_taken(monkeypatch):
    """One random name in 64 begins with a dash."""
    monkeypatch.setattr("services.runtime.broker.uuid.uuid4", lambda: UUID(int=0xFB << 120))

    with local_kafka() as broker:
        assert broker.bootstrap_servers
