"""From a pressed button to a response event, or the reason why not. Pure: what counts is decided by the notifier."""

from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from schemas.responses import RESPONSE
from schemas.times import format_time
from services.dashboard.alarm_list import alarms_of
from services.dashboard.beds import Bed
from services.dashboard.users import User

MINUTE_MS = 60_000


class Seen(BaseModel):
    """What was on the screen."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    revision: Annotated[int, Field(ge=0, description="Revision of the alarm on the screen.")]
    grade: Annotated[int | None, Field(ge=0, le=4, description="Grade on the screen, if the alarm had one.")] = None


class Answer(BaseModel):
    """The body of `POST /api/responses`."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    response_id: Annotated[
        str, Field(pattern=r"^[A-Za-z0-9-]{8,64}$", description="Made by the browser; the same press, the same id.")
    ]
    escalation_id: Annotated[str, Field(min_length=1, max_length=200, description="The alarm that is answered.")]
    action: Annotated[Literal["acknowledge", "snooze", "note"], Field(description="What the person does.")]
    seen: Seen
    reason: Annotated[str | None, Field(min_length=1, max_length=500, description="Why; a snooze needs one.")] = None
    minutes: Annotated[int | None, Field(ge=1, le=60, description="How long to snooze.")] = None
    text: Annotated[str | None, Field(min_length=1, max_length=2000, description="The note.")] = None


class Unsendable(NamedTuple):
    """Why an answer cannot be sent, as the person reads it."""

    status: int
    why: str


def response_of(answer: Answer, bed: Bed | None, user: User, *, now_ms: int) -> dict[str, Any] | Unsendable:
    """The event to produce, keyed by the bed's patient."""
    if not user.may_answer:
        return Unsendable(403, "Your role may look at the board but not answer alarms.")
    if bed is None or not user.may_see(bed.unit) or not _open(answer, bed):
        return Unsendable(404, "This alarm is no longer open.")
    if answer.action == "snooze" and not (answer.reason and answer.minutes):
        return Unsendable(422, "A snooze needs a reason and a time.")
    if answer.action == "note" and not answer.text:
        return Unsendable(422, "A note needs a text.")
    return _event(answer, bed, user, now_ms)


def _open(answer: Answer, bed: Bed) -> bool:
    return any(alarm["escalation_id"] == answer.escalation_id for alarm in alarms_of(bed))


def _event(answer: Answer, bed: Bed, user: User, now_ms: int) -> dict[str, Any]:
    until = format_time(now_ms + answer.minutes * MINUTE_MS) if answer.action == "snooze" and answer.minutes else None
    optional = {"reason": answer.reason, "until": until, "text": answer.text}
    return {
        "schema": RESPONSE,
        "response_id": answer.response_id,
        "escalation_id": answer.escalation_id,
        "patient_id": bed.patient_id,
        "action": answer.action,
        "author": user.name,
        "role": user.role,
        "at": format_time(now_ms),
        "seen": answer.seen.model_dump(exclude_none=True),
    } | {name: value for name, value in optional.items() if value is not None}
