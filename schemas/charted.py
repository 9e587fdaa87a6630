"""Charted events of the bedside topic, one type a kind: the stay, support, drugs, examinations, errors taken back."""

from typing import Annotated, Literal, NotRequired

from pydantic import Discriminator, Field
from typing_extensions import TypedDict

from schemas.fields import (
    WHOLE,
    WIRE,
    EventId,
    Fio2,
    FlowLMin,
    ForwardedFrom,
    Name,
    PatientId,
    SbpMmhg,
    Sentence,
    field,
    whole,
)
from schemas.times import Time

DATE = r"^\d{4}-\d{2}-\d{2}$"

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
