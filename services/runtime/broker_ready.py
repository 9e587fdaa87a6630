"""Is Kafka ready? An open port is no answer: it opens well before the broker may be used."""

import socket
import time
from collections.abc import Callable

from kafka.errors import KafkaError
from kafka.protocol.metadata import MetadataRequest
from kafka.protocol.parser import KafkaProtocol

METADATA_VERSION = 12  # understood by every broker since Kafka 2.8
PATIENCE_S = 5.0


class NoAnswer(RuntimeError):
    """Kafka did not answer in time, or its process ended first."""


def await_answer(bootstrap_servers: str, *, within_s: float, running: Callable[[], bool] = lambda: True) -> None:
    """Return once Kafka answers.

    Raises:
        NoAnswer: it ended, or the time is over.
    """
    deadline_s = time.monotonic() + within_s
    while not answers(bootstrap_servers):
        if not running():
            raise NoAnswer("Kafka ended while it started")
        if time.monotonic() > deadline_s:
            raise NoAnswer(f"Kafka did not answer within {within_s:.0f} s")
        time.sleep(0.05)


def answers(bootstrap_servers: str) -> bool:
    """Whether Kafka itself names a broker that clients may use, over a plain connection.

    One question on one socket: a whole client would keep trying by itself, and leave a thread behind when it fails.
    """
    host, _, port = bootstrap_servers.rpartition(":")
    protocol = KafkaProtocol(client_id="crswatch-readiness")
    protocol.send_request(MetadataRequest(topics=[], version=METADATA_VERSION))
    try:
        with socket.create_connection((host, int(port)), PATIENCE_S) as connection:
            connection.sendall(protocol.send_bytes())
            replies: list[tuple[int, object]] = []
            while not replies:
                received = connection.recv(65_536)
                if not received:
                    return False
                replies = protocol.receive_bytes(received)
    except (OSError, KafkaError):
        return False
    # A broker that is still fenced answers too, but is not on its own list.
    return bool(getattr(replies[0][1], "brokers", None))
