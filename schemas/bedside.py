"""Everything in topic `crs.bedside.v1`: vitals, charted events, handovers, ticks and rule activations.

One topic, so one partition and one order for everything that matters to a patient: that is what makes replay,
recovery and `explain` exact. The types are `TypedDict`s: a wire value stays a plain dict, and validating one costs a
microsecond. Readers ignore fields they do not know.
"""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import ConfigDict, Discriminator, Field
from typing_extensions import TypedDict

from schemas.fields import (
    WHOLE,
    DbpMmhg,
    EventId,
    Fio2,
    FlowLMin,
    HeartRateBpm,
    MapMmhg,
    Name,
    PatientId,
    RespRateBpm,
    SbpMmhg,
    Sentence,
    Spo2Pct,
    TemperatureC,
    field,
    whole,
)
from schemas.times import Time

WIRE = ConfigDict(strict=True, extra="ignore", hide_input_in_errors=True)

VITALS, CLINICAL, HANDOVER, TICK, RULES = (
    "crs.vitals.v1",
    "crs.clinical.v1",
    "crs.handover.v1",
    "crs.tick.v1",
    "crs.rules.v1",
)

DATE = r"^\d{4}-\d{2}-\d{2}$"

ForwardedFrom = Annotated[
    list[PatientId],
    Field(description="After a merge, written by the grader: the names under which it was sent before, oldest first."),
]

Source = Literal["monitor", "manual", "wearable", "interface"]
TemperatureSite = Literal["oral", "axillary", "tympanic", "temporal", "rectal", "core", "unknown"]
BpSource = Literal["cuff", "arterial", "unknown"]
Device = Literal[
    "room_air",
    "nasal_cannula",
    "blow_by",
    "high_flow_nasal_cannula",
    "face_mask",
    "venturi_mask",
    "non_rebreather",
    "cpap",
    "bipap",
    "ventilator",
    "other",
]

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


class Charted(TypedDict):
    """What every charted event carries."""

    __pydantic_config__ = WIRE  # type: ignore[misc]

    schema: Literal["crs.clinical.v1"]
    event_id: EventId
    patient_id: PatientId
    recorded_at: Annotated[Time, Field(description="When it was true at the bedside, as charted.")]
    forwarded_from: NotRequired[ForwardedFrom]


class Encounter(Charted):
    """The stay: admission, bed, leaving the unit and coming back, discharge, merge."""

    kind: Literal["encounter"]
    action: Annotated[
        Literal["admit", "update", "transfer", "off_unit", "return", "discharge", "cancel_discharge", "merge"],
        Field(description="What happened to the stay."),
    ]
    unit: NotRequired[Annotated[Name, Field(description="Nursing unit.")]]
    bed: NotRequired[Annotated[Name, Field(description="Bed within the unit.")]]
    birth_date: NotRequired[
        Annotated[str, Field(pattern=DATE, description="Date of birth.", json_schema_extra={"format": "date"})]
    ]
    age_years: NotRequired[Annotated[float, field("age_years")]]
    weight_kg: NotRequired[Annotated[float, field("weight_kg")]]
    merged_into: NotRequired[Annotated[PatientId, Field(description="The surviving patient of a merge.")]]
    expected_return: NotRequired[Annotated[Time, Field(description="When an off-unit patient should be back.")]]


class Immunotherapy(Charted):
    """A dose of CAR T cells or of a bispecific; enrols the patient."""

    kind: Literal["immunotherapy"]
    product: Annotated[Name, Field(description="Product name in lower case, e.g. axi-cel, teclistamab.")]
    dose_number: NotRequired[Annotated[int, whole("dose_number"), WHOLE]]


class Medication(Charted):
    """A drug that was given; its class follows from the drug."""

    kind: Literal["medication"]
    drug: Annotated[Name, Field(description="Generic name in lower case.")]
    dose: NotRequired[Annotated[float, field("dose")]]
    dose_unit: NotRequired[Name]


