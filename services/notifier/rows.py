"""What was decided, as rows of pages for the ledger. Pure: a fault in here is caught before anything is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from schemas.encoding import digest, encode
from schemas.times import parse_time
from services.notifier.alarm import Alarm
from services.notifier.folding import Farewell, Folded, News, Ring
from services.notifier.policy import Policy, ladder_for
from services.notifier.raising import RESOLVED, key_of
from services.notifier.wording import PayloadLevel, farewell_body, fault_body, page_id, ring_body

URGENCY = {"high": 0, "medium": 1, "low": 2}
# While the notifier fails on a patient, people are told again this often [P].
FAULT_REPEATS_MS = 300_000


@dataclass(frozen=True, slots=True)
class Manner:
    """How this notifier calls: by which policy, over which channels, saying how much."""

    policy: Policy
    channels: frozenset[str]
    level: PayloadLevel
    board_url: str


def page_rows(folded: Folded, manner: Manner, now_ms: int) -> list[dict[str, Any]]:
    """One row for each role that is called or told."""
    rows = [_ring_row(ring, role, manner, now_ms) for ring in folded.rings for role in ring.call.roles]
    return rows + [_farewell_row(one, role, manner, now_ms) for one in folded.farewells for role in one.roles]


def fault_rows(subject: str, before: Sequence[Alarm], news: News, manner: Manner, now_ms: int) -> list[dict[str, Any]]:
    """Our own software failed on this patient: everyone of the first hop is told to look, whatever it was about."""
    about = [one["escalation_id"] for one in news.escalations] or [alarm.escalation_id for alarm in before]
    escalation_id = about[-1] if about else digest(["fault", subject])  # never the subject: it may be a patient
    unit = next((one["unit"] for one in reversed(news.escalations) if "unit" in one), None)
    unit = unit or next((alarm.unit for alarm in before if alarm.unit), None)
    return [
        {
            "page_id": page_id(subject, "fault", now_ms // FAULT_REPEATS_MS, role),
            "alarm": "fault",
            "escalation_id": escalation_id,
            "kind": "fault",
            "round": 1,
            "hop": 0,
            "role": role,
            "channel": _channel(manner, role),
            "cause": "fault",
            "urgency": 0,
            "body": encode(fault_body(escalation_id, unit, role, board_url=manner.board_url, now_ms=now_ms)).decode(),
            "detected_ms": now_ms,
        }
        for role in ladder_for(manner.policy, "high", unit=None).hops[0].roles
    ]


def _ring_row(ring: Ring, role: str, manner: Manner, now_ms: int) -> dict[str, Any]:
    call = ring.call
    body = ring_body(ring, role, level=manner.level, board_url=manner.board_url, now_ms=now_ms)
    return {
        "page_id": page_id(call.escalation_id, call.round, call.hop, role),
        "alarm": ring.alarm.key,
        "escalation_id": call.escalation_id,
        "kind": "ring",
        "round": call.round,
        "hop": call.hop,
        "role": role,
        "channel": _channel(manner, role),
        "cause": call.cause.value,
        "urgency": URGENCY[ring.alarm.priority],
        "body": encode(body).decode(),
        "detected_ms": ring.alarm.raised_ms,
    }


def _farewell_row(farewell: Farewell, role: str, manner: Manner, now_ms: int) -> dict[str, Any]:
    escalation = farewell.escalation
    body = farewell_body(farewell, role, level=manner.level, board_url=manner.board_url, now_ms=now_ms)
    return {
        "page_id": page_id(escalation["escalation_id"], "resolved", role),
        "alarm": key_of(escalation),
        "escalation_id": escalation["escalation_id"],
        "kind": "farewell",
        "round": 1,
        "hop": 0,
        "role": role,
        "channel": _channel(manner, role),
        "cause": escalation.get("reason", RESOLVED),
        "urgency": URGENCY[escalation["priority"]],
        "body": encode(body).decode(),
        "detected_ms": parse_time(escalation["detected_at"]),
    }


def _channel(manner: Manner, role: str) -> str:
    return next(channel for channel in manner.policy.roles[role] if channel in manner.channels)
