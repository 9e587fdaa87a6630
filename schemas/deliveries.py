"""`crs.deliveries.v1`: every attempt to reach somebody, and how it ended. Kept for 30 days."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from schemas.fields import Name
from schemas.parts import WIRE, OpaqueId
from schemas.times import Time

DELIVERY = "crs.deliveries.v1"


class Delivery(TypedDict):
    """One attempt's state. Sent is not delivered, delivered is not read, read is not acknowledged."""

    __pydantic_config__ = WIRE  # type: ignore[misc]

    schema: Literal["crs.deliveries.v1"]
    delivery_id: OpaqueId
    escalation_id: OpaqueId
    patient_id: NotRequired[Annotated[Name, Field(description="Key of the record.")]]
    channel: Annotated[Name, Field(description="webhook, pagerduty, smtp, ...")]
    recipient_role: Annotated[Name, Field(description="Role that was called, never a person's address.")]
    attempt: Annotated[int, Field(ge=1, description="1, 2, ...")]
    state: Annotated[
        Literal["queued", "sent", "delivered", "read", "acknowledged", "failed"], Field(description="How far it came.")
    ]
    code: NotRequired[Annotated[str, Field(description="Answer of the channel, e.g. an HTTP status.")]]
    at: Annotated[Time, Field(description="When.")]
