"""One Kafka record of the bedside topic: graded, or refused with its bytes kept."""

from typing import Any, Protocol

from schemas.encoding import digest, kept_bytes
from schemas.partitions import partition_for
from schemas.reading import Record, read_bedside
from schemas.reasons import Refusal
from schemas.rejected import KEPT_BYTES, REJECTED
from schemas.times import format_time

MOST_BYTES = KEPT_BYTES  # an event this large is none: what is kept of a refused record is all of an accepted one
KEYLESS = ("crs.tick.v1", "crs.rules.v1")


class KafkaRecord(Protocol):
    """What is read of a consumed record."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None


def read(record: KafkaRecord, partitions: int) -> Record | Refusal:
    """The event, if the record is one and lies where its patient belongs."""
    body = record.value or b""
    if len(body) > MOST_BYTES:
        return Refusal("too_large")
    event = read_bedside(body, record.key)
    if isinstance(event, Refusal) or event["schema"] in KEYLESS:
        return event
    if record.key is None:
        return Refusal("key_mismatch", "patient_id")
    if partition_for(event["patient_id"], partitions) != record.partition:
        return Refusal("wrong_partition", "patient_id")
    return event


def rejection(record: KafkaRecord, refusal: Refusal) -> dict[str, Any]:
    """The refused bytes as `crs.rejected.v1` keeps them; the same record always gives the same id."""
    source = f"kafka:{record.topic}/{record.partition}/{record.offset}"
    return {
        "schema": REJECTED,
        "rejected_id": digest(["rejected", source]),
        "reason": refusal.reason,
        **({} if refusal.field is None else {"field": refusal.field}),
        "received_at": format_time(record.timestamp),
        "source": source,
        **kept_bytes(record.value or b"", KEPT_BYTES),
    }
