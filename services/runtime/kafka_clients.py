"""Kafka clients with safe settings. The libraries' own defaults lose records or wait for half a minute.

kafka-python for what is plain (notifier, ingest, command line), aiokafka and Faust through `aiokafka_security`.
"""

import ssl
from collections.abc import Sequence
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer

from services.runtime.settings import KafkaSettings

LARGEST_RECORD_BYTES = 16 * 1024 * 1024


def producer(kafka: KafkaSettings, *, client_id: str, **more: Any) -> KafkaProducer:
    """A producer that reports a record as sent only when every in-sync replica has it, once and in order.

    `send(...)` hands over; only `.get(timeout)` of what it returns says that Kafka has the record.
    """
    settings: dict[str, Any] = {
        "acks": "all",
        "enable_idempotence": True,
        "linger_ms": 2,
        "request_timeout_ms": 10_000,
        "delivery_timeout_ms": 30_000,
        "max_block_ms": 15_000,
        "max_request_size": LARGEST_RECORD_BYTES,
        "allow_auto_create_topics": False,
    }
    return KafkaProducer(**(_connection(kafka, client_id) | settings | more))


def consumer(
    kafka: KafkaSettings, *topics: str, client_id: str, group: str | None = None, **more: Any
) -> KafkaConsumer:
    """A consumer that starts at the beginning and commits only when told to.

    Args:
        kafka: where Kafka is; its topic prefix is put before the group.
        topics: full names, with the prefix; none when the caller assigns partitions itself.
        client_id: shown in the broker's logs and quotas.
        group: without one, nothing is committed and no partition is assigned.
        more: kafka-python settings that win over ours.
    """
    settings: dict[str, Any] = {
        "group_id": f"{kafka.topic_prefix}{group}" if group else None,
        "enable_auto_commit": False,
        "auto_offset_reset": "earliest",
        "isolation_level": "read_committed",
        "session_timeout_ms": 10_000,
        "heartbeat_interval_ms": 2_000,
        "max_poll_interval_ms": 60_000,
        "max_partition_fetch_bytes": LARGEST_RECORD_BYTES,
        "allow_auto_create_topics": False,
    }
    return KafkaConsumer(*topics, **(_connection(kafka, client_id) | settings | more))


def admin(kafka: KafkaSettings, *, client_id: str = "crswatch", **more: Any) -> KafkaAdminClient:
    """A client that creates, describes and deletes topics. Close it."""
    return KafkaAdminClient(**(_connection(kafka, client_id) | more))


def aiokafka_security(kafka: KafkaSettings) -> dict[str, Any]:
    """What an aiokafka client, and so Faust's transport, needs to sign in; empty for a plain connection."""
    if kafka.security_protocol == "PLAINTEXT":
        return {}
    given: dict[str, Any] = {"security_protocol": kafka.security_protocol}
    if kafka.security_protocol.endswith("SSL"):
        given["ssl_context"] = _tls(kafka)
    return given | _sign_in(kafka)


def bootstrap_servers(kafka: KafkaSettings) -> Sequence[str]:
    """The brokers to ask first, one by one."""
    return kafka.bootstrap_servers.split(",")


def _connection(kafka: KafkaSettings, client_id: str) -> dict[str, Any]:
    given: dict[str, Any] = {
        "bootstrap_servers": bootstrap_servers(kafka),
        "client_id": client_id,
        "security_protocol": kafka.security_protocol,
        "reconnect_backoff_max_ms": 1_000,  # a broker that comes back is found within a second, not half a minute
    }
    if kafka.security_protocol.endswith("SSL"):
        given["ssl_context"] = _tls(kafka)
    return given | _sign_in(kafka)


def _tls(kafka: KafkaSettings) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(kafka.ssl_ca_file) if kafka.ssl_ca_file else None)


def _sign_in(kafka: KafkaSettings) -> dict[str, Any]:
    if not kafka.security_protocol.startswith("SASL") or kafka.sasl_password_file is None:
        return {}
    return {
        "sasl_mechanism": kafka.sasl_mechanism,
        "sasl_plain_username": kafka.sasl_username,
        "sasl_plain_password": kafka.sasl_password_file.read_text().strip(),
    }
