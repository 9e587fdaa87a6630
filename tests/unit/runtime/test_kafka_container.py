"""What can be said about the container where no Docker engine runs."""

import pytest

from services.runtime.jars import pinned_jars
from services.runtime.kafka_container import (
    IMAGE,
    NoDocker,
    broker_environment,
    require_engine,
    start_script,
)


def test_clients_outside_are_sent_to_the_port_the_engine_picked():
    script = start_script("127.0.0.1", 32_771)

    assert "ADVERTISED_LISTENERS=OUTSIDE://127.0.0.1:32771,INSIDE://localhost:19092\n" in script
    assert script.endswith("exec /etc/kafka/docker/run\n")


def test_every_advertised_listener_is_listened_on():
    listeners = broker_environment()["KAFKA_LISTENERS"]

    assert all(f"{name}://:" in listeners for name in ("OUTSIDE", "INSIDE", "CONTROLLER"))


def test_no_engine_is_said_plainly(monkeypatch, tmp_path):
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/docker.sock")

    with pytest.raises(NoDocker, match="no engine listens"):
        require_engine()


def test_an_engine_that_refuses_is_no_engine(monkeypatch):
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")

    with pytest.raises(NoDocker, match="does not answer"):
        require_engine()


def test_container_and_local_broker_are_the_same_kafka():
    (local,) = (jar.version for jar in pinned_jars() if jar.artifact == "kafka_2.13")

    assert f"apache/kafka:{local}" == IMAGE
