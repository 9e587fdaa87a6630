"""A handover may have been written by an earlier version, and be read by the owner of another partition."""

from schemas.bedside import HANDOVER
from schemas.reading import Record
from services.grader.stored.forms import Forms
from services.grader.stored.patients import STATES, upgraded_state


def with_newest_state(event: Record, states: Forms = STATES) -> Record:
    """The event; the state that a handover holds in the newest form, where a way leads there."""
    if event["schema"] != HANDOVER or "state" not in event:
        return event
    return {**event, "state": upgraded_state(event["state"], states)}
