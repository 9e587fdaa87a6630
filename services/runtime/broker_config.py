"""What the local broker's server.properties says, and what it said before."""

from pathlib import Path
from typing import NamedTuple

from services.runtime.ports import LOOPBACK, free_port, is_free

PROPERTIES = "server.properties"


class Ports(NamedTuple):
    """Where clients and the controller listen; both are part of a broker's identity and stay over a restart."""

    clients: int
    controller: int


def fresh_ports() -> Ports:
    """Two free ones."""
    clients = free_port()
    return Ports(clients, free_port(avoid=frozenset({clients})))


def ports_for(data: Path) -> Ports:
    """The ports that this data folder had before when they are still free, else fresh ones."""
    said = _read(data / PROPERTIES)
    if "listeners" in said:
        clients, controller = (int(listener.rpartition(":")[2]) for listener in said["listeners"].split(","))
        if is_free(clients) and is_free(controller):
            return Ports(clients, controller)
    return fresh_ports()


def write_properties(data: Path, ports: Ports) -> Path:
    """One combined broker and controller on the loopback address; everything internal is replicated once."""
    settings: dict[str, object] = {
        "process.roles": "broker,controller",
        "node.id": 1,
        "log.dirs": data / "log",
        "controller.quorum.voters": f"1@{LOOPBACK}:{ports.controller}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://{LOOPBACK}:{ports.clients},CONTROLLER://{LOOPBACK}:{ports.controller}",
        "advertised.listeners": f"PLAINTEXT://{LOOPBACK}:{ports.clients}",
        "inter.broker.listener.name": "PLAINTEXT",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "auto.create.topics.enable": "false",  # a topic of the wrong shape is worse than none
        "default.replication.factor": 1,
        "min.insync.replicas": 1,
        "group.initial.rebalance.delay.ms": 0,
        "offsets.topic.replication.factor": 1,
        "offsets.topic.num.partitions": 4,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        "transaction.state.log.num.partitions": 4,
        "share.coordinator.state.topic.replication.factor": 1,
        "share.coordinator.state.topic.min.isr": 1,
        "share.coordinator.state.topic.num.partitions": 1,
        # A killed broker may register again only when its old session has ended: nine seconds by default.
        "broker.session.timeout.ms": 6000,
        "broker.heartbeat.interval.ms": 1000,
        "log.cleaner.dedupe.buffer.size": 16 * 1024 * 1024,  # the default is a quarter of our heap
    }
    file = data / PROPERTIES
    file.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    return file


def _read(file: Path) -> dict[str, str]:
    if not file.exists():
        return {}
    pairs = (line.partition("=") for line in file.read_text().splitlines())
    return {name: value for name, _, value in pairs}
