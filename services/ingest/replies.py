"""What the sender is told: a word for each item and no value of any patient. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from schemas.reasons import Refusal
from services.ingest.outcomes import Outcome, Status
from services.ingest.rejections import field_name

# An event made of nothing but unknown fields would otherwise be answered with all their names.
REFUSED_SHOWN = 20

MESSAGES: Mapping[str, str] = {
    "empty": "The body holds no event.",
    "too_large": "The body is above the size limit; send fewer events a request.",
    "not_utf8": "The body is not UTF-8.",
    "not_json": "The body is not JSON: nothing of it was stored. In JSON Lines a bad line costs only itself.",
    "unsupported_media_type": "Send application/json or application/x-ndjson, in UTF-8, not compressed.",
    "unavailable": "The events could not be stored for certain. Send the same request again, with the same event_ids.",
    "busy": "Too many requests at once. Send the same request again.",
    "too_slow": "The body did not arrive in time. Send the same request again.",
    "unauthorized": "Send the bearer token of this installation.",
    "not_found": "Events go to /v1/vitals and /v1/clinical.",
    "method_not_allowed": "Events are sent with POST.",
}


def problem(reason: str, rejected_id: str | None = None) -> dict[str, str]:
    """A reply about the request as a whole."""
    reply = {"reason": reason, "message": MESSAGES[reason]}
    return reply if rejected_id is None else {**reply, "rejected_id": rejected_id}


def results(outcomes: Sequence[Outcome], rejected_ids: Mapping[int, str]) -> dict[str, Any]:
    """A reply that says of each item what became of it, in the order of the request."""
    counts = Counter(outcome.status for outcome in outcomes)
    return {
        "received": len(outcomes),
        **{status.value: counts[status] for status in Status},
        "results": [_result(outcome, rejected_ids.get(outcome.place)) for outcome in outcomes],
    }


def status_code(outcomes: Sequence[Outcome]) -> int:
    """202 where anything was taken, 422 where everything was refused."""
    return 422 if all(outcome.status is Status.REJECTED for outcome in outcomes) else 202


def _result(outcome: Outcome, rejected_id: str | None) -> dict[str, Any]:
    result: dict[str, Any] = {"index": outcome.place, "status": outcome.status.value}
    if outcome.event_id is not None:
        result["event_id"] = outcome.event_id
    if outcome.status is Status.REJECTED:
        result |= _refusal(outcome.refused[0])
    if outcome.refused:
        result["refused"] = [_refusal(refusal) for refusal in outcome.refused[:REFUSED_SHOWN]]
    if rejected_id is not None:
        result["rejected_id"] = rejected_id
    return result


def _refusal(refusal: Refusal) -> dict[str, str]:
    name = field_name(refusal)
    return {"reason": refusal.reason} if name is None else {"reason": refusal.reason, "field": name}
