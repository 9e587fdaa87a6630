"""Server-sent events as bytes, ready for every board at once."""

from collections.abc import Mapping
from typing import Any

from schemas.encoding import encode
from services.dashboard.outbox import Frame


def frame(event: str, value: Mapping[str, Any], *, slot: str | None, event_id: str = "") -> Frame:
    """One event; the id is the Kafka place of the record that caused it."""
    head = f"event: {event}\n" + (f"id: {event_id}\n" if event_id else "")
    return Frame(slot, head.encode() + b"data: " + encode(value) + b"\n\n")
