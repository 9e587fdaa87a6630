"""Kafka in a container: the official image, where a Docker engine answers."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from services.runtime.broker_ready import await_answer
from services.runtime.ports import LOOPBACK
from services.runtime.speech import Say, silent

if TYPE_CHECKING:
    from testcontainers.core.container import DockerContainer

IMAGE = "apache/kafka:4.3.0"
INSIDE = 9092
DEFAULT_HOST = "unix:///var/run/docker.sock"
PATIENCE_S = 3
READY_WITHIN_S = 60.0
START_SCRIPT = "/tmp/start-kafka.sh"  # noqa: S108 - inside the container, where nobody else is


class NoDocker(RuntimeError):
    """No Docker engine answers, or it could not run Kafka."""


@contextmanager
def docker_kafka(*, say: Say = silent) -> Iterator[str]:
    """The address of a Kafka in a container of its own, removed on leaving.

    Raises:
        NoDocker: there is no engine, or the container did not come up.
    """
    require_engine()
    say(f"Starting {IMAGE} in a container")
    container = None
    try:
        try:
            container = kafka_container()
            address = _started(container)
        except Exception as fault:  # whatever the engine, the registry or the image raised: the next way is tried
            raise NoDocker(f"the engine answers, but {IMAGE} did not start ({type(fault).__name__}).") from fault
        say(f"Apache Kafka answers on {address}")
        yield address
    finally:
        _removed(container)


def require_engine() -> None:
    """Return when a Docker engine answers, else raise `NoDocker`."""
    host = os.environ.get("DOCKER_HOST", DEFAULT_HOST)
    if host.startswith("unix://") and not _listens(host.removeprefix("unix://")):
        raise NoDocker("no engine listens.")
    import docker  # here: most runs have no engine, and the import alone takes a quarter of a second
    from docker.errors import DockerException

    try:
        client = docker.from_env(timeout=PATIENCE_S)
    except DockerException:
        raise NoDocker("the engine does not answer.") from None
    client.close()


def _listens(path: str) -> bool:
    """Asked before docker's own client is: that one leaves its socket open when nobody does."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(PATIENCE_S)
        try:
            probe.connect(path)
        except OSError:
            return False
    return True


def kafka_container() -> "DockerContainer":
    """The container, not started: it waits for its start script, because that must name the port the engine picks."""
    from testcontainers.core.container import DockerContainer

    wait = f"while [ ! -f {START_SCRIPT} ]; do sleep 0.1; done; sh {START_SCRIPT}"
    container = DockerContainer(IMAGE).with_exposed_ports(INSIDE).with_command(["sh", "-c", wait])
    for name, value in broker_environment().items():
        container = container.with_env(name, value)
    return container


def broker_environment() -> dict[str, str]:
    """Settings as the image reads them; the same as the local broker's."""
    return {
        "KAFKA_NODE_ID": "1",
        "KAFKA_PROCESS_ROLES": "broker,controller",
        "KAFKA_LISTENERS": f"OUTSIDE://:{INSIDE},INSIDE://:19092,CONTROLLER://:19093",
        "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "OUTSIDE:PLAINTEXT,INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
        "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:19093",
        "KAFKA_INTER_BROKER_LISTENER_NAME": "INSIDE",
        "KAFKA_AUTO_CREATE_TOPICS_ENABLE": "false",
        "KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
        "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
        "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
        "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR": "1",
        "KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR": "1",
        "KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR": "1",
    }


def _removed(container: "DockerContainer | None") -> None:
    if container is not None:
        container.stop()


def start_script(host: str, port: int) -> str:
    """What the container runs once we know the address that clients outside will use."""
    advertised = f"OUTSIDE://{host}:{port},INSIDE://localhost:19092"
    return f"#!/bin/sh\nexport KAFKA_ADVERTISED_LISTENERS={advertised}\nexec /etc/kafka/docker/run\n"


def _started(container: "DockerContainer") -> str:
    container.start()
    host, port = container.get_container_host_ip(), int(container.get_exposed_port(INSIDE))
    host = LOOPBACK if host == "localhost" else host
    container.copy_into_container(start_script(host, port).encode(), START_SCRIPT)
    await_answer(f"{host}:{port}", within_s=READY_WITHIN_S)
    return f"{host}:{port}"
