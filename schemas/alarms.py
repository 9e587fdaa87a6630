"""`crs.alarms.v1`: every open or latched alarm of a patient, as the notifier decided. Compacted: one record each."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from schemas.fields import Grade, Name, PatientId
from schemas.parts import WIRE, Count, OpaqueId, Priority
from schemas.times import Time

ALARMS = "crs.alarms.v1"


class NextStep(TypedDict):
    """Who is called next, and when, unless somebody answers."""

    __pydantic_config__ = WIRE  # type: ignore[misc]

    at: Annotated[Time, Field(description="When.")]
    role: Annotated[Name, Field(description="Whom.")]


class Outcome(TypedDict):
    """What became of one response."""

    __pydantic_config__ = WIRE  # type: ignore[misc]

    response_id: OpaqueId
    outcome: Annotated[Literal["accepted", "refused"], Field(description="The notifier's word.")]
    reason: NotRequired[Annotated[str, Field(description="Why refused.")]]


class Alarm(TypedDict):
    """One alarm instance (states after ISA-18.2)."""

    __pydantic_config__ = WIRE  # type: ignore[misc]

    escalation_id: OpaqueId
    kind: Annotated[str, Field(description="Kind of the escalation.")]
    priority: Priority
    grade: NotRequired[Grade]
    sign: NotRequired[Annotated[str, Field(description="The sign concerned, where there is one.")]]
    state: Annotated[
        Literal["unacknowledged", "acknowledged", "snoozed", "cleared_unacknowledged"],
        Field(description="Cleared but unacknowledged stays latched until somebody acknowledges."),
    ]
    revision: Annotated[Count, Field(description="Rises with every change; an answer names the one it saw.")]
    raised_at: Annotated[Time, Field(description="Detection time of the escalation.")]
    actor: NotRequired[Annotated[Name, Field(description="Who changed it last.")]]
    acted_at: NotRequired[Annotated[Time, Field(description="When.")]]
    until: NotRequired[Annotated[Time, Field(description="End of the acknowledgement or snooze.")]]
    next_step: NotRequired[NextStep]
    responses: NotRequired[Annotated[list[Outcome], Field(description="Outcome of the last responses.")]]


class Alarms(TypedDict):
    """All open or latched alarms of one patient; none left is an empty list."""

    __pydantic_config__ = WIRE  # type: ignore[misc]

    schema: Literal["crs.alarms.v1"]
    patient_id: PatientId
    revision: Annotated[Count, Field(description="Rises with every record of this patient.")]
    as_of: Annotated[Time, Field(description="When the notifier wrote it.")]
    unit: NotRequired[Name]
    bed: NotRequired[Name]
    alarms: Annotated[list[Alarm], Field(description="Open and latched alarms.")]
