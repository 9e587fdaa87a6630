"""Bytes of the two topics we read to events, or the reason why not. Pure."""

from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from schemas.encoding import digest, kept_bytes
from schemas.escalations import Escalation
from schemas.reasons import Reason, Refusal
from schemas.rejected import Rejected
from schemas.responses import Response
from schemas.times import format_time, parse_time

_TIMES = ("occurred_at", "detected_at", "at", "until")
_REASON_OF_ERROR: dict[str, Reason] = {
    "json_invalid": "not_json",
    "missing": "missing_field",
    "string_unicode": "not_utf8",
    "literal_error": "not_allowed",
}


@cache
def _adapter(event: Any) -> TypeAdapter[Any]:
    return TypeAdapter(event)


def read_escalation(body: bytes | None) -> Escalation | Refusal:
    """The escalation in `body`, or why it is refused."""
    return _read(Escalation, body)  # type: ignore[return-value]


def read_response(body: bytes | None) -> Response | Refusal:
    """The response in `body`, or why it is refused."""
    return _read(Response, body)  # type: ignore[return-value]


def rejected(body: bytes | None, refusal: Refusal, *, origin: str, now_ms: int) -> Rejected:
    """The record for `crs.rejected.v1`: nothing refused is lost."""
    record: dict[str, Any] = {"schema": "crs.rejected.v1", "rejected_id": digest(["notifier", origin])}
    record["reason"] = refusal.reason
    if refusal.field is not None:
        record["field"] = refusal.field
    record |= {"received_at": format_time(now_ms), "source": f"kafka:{origin}"} | kept_bytes(body or b"")
    return record  # type: ignore[return-value]


def _read(event: Any, body: bytes | None) -> dict[str, Any] | Refusal:
    if not body:
        return Refusal("empty")
    try:
        record: dict[str, Any] = _adapter(event).validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        field = str(first["loc"][0]) if first["loc"] else None
        return Refusal(_REASON_OF_ERROR.get(first["type"], "wrong_type"), field)
    for name in _TIMES:
        if name in record:
            try:
                parse_time(record[name])
            except ValueError:
                return Refusal("bad_time", name)
    return record
