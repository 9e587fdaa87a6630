"""`crs.evidence.v1`: what an escalation was computed from; `explain` recomputes it bit for bit. Kept for 90 days.

No part of it is larger than `MOST_PART_BYTES`: an escalation must never fail because its evidence fits no record.
"""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from schemas.fields import PatientId
from schemas.parts import WIRE, Count, OpaqueId, Provenance, RuleSet
from schemas.times import Time

EVIDENCE = "crs.evidence.v1"
MOST_PART_BYTES = 448 * 1024  # two parts and what is around them stay below the 1 MiB that a broker takes unless told


class Omitted(TypedDict):
    """What stands in place of a part that is too large: enough to recognise it elsewhere."""

    __pydantic_config__ = WIRE  # type: ignore[misc]

    length: Annotated[Count, Field(description="Of the part's JSON, in bytes.")]
    sha256: Annotated[str, Field(min_length=64, max_length=64, description="Of the same bytes.")]


class Evidence(TypedDict):
    """State before, the deciding record (or none: time alone), and `now`."""

    __pydantic_config__ = WIRE  # type: ignore[misc]

    schema: Literal["crs.evidence.v1"]
    escalation_id: OpaqueId
    patient_id: PatientId
    now: Annotated[Time, Field(description="The partition's clock.")]
    state_before: Annotated[Any, Field(description="The patient's state as checkpointed; null for a new patient.")]
    state_before_omitted: NotRequired[
        Annotated[Omitted, Field(description="The state was too large, and is null for that reason alone.")]
    ]
    record: NotRequired[Annotated[dict[str, Any], Field(description="The deciding record; absent for a deadline.")]]
    record_omitted: NotRequired[
        Annotated[Omitted, Field(description="The record was too large, and is absent for that reason alone.")]
    ]
    rules: RuleSet
    provenance: Provenance