class Vasopressor(Charted):
    """A vasopressor infusion as charted; `none` charts that no vasopressor runs, rate 0 stops that drug."""

    kind: Literal["vasopressor"]
    drug: Annotated[Name, Field(description="Generic name in lower case, or none.")]
    rate: NotRequired[Annotated[float, field("rate")]]
    rate_unit: NotRequired[Name]


class Oxygen(Charted):
    """The oxygen device now in use."""

    kind: Literal["oxygen"]
    device: Annotated[Device, Field(description="Device, or room_air.")]
    flow_l_min: NotRequired[FlowLMin]
    fio2: NotRequired[Fio2]


class Neuro(Charted):
    """A neurological examination; each domain may be charted alone."""

    kind: Literal["neuro"]
    ice: NotRequired[Annotated[int, whole("ice"), WHOLE]]
    capd: NotRequired[Annotated[int, whole("capd"), WHOLE]]
    consciousness: NotRequired[
        Annotated[
            Literal["awake", "voice", "tactile", "unarousable"], Field(description="What it takes to wake the patient.")
        ]
    ]
    seizure: NotRequired[
        Annotated[Literal["none", "resolved", "prolonged"], Field(description="Prolonged: over 5 min or repetitive.")]
    ]
    motor_weakness: NotRequired[Annotated[bool, Field(description="Deep focal motor weakness.")]]
    raised_icp: NotRequired[
        Annotated[Literal["none", "focal", "diffuse"], Field(description="Cerebral oedema or raised pressure.")]
    ]
    avpu: NotRequired[
        Annotated[
            Literal["alert", "confusion", "voice", "pain", "unresponsive"],
            Field(description="ACVPU of an early warning score: it prompts an examination and never grades ICANS."),
        ]
    ]


class Attribution(Charted):
    """A clinician's word that a finding has another cause; acts at once and expires."""

    kind: Literal["attribution"]
    finding: Annotated[Literal["fever", "hypotension", "hypoxia", "neuro"], Field(description="What is explained.")]
    cause: Annotated[Sentence, Field(description="The other cause.")]
    author: Annotated[Name, Field(description="Who says so.")]
    expires_at: Annotated[Time, Field(description="When the attribution ends.")]


class Baseline(Charted):
    """What is normal for this patient."""

    kind: Literal["baseline"]
    sbp_mmhg: NotRequired[SbpMmhg]
    oxygen_device: NotRequired[Annotated[Device, Field(description="Device used at home.")]]
    spo2_target_low_pct: NotRequired[Annotated[float, field("spo2_target_low_pct")]]


class ClinicianGrade(Charted):
    """A grade given by a clinician, shown beside the estimate."""

    kind: Literal["clinician_grade"]
    crs: NotRequired[Annotated[int, whole("grade", "CRS grade as graded by the clinician."), WHOLE]]
    icans: NotRequired[Annotated[int, whole("grade", "ICANS grade as graded by the clinician."), WHOLE]]
    author: Annotated[Name, Field(description="Who graded.")]


class Monitoring(Charted):
    """Monitoring ordered on or stopped by order."""

    kind: Literal["monitoring"]
    state: Annotated[Literal["on", "stopped_by_order"], Field(description="Whether silence is expected.")]
    author: Annotated[Name, Field(description="Who ordered it.")]


class Lab(Charted):
    """A laboratory result; shown, never graded."""

    kind: Literal["lab"]
    code: Annotated[Name, Field(description="Analyte in lower case, e.g. crp, ferritin.")]
    value: Annotated[float, field("value")]
    unit: Annotated[Name, Field(description="UCUM unit.")]


class Retraction(Charted):
    """Entered in error: the named event never happened."""

    kind: Literal["retraction"]
    retracts: Annotated[EventId, Field(description="The event that was entered in error.")]


Clinical = Annotated[
    Encounter
    | Immunotherapy
    | Medication
    | Vasopressor
    | Oxygen
    | Neuro
    | Attribution
    | Baseline
    | ClinicianGrade
    | Monitoring
    | Lab
    | Retraction,
    Discriminator("kind"),
]


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
