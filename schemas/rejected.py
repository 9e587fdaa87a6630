"""`crs.rejected.v1`: refused bytes, so that nothing refused is ever lost. Operators only, kept for 7 days."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from schemas.parts import WIRE, Count, OpaqueId
from schemas.reasons import Reason
from schemas.times import Time

REJECTED = "crs.rejected.v1"
KEPT_BYTES = 512 * 1024
KEPT_KEY_BYTES = 1024 * 1024  # a longer key only fits into a compressed record


class Rejected(TypedDict):
    """What came, why it was refused, and the bytes themselves (above 512 KiB their beginning)."""

    __pydantic_config__ = WIRE  # type: ignore[misc]

    schema: Literal["crs.rejected.v1"]
    rejected_id: OpaqueId
    reason: Annotated[Reason, Field(description="Why; never repeats a value.")]
    field: NotRequired[Annotated[str, Field(max_length=200, description="The field concerned.")]]
    received_at: Annotated[Time, Field(description="When it reached us.")]
    source: Annotated[str, Field(max_length=200, description="http:/v1/vitals, kafka:topic/partition/offset, ...")]
    bytes_base64: Annotated[str, Field(description="Up to 512 KiB of what came, base64.")]
    sha256: NotRequired[Annotated[str, Field(min_length=64, max_length=64, description="Of all bytes.")]]
    length: NotRequired[Annotated[Count, Field(description="Of all bytes.")]]
