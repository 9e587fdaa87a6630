"""Everything in topic `crs.bedside.v1`: vitals, charted events, handovers, ticks and rule activations.

One topic, so one partition and one order for everything that matters to a patient: that is what makes replay,
recovery and `explain` exact. The types are `TypedDict`s: a wire value stays a plain dict, and validating one costs a
microsecond. Readers ignore fields they do not know.
"""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from schemas.charted import Clinical
from schemas.fields import (
    WIRE,
    DbpMmhg,
    EventId,
    ForwardedFrom,
    HeartRateBpm,
    MapMmhg,
    Name,
    PatientId,
    RespRateBpm,
    SbpMmhg,
    Spo2Pct,
    TemperatureC,
)
from schemas.times import Time

VITALS, CLINICAL, HANDOVER, TICK, RULES = (
    "crs.vitals.v1",
    "crs.clinical.v1",
    "crs.handover.v1",
    "crs.tick.v1",
    "crs.rules.v1",
)

Source = Literal["monitor", "manual", "wearable", "interface"]
TemperatureSite = Literal["oral", "axillary", "tympanic", "temporal", "rectal", "core", "unknown"]
BpSource = Literal["cuff", "arterial", "unknown"]
# At least one of these makes a record of vitals an observation.
MEASUREMENTS = (
    "temperature_c",
    "heart_rate_bpm",
    "resp_rate_bpm",
    "spo2_pct",
    "sbp_mmhg",
    "dbp_mmhg",
    "map_mmhg",
)


class Vitals(TypedDict):
    """One bedside observation. Every measurement is optional, at least one is present."""

    __pydantic_config__ = WIRE  # type: ignore[misc]

    schema: Literal["crs.vitals.v1"]
    event_id: EventId
    patient_id: PatientId
    observed_at: Annotated[Time, Field(description="When the signs were observed at the bedside.")]
    source: Annotated[Source, Field(description="How the values came: a high-rate stream or a person.")]
    device_id: NotRequired[Annotated[Name, Field(description="The monitor or wearable.")]]
    temperature_c: NotRequired[TemperatureC]
    temperature_site: NotRequired[Annotated[TemperatureSite, Field(description="Where it was taken.")]]
    heart_rate_bpm: NotRequired[HeartRateBpm]
    resp_rate_bpm: NotRequired[RespRateBpm]
    spo2_pct: NotRequired[Spo2Pct]
    sbp_mmhg: NotRequired[SbpMmhg]
    dbp_mmhg: NotRequired[DbpMmhg]
    map_mmhg: NotRequired[MapMmhg]
    bp_source: NotRequired[Annotated[BpSource, Field(description="Two sources are two series, never mixed.")]]
    forwarded_from: NotRequired[ForwardedFrom]


class Handover(TypedDict):
    """A merged patient's state, from the owner of the old key to the owner of the survivor's; idempotent."""

    __pydantic_config__ = WIRE  # type: ignore[misc]

    schema: Literal["crs.handover.v1"]
    handover_id: Annotated[EventId, Field(description="Hash of the merge event: same merge, same id.")]
    patient_id: Annotated[
        PatientId, Field(description="The key of this record: the survivor, in the answer the old patient.")
    ]
    merged_patient_id: Annotated[PatientId, Field(description="The old patient.")]
    merged_at: Annotated[Time, Field(description="Time of the merge event.")]
    acknowledges: NotRequired[Annotated[bool, Field(description="True in the survivor's answer under the old key.")]]
    state: NotRequired[Annotated[dict[str, Any], Field(description="The old patient's state as checkpointed.")]]
    escalations: NotRequired[
        Annotated[list[dict[str, Any]], Field(description="Escalations issued for the old patient.")]
    ]


class Tick(TypedDict):
    """Time as a record: its broker timestamp is the only clock of the partition. No key, explicit partition."""

    __pydantic_config__ = WIRE  # type: ignore[misc]

    schema: Literal["crs.tick.v1"]


class RulesActivated(TypedDict):
    """From here on, in this partition, the named rule set grades. Written to every partition."""

    __pydantic_config__ = WIRE  # type: ignore[misc]

    schema: Literal["crs.rules.v1"]
    rules_id: Annotated[Name, Field(description="Name and version of the rule set.")]
    rules_hash: Annotated[Name, Field(description="SHA-256 of its canonical form.")]
    activated_by: Annotated[Name, Field(description="Who signed it off.")]


Bedside = Vitals | Clinical | Handover | Tick | RulesActivated
