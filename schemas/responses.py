"""`crs.responses.v1`: what people answer. What changes a grade is a bedside event instead. Kept for 90 days."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from schemas.fields import Grade, Name, Sentence
from schemas.parts import WIRE, Count, OpaqueId
from schemas.times import Time

RESPONSE = "crs.responses.v1"


class Seen(TypedDict):
    """What was on the screen when the button was pressed: an answer covers that and no more."""

    __pydantic_config__ = WIRE  # type: ignore[misc]

    revision: Annotated[Count, Field(description="Revision of the alarm.")]
    grade: NotRequired[Grade]


class Response(TypedDict):
    """One person's answer to one escalation."""

    __pydantic_config__ = WIRE  # type: ignore[misc]

    schema: Literal["crs.responses.v1"]
    response_id: OpaqueId
    escalation_id: OpaqueId
    patient_id: NotRequired[Annotated[Name, Field(description="Key of the record, where the sender knows it.")]]
    action: Annotated[Literal["acknowledge", "snooze", "decline", "note", "feedback"], Field(description="The answer.")]
    author: Annotated[Name, Field(description="Who answered.")]
    role: Annotated[Name, Field(description="In which role.")]
    at: Annotated[Time, Field(description="When.")]
    seen: Annotated[Seen, Field(description="What was on the screen.")]
    reason: NotRequired[Sentence]
    until: NotRequired[Annotated[Time, Field(description="End of a snooze.")]]
    text: NotRequired[Sentence]
