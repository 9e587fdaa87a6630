"""The alarms of one bed: what the notifier decided, joined with what it has not taken up yet.

The notifier alone opens, holds and closes alarms. Two things can be newer than its last word: an escalation it has not
answered, and a response that somebody just sent. Both are shown as what they are, never guessed into a state.
"""

from collections.abc import Iterable
from typing import Any

from services.dashboard.beds import Bed, Event, Raised
from services.dashboard.words import headline

RANK = {"high": 3, "medium": 2, "low": 1}
UNANSWERED = frozenset({"unacknowledged", "cleared_unacknowledged", "not_taken"})
# From how far a page came to how sure we are that somebody saw it.
_REACH = ("failed", "queued", "sent", "delivered", "read", "acknowledged")


def alarms_of(bed: Bed) -> list[dict[str, Any]]:
    """All open or latched alarms of the bed, the most urgent first."""
    decided = bed.alarms["alarms"] if bed.alarms else []
    listed = [_decided(bed, alarm) for alarm in decided]
    known = {alarm["escalation_id"] for alarm in decided}
    listed += [_not_taken(bed, raised) for raised in bed.escalations.values() if _untouched(bed, raised, known)]
    return sorted(listed, key=urgency)


def urgency(alarm: Event) -> tuple[int, int, str]:
    """Sorts the most urgent first: unanswered, priority, grade, then the one that waits longest."""
    unanswered = alarm["state"] in UNANSWERED
    return (-(RANK[alarm["priority"]] + 10 * unanswered), -alarm.get("grade", 0), alarm["raised_at"])


def _untouched(bed: Bed, raised: Raised, known: set[str]) -> bool:
    escalation_id = raised.event["escalation_id"]
    if escalation_id in known or escalation_id in bed.resolved:
        return False
    # A word of the notifier that is younger than the escalation and does not list it is its decision.
    return bed.alarms is None or bed.alarms_appended_ms < raised.appended_ms


def _decided(bed: Bed, alarm: Event) -> dict[str, Any]:
    escalation_id = alarm["escalation_id"]
    raised = bed.escalations.get(escalation_id)
    shown = dict(alarm) | _told(dict(raised.event) | dict(alarm) if raised else alarm)
    shown |= _about(bed, escalation_id, raised)
    refused = [o for o in alarm.get("responses", ()) if o["outcome"] == "refused"]
    if refused:
        shown["refused"] = refused[-1]
    return shown


def _not_taken(bed: Bed, raised: Raised) -> dict[str, Any]:
    event = raised.event
    fields = ("escalation_id", "kind", "priority", "grade", "sign")
    shown = {name: event[name] for name in fields if name in event}
    shown |= {"state": "not_taken", "revision": 0, "raised_at": event["detected_at"]} | _told(event)
    return shown | _about(bed, event["escalation_id"], raised)


def _told(alarm: Event) -> dict[str, Any]:
    return {"headline": headline(alarm)}


def _about(bed: Bed, escalation_id: str, raised: Raised | None) -> dict[str, Any]:
    about: dict[str, Any] = {}
    if raised:
        about["late"] = raised.event["late"]
        about["occurred_at"] = raised.event["occurred_at"]
    if escalation_id in bed.resolved:
        about["resolved"] = bed.resolved[escalation_id]
    attempts = list(bed.deliveries.get(escalation_id, {}).values())
    if attempts:
        about["delivery"] = reach(attempts)
        about["attempts"] = [_attempt(a) for a in sorted(attempts, key=lambda a: a["at"])]
    sent = [s for s in bed.sent.values() if s["escalation_id"] == escalation_id]
    if sent:
        about["sent"] = {name: sent[-1][name] for name in ("response_id", "action", "author", "at")}
    return about


def reach(attempts: Iterable[Event]) -> dict[str, Any]:
    """The furthest that any attempt came; failed only where none came further."""
    return _attempt(max(attempts, key=lambda attempt: (_REACH.index(attempt["state"]), attempt["at"])))


def _attempt(attempt: Event) -> dict[str, Any]:
    names = ("state", "channel", "recipient_role", "attempt", "at", "code")
    return {name: attempt[name] for name in names if name in attempt}
