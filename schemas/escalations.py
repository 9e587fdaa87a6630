"""`crs.escalations.v1`: something that somebody must act on, or the end of it. Kept for 30 days."""

from typing import Annotated, Literal, NotRequired, get_args

from pydantic import Field
from typing_extensions import TypedDict

from schemas.fields import Grade, Name, PatientId
from schemas.parts import WIRE, Because, Drivers, Missing, OpaqueId, Priority, Provenance, RuleSet
from schemas.times import Time

ESCALATION = "crs.escalations.v1"

Kind = Literal[
    "crs_rise",
    "icans_rise",
    "possible_crs",
    "critical_value",
    "ward_score",
    "engine_fault",
    "data_gap",
    "technical_stale",
    "technical_silent",
    "unit_silent",
    "neuro_due",
    "grade_disagreement",
    "identity",
    "resolved",
]
ResolvedReason = Literal[
    "improved", "attributed", "retracted", "episode_closed", "discharged", "merged", "data_returned"
]


class Escalation(TypedDict):
    """One escalation. The same facts give the same id, so a repeat is recognised everywhere."""

    __pydantic_config__ = WIRE  # type: ignore[misc]

    schema: Literal["crs.escalations.v1"]
    escalation_id: OpaqueId
    kind: Annotated[
        str,
        Field(
            min_length=1,
            max_length=64,
            description="What happened; a reader takes an unknown kind as a page at its priority.",
            json_schema_extra={"examples": list(get_args(Kind))},
        ),
    ]
    priority: Priority
    patient_id: NotRequired[PatientId]
    unit: NotRequired[Name]
    bed: NotRequired[Name]
    episode_id: NotRequired[OpaqueId]
    grade: NotRequired[Grade]
    grade_high: NotRequired[Grade]
    previous_grade: NotRequired[Grade]
    icans: NotRequired[Grade]
    rise: NotRequired[Annotated[int, Field(ge=1, description="1, 2, ... within the episode and grade.")]]
    sign: NotRequired[Annotated[str, Field(description="The sign of a technical kind or a critical value.")]]
    occurred_at: Annotated[Time, Field(description="Bedside time.")]
    detected_at: Annotated[Time, Field(description="The partition's clock when it was decided.")]
    late: Annotated[bool, Field(description="Revealed by data more than 60 s older than the patient's newest.")]
    drivers: Drivers
    missing: Missing
    because: Annotated[list[Because], Field(description="Why, with values, thresholds and citations.")]
    rules: RuleSet
    provenance: Provenance
    resolves: NotRequired[Annotated[list[OpaqueId], Field(description="Escalations that this one ends.")]]
    reason: NotRequired[Annotated[ResolvedReason, Field(description="Why they ended.")]]
