"""Is Kafka ready? An open port is no answer: it opens seconds before the broker may be used."""

import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from kafka import KafkaAdminClient
from kafka.errors import KafkaError


def answers(bootstrap_servers: str) -> bool:
    """Whether Kafka itself names a broker that clients may use."""
    host, _, port = bootstrap_servers.partition(":")
    try:
        socket.create_connection((host, int(port)), 0.2).close()
    except OSError:
        return False
    with _hushed():
        try:
            admin = KafkaAdminClient(bootstrap_servers=bootstrap_servers, request_timeout_ms=5_000)
        except KafkaError:
            return False
        try:
            return bool(admin.describe_cluster()["brokers"])
        except KafkaError:
            return False
        finally:
            admin.close()


@contextmanager
def _hushed() -> Iterator[None]:
    """The client's complaints about a broker that is still starting are no news."""
    logger = logging.getLogger("kafka")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)
