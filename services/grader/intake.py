"""Kafka records of the bedside topic: each an event, or refused with its bytes kept."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Protocol

from schemas.bedside import VITALS
from schemas.encoding import digest, kept_bytes
from schemas.partitions import partition_for
from schemas.rates import Rates
from schemas.reading import Record, event_time, read_bedside
from schemas.reading_batch import Known, read_batch
from schemas.reasons import Refusal
from schemas.rejected import KEPT_BYTES, REJECTED
from schemas.times import format_time
from services.grader.stored.handovers import with_newest_state

MOST_BYTES = KEPT_BYTES  # an event this large is none: what is kept of a refused record is all of an accepted one
MOST_KEYS = 250_000
KEYLESS = ("crs.tick.v1", "crs.rules.v1")

Taken = tuple["PlainRecord", Record | Rates | Refusal, int | None]


class PlainRecord(Protocol):
    """What is read of a consumed record."""

    @property
    def offset(self) -> int:
        """Its place in the partition."""

    @property
    def timestamp(self) -> int:
        """The broker's time, in milliseconds since 1970."""

    @property
    def key(self) -> bytes | None:
        """The patient; none where the record concerns the whole partition."""

    @property
    def value(self) -> bytes | None:
        """One event."""


class KafkaRecord(PlainRecord, Protocol):
    """A consumed record that says where it lies."""

    @property
    def topic(self) -> str:
        """Name of the topic."""

    @property
    def partition(self) -> int:
        """Number of the partition."""


class Located(NamedTuple):
    """A plain record and where it lies."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None


class Intake:
    """Reads the records of one partition, many at a time, each as `read` would.

    Args:
        partition: number of the partition.
        partitions: how many the topic has.
    """

    def __init__(self, partition: int, partitions: int) -> None:
        self._partition, self._partitions = partition, partitions
        # Of patients who live here: working that out costs more than reading a record.
        self._known = Known({}, {})

    def read(self, records: Sequence[PlainRecord]) -> Iterator[Taken]:
        """Each record with its event or why it is none, and when vitals were observed.

        The time is in milliseconds since 1970, and None beside everything that is no event of vitals.
        """
        return read_batch(records, self._known, self._alone, MOST_BYTES)

    def _alone(self, record: PlainRecord) -> tuple[Record | Refusal, int | None]:
        event = _event(record, self._partition, self._partitions)
        if isinstance(event, Refusal):
            return event, None
        if record.key is not None:
            if len(self._known.homes) >= MOST_KEYS:
                self._known.homes.clear()
                self._known.rates.clear()
            self._known.homes[event.get("patient_id", "")] = record.key
        return event, event_time(event) if event["schema"] == VITALS else None


def read(record: KafkaRecord, partitions: int) -> Record | Refusal:
    """The event, if the record is one and lies where its patient belongs."""
    return _event(record, record.partition, partitions)


def _event(record: PlainRecord, partition: int, partitions: int) -> Record | Refusal:
    body = record.value or b""
    if len(body) > MOST_BYTES:
        return Refusal("too_large")
    event = read_bedside(body)
    if isinstance(event, Refusal):
        return event
    return _misplaced(event, record.key, partition, partitions) or with_newest_state(event)


def _misplaced(event: Record, key: bytes | None, partition: int, partitions: int) -> Refusal | None:
    """Where the key is not the patient's, or the partition is not the key's."""
    patient_id = event.get("patient_id", "")
    if key is not None and patient_id.encode() != key:
        return Refusal("key_mismatch", "patient_id")
    if event["schema"] in KEYLESS:
        return None
    if key is None:
        return Refusal("key_mismatch", "patient_id")
    if partition_for(patient_id, partitions) != partition:
        return Refusal("wrong_partition", "patient_id")
    return None


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
