"""`crs.evidence.v1`: what an escalation was computed from; `explain` recomputes it bit for bit. Kept for 90 days."""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from schemas.fields import PatientId
from schemas.parts import WIRE, OpaqueId, Provenance, RuleSet
from schemas.times import Time

EVIDENCE = "crs.evidence.v1"


class Evidence(TypedDict):
    """State before, the deciding record (or none: time alone), and `now`."""

    __pydantic_config__ = WIRE  # type: ignore[misc]

    schema: Literal["crs.evidence.v1"]
    escalation_id: OpaqueId
    patient_id: PatientId
    now: Annotated[Time, Field(description="The partition's clock.")]
    state_before: Annotated[Any, Field(description="The patient's state as checkpointed; null for a new patient.")]
    record: NotRequired[Annotated[dict[str, Any], Field(description="The deciding record; absent for a deadline.")]]
    rules: RuleSet
    provenance: Provenance
