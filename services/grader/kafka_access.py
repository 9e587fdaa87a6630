"""The grader's own aiokafka clients, and Faust's way of signing in: same brokers, same rights as everything else."""

from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from faust.auth import SASLCredentials, SSLCredentials
from faust.types.auth import SASLMechanism

from services.runtime.kafka_clients import LARGEST_RECORD_BYTES, aiokafka_security
from services.runtime.settings import KafkaSettings

# An open transaction of a dead worker holds up readers of committed records; opening its id aborts it anyway.
TRANSACTION_TIMEOUT_MS = 20_000


def transactional_producer(settings: KafkaSettings, transactional_id: str, *, timeout_ms: int) -> AIOKafkaProducer:
    """A producer whose start fences every older one with the same id."""
    return AIOKafkaProducer(
        bootstrap_servers=settings.bootstrap_servers,
        transactional_id=transactional_id,
        transaction_timeout_ms=TRANSACTION_TIMEOUT_MS,
        request_timeout_ms=timeout_ms,
        max_request_size=LARGEST_RECORD_BYTES,
        max_batch_size=1024 * 1024,
        **aiokafka_security(settings),
    )


def committed_reader(settings: KafkaSettings) -> AIOKafkaConsumer:
    """Reads finished transactions only, and fails rather than guess where a position is out of range."""
    return AIOKafkaConsumer(
        bootstrap_servers=settings.bootstrap_servers,
        isolation_level="read_committed",
        auto_offset_reset="none",
        enable_auto_commit=False,
        max_partition_fetch_bytes=LARGEST_RECORD_BYTES,
        fetch_max_wait_ms=100,
        **aiokafka_security(settings),
    )


def faust_credentials(settings: KafkaSettings) -> Any:
    """The same sign-in as Faust wants it; None for a plain connection."""
    given = aiokafka_security(settings)
    if "sasl_mechanism" in given:
        return SASLCredentials(
            username=given["sasl_plain_username"],
            password=given["sasl_plain_password"],
            mechanism=SASLMechanism(given["sasl_mechanism"]),
            ssl_context=given.get("ssl_context"),
        )
    return SSLCredentials(given["ssl_context"]) if "ssl_context" in given else None
