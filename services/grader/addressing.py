"""What the engine says as records for Kafka: topic, key, bytes, time, and the bedside record it follows from."""

from collections.abc import Iterable, Mapping
from typing import Any

from schemas.encoding import encode, kept_bytes
from schemas.rejected import KEPT_BYTES, KEPT_KEY_BYTES
from services.grader.engine import Output
from services.grader.intake import PlainRecord
from services.grader.sender import Addressed


def addressed(
    outputs: Iterable[Output], record: PlainRecord | None, topics: Mapping[str, str], *, partition: int, clock_ms: int,
    first: int = 0,
) -> list[Addressed]:  # fmt: skip
    """The outputs, ready to go.

    Args:
        outputs: of one record, or of taking over.
        record: what they follow from; None where they follow from none.
        topics: names by their short names.
        partition: where the record lies.
        clock_ms: of the partition, which the outputs are stamped with.
        first: how many outputs of the same record went before.
    """
    return [
        Addressed(
            topics[output.topic],
            _key(output, record),
            None if output.value is None else encode(_value(output, record)),
            b"" if record is None else b"%d:%d:%d" % (partition, record.offset, number),
            clock_ms,
            output.topic,
            _detail(output),
        )
        for number, output in enumerate(outputs, first)
    ]


def with_its_bytes(value: Mapping[str, Any], body: bytes) -> dict[str, Any]:
    """A rejection with the refused record as it came: the engine knows what was read of it, and no more."""
    return {**value, **kept_bytes(body, KEPT_BYTES)}


def _value(output: Output, record: PlainRecord | None) -> Mapping[str, Any]:
    value = output.value or {}
    return value if record is None or output.topic != "rejected" else with_its_bytes(value, record.value or b"")


def _key(output: Output, record: PlainRecord | None) -> bytes | None:
    """A refused record keeps its own key, whatever bytes that is: it need not be text."""
    if output.topic == "rejected" and record is not None:
        return record.key and record.key[:KEPT_KEY_BYTES]
    return output.key.encode() or None


def _detail(output: Output) -> tuple[str, ...]:
    """What the metrics tell apart; never anything about the patient."""
    value = output.value or {}
    if output.topic == "escalations":
        return (value["kind"], value["priority"])
    return (value["reason"],) if output.topic == "rejected" else ()
