"""What a page says: as little as it can. Pure.

P0 carries nothing that names a bed, a grade or a finding: fit for any channel. P1 adds the bed, for an authenticated
receiver inside the hospital. Neither ever carries a patient, a value or a diagnosis; the link leads to the board, where
reading is signed in and recorded.
"""

from typing import Any, Literal
from urllib.parse import quote

from schemas.encoding import digest
from schemas.escalations import Escalation
from schemas.times import format_time, parse_time
from services.notifier.alarm import Cause
from services.notifier.folding import Farewell, Ring
from services.notifier.policy import TECHNICAL_KINDS

PayloadLevel = Literal["P0", "P1"]

# IEC 60601-1-8: priority is marked with asterisks as well as colour.
MARKS = {"high": "***", "medium": "**", "low": "*"}
# A page that leaves this long after detection says so.
DELAYED_AFTER_MS = 60_000
_AGAIN = {Cause.REPEATED, Cause.ANSWER_EXPIRED, Cause.SNOOZE_ENDED}
_SENTENCES = {
    Cause.RAISED: "New alarm.",
    Cause.WORSENED: "The alarm has become worse.",
    Cause.NOT_ANSWERED: "Nobody has answered yet.",
    Cause.REPEATED: "Still nobody has answered; calling everyone again.",
    Cause.ANSWER_EXPIRED: "The acknowledgement has expired and the alarm still stands.",
    Cause.SNOOZE_ENDED: "The snooze has ended and the alarm still stands.",
    Cause.DECLINED: "The call was declined and comes to you.",
    Cause.UNREACHABLE: "Those called before could not be reached.",
}
_OVER = "The alarm is over."
_STANDS = "That part is over; an alarm of this patient still stands."
# The survivor is paged for only above what was said already: the finding itself may stand.
_OVER_MERGED = "The record was merged into another one of the same patient; the finding may stand there. See the board."


def page_id(*parts: str | int) -> str:
    """The webhook-id: the same page gives the same id however often it is sent, so the receiver can tell."""
    return f"page_{digest(list(parts))[:40]}"


def ring_body(ring: Ring, role: str, *, level: PayloadLevel, board_url: str, now_ms: int) -> dict[str, Any]:
    """A call, as a Standard Webhooks body."""
    alarm, call = ring.alarm, ring.call
    data = _about(alarm.priority, alarm.kind, alarm.unit, alarm.bed, level) | {
        "escalation_id": call.escalation_id,
        "alarm_id": alarm.members[0],  # its first escalation: one name for an alarm however it climbs
        "to": role,
        "hop": call.hop + 1,
        "hops": len(alarm.ladder.hops),
        "round": call.round,
        "why": call.cause.value,
        "message": _SENTENCES[call.cause],
        "raised_at": format_time(alarm.raised_ms),
        "delayed": now_ms - alarm.raised_ms > DELAYED_AFTER_MS and call.cause in (Cause.RAISED, Cause.WORSENED),
        "link": _link(board_url, call.escalation_id),
    }
    again = call.cause in _AGAIN
    kind = "repeated" if again else "raised" if call.hop == 0 else "escalated"
    return _body(f"crs.alarm.{kind}", data, now_ms)


def farewell_body(farewell: Farewell, role: str, *, level: PayloadLevel, board_url: str, now_ms: int) -> dict[str, Any]:
    """The end of it, for one who was called."""
    escalation: Escalation = farewell.escalation
    raised_ms = parse_time(escalation["detected_at"])
    over = _OVER_MERGED if escalation.get("reason") == "merged" else _STANDS if farewell.stands else _OVER
    about = _about(escalation["priority"], "resolved", escalation.get("unit"), escalation.get("bed"), level)
    ended = escalation.get("resolves", [escalation["escalation_id"]])
    data = about | {
        "escalation_id": ended[-1],
        "to": role,
        "why": escalation.get("reason", "resolved"),
        "message": over,
        "resolves": ended,
        "stands": farewell.stands,
        "raised_at": format_time(raised_ms),
        "delayed": now_ms - raised_ms > DELAYED_AFTER_MS,
        "link": _link(board_url, ended[-1]),
    }
    return _body("crs.alarm.resolved", data, now_ms)


def fault_body(escalation_id: str, unit: str | None, role: str, *, board_url: str, now_ms: int) -> dict[str, Any]:
    """Our own software failed on an alarm: nobody may rely on it being called."""
    data = _about("high", "fault", unit, None, "P0") | {
        "escalation_id": escalation_id,
        "to": role,
        "why": "software fault",
        "message": "An alarm could not be processed. Look at the board and at the patients of this unit.",
        "raised_at": format_time(now_ms),
        "delayed": False,
        "link": _link(board_url, escalation_id),
    }
    return _body("crs.alarm.raised", data, now_ms)


def _about(priority: str, kind: str, unit: str | None, bed: str | None, level: PayloadLevel) -> dict[str, Any]:
    technical = kind in TECHNICAL_KINDS
    place = unit or "unit not known"
    about = {"priority": priority, "mark": MARKS[priority], "unit": place, "technical": technical}
    if level == "P1" and bed is not None:
        about["bed"] = bed
        place = f"{place} bed {bed}"
    if kind == "resolved":
        return about | {"text": f"CRS watch: over, {place}"}
    return about | {
        "text": f"{MARKS[priority]} CRS watch: {'technical, ' if technical else ''}{priority} priority, {place}"
    }


def _link(board_url: str, escalation_id: str) -> str:
    return f"{board_url.rstrip('/')}/?escalation={quote(escalation_id, safe='')}"


def _body(kind: str, data: dict[str, Any], now_ms: int) -> dict[str, Any]:
    return {"type": kind, "timestamp": format_time(now_ms), "data": data}
