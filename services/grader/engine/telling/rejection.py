"""A record that reads well and is refused all the same: the patient's state and the rules say why."""

from typing import Any

from schemas.encoding import digest, encode, kept_bytes
from schemas.reasons import Reason
from schemas.rejected import REJECTED
from schemas.times import format_time
from services.grader.engine import Origin, Output
from services.grader.engine.step import Refused


def rejection(record: dict[str, Any], refused: Refused, origin: Origin, clock_ms: int) -> Output:
    """The record for the dead-letter topic; the same record always gives the same id."""
    reason: Reason = refused.reason
    value = {
        "schema": REJECTED,
        "rejected_id": digest(["rejected", *origin]),
        "reason": reason,
        **({} if refused.field is None else {"field": refused.field}),
        "received_at": format_time(clock_ms),
        "source": f"kafka:{origin.topic}/{origin.partition}/{origin.offset}",
        **kept_bytes(encode(record)),
    }
    return Output("rejected", record.get("patient_id", ""), value)
