"""`crs.estimates.v1`: what the data establish about one patient now, and what they cannot exclude. Compacted."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from schemas.fields import Grade, Name, PatientId
from schemas.parts import WIRE, Because, Count, Drivers, Missing, OpaqueId, RuleSet
from schemas.times import Time
from schemas.trends import Trend
from schemas.ward_scores import Scores

ESTIMATE = "crs.estimates.v1"


class Held(TypedDict):
    """An improvement that is being confirmed: the grade falls to `to` at `until` unless something speaks against it."""

    __pydantic_config__ = WIRE  # type: ignore[misc]

    to: Grade
    until: Annotated[Time, Field(description="When the lower grade is confirmed at the earliest.")]


class Input(TypedDict):
    """One input as it stands: its newest value, how old, how trustworthy."""

    __pydantic_config__ = WIRE  # type: ignore[misc]

    value: NotRequired[Annotated[float | int | str, Field(description="Newest value, in the unit of the name.")]]
    observed_at: NotRequired[Annotated[Time, Field(description="Bedside time of that value.")]]
    state: Annotated[
        Literal["fresh", "stale", "lost", "never"],
        Field(description="By the limits of this sign and source; for charted support `stale` means unconfirmed."),
    ]
    source: NotRequired[Annotated[str, Field(description="monitor, manual, wearable, interface or charted.")]]
    site: NotRequired[Annotated[str, Field(description="Where a temperature was taken; values are never corrected.")]]
    converted: NotRequired[
        Annotated[
            float, Field(description="A temperature that looks like Fahrenheit, in Celsius: shown, never graded.")
        ]
    ]
    flags: NotRequired[
        Annotated[list[str], Field(description="implausible, unit_suspect, inconsistent, clock_ahead, ...")]
    ]


class Expected(TypedDict, total=False):
    """How often somebody is expected to look."""

    __pydantic_config__ = WIRE  # type: ignore[misc]

    vitals_every_h: Annotated[float, Field(ge=0, description="Vitals by hand, hours between rounds.")]
    exam_every_h: Annotated[
        float, Field(ge=0, description="Neurological examination; absent outside the neurotoxicity window.")
    ]


class RiskWindow(TypedDict, total=False):
    """Where the clock of the latest dose stands. It changes what is expected and said, never what pages."""

    __pydantic_config__ = WIRE  # type: ignore[misc]

    product: Annotated[Name, Field(description="Product of the latest dose, by its name in the table.")]
    known: Annotated[bool, Field(description="False for a product that is not in the table: default window.")]
    dose_number: Annotated[Count, Field(description="Which dose, where charted.")]
    day: Annotated[Count, Field(description="Whole 24 h since the dose; the day of the dose is day 0.")]
    hours_since_dose: Annotated[float, Field(ge=0, description="Hours since the dose.")]
    phase: Annotated[
        Literal["early", "peak", "late", "neuro", "over"],
        Field(description="Before, at, after the usual onset of CRS; neurotoxicity alone is waited for; nothing is."),
    ]
    peak_from: Annotated[Time, Field(description="From when CRS usually begins.")]
    peak_until: Annotated[Time, Field(description="Until when it usually has begun.")]
    crs_until: Annotated[Time, Field(description="Until when CRS is waited for.")]
    neuro_until: Annotated[Time, Field(description="Until when neurotoxicity is waited for.")]
    monitor_until: Annotated[Time, Field(description="Until when label or protocol asks for monitoring.")]
    expected: Expected
    text: Annotated[str, Field(description="What label or protocol says, for reference.")]
    citation: Annotated[str, Field(description="Source of the row.")]


class Estimate(TypedDict):
    """The estimated grade of one patient as an interval, with everything it rests on. Not a diagnosis."""

    __pydantic_config__ = WIRE  # type: ignore[misc]

    schema: Literal["crs.estimates.v1"]
    patient_id: PatientId
    revision: Annotated[Count, Field(description="Events and deadlines applied; readers drop a lower one.")]
    as_of: Annotated[Time, Field(description="Event-time clock; never goes back for a patient.")]
    unit: NotRequired[Name]
    bed: NotRequired[Name]
    encounter: Annotated[
        Literal["admitted", "off_unit", "discharged", "unknown"], Field(description="Where the stay stands.")
    ]
    product: NotRequired[Annotated[Name, Field(description="Product of the latest dose.")]]
    dosed_at: NotRequired[Annotated[Time, Field(description="Time of the latest dose.")]]
    episode_id: NotRequired[OpaqueId]
    grade_low: Annotated[Grade, Field(description="What the data establish.")]
    grade_high: Annotated[Grade, Field(description="What the data cannot exclude.")]
    grade: Annotated[
        Annotated[int, Field(ge=0, le=4)] | None,
        Field(description="grade_low; null when that is 0 and grade_high is not: no data is not Grade 0."),
    ]
    held: NotRequired[Held]
    max_grade: Annotated[Grade, Field(description="Highest grade_low of the episode; 0 without one.")]
    icans_low: Annotated[Grade, Field(description="What the examinations establish.")]
    icans_high: Annotated[Grade, Field(description="What they cannot exclude.")]
    icans: Annotated[Annotated[int, Field(ge=0, le=4)] | None, Field(description="As `grade`.")]
    drivers: Drivers
    inputs: Annotated[dict[str, Input], Field(description="Per input, by its wire name.")]
    missing: Missing
    because: Annotated[list[Because], Field(description="Why, with values, thresholds and citations.")]
    scores: NotRequired[Scores]
    trend: NotRequired[Trend]
    risk_window: NotRequired[RiskWindow]
    prompts: NotRequired[Annotated[list[str], Field(description="What to chart or recheck, as sentences.")]]
    rules: RuleSet
