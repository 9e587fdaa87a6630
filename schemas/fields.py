"""Every measured quantity, once: its unit and its two ranges.

Outside the *encodable* range a value cannot be meant and the field is refused. Outside the *plausible* range it is
kept, flagged and stays alertable: an SpO2 of 45 may be an arrest (`clinical.md` 7.2, one table: `settled.md` 25).
"""

from typing import Annotated, Any, NamedTuple

from msgspec import Meta
from pydantic import BeforeValidator, ConfigDict, Field


class Quantity(NamedTuple):
    """What a number means: UCUM unit, the range it may be sent in, the range it is believed in."""

    unit: str
    encodable: tuple[float, float]
    plausible: tuple[float, float]
    description: str


QUANTITIES = {
    "temperature_c": Quantity("Cel", (0, 120), (32, 44), "Body temperature."),
    "heart_rate_bpm": Quantity("/min", (0, 400), (20, 300), "Heart rate."),
    "resp_rate_bpm": Quantity("/min", (0, 200), (3, 70), "Respiratory rate; plausible up to 100 in infants."),
    "spo2_pct": Quantity("%", (0, 100), (50, 100), "Oxygen saturation by pulse oximetry."),
    "sbp_mmhg": Quantity("mm[Hg]", (-50, 500), (30, 300), "Systolic blood pressure."),
    "dbp_mmhg": Quantity("mm[Hg]", (-50, 500), (10, 200), "Diastolic blood pressure."),
    "map_mmhg": Quantity("mm[Hg]", (-50, 500), (20, 250), "Mean arterial pressure."),
    "flow_l_min": Quantity("L/min", (0, 100), (0, 60), "Oxygen flow."),
    "fio2": Quantity("1", (0.21, 1.0), (0.21, 1.0), "Fraction of inspired oxygen."),
    "rate": Quantity("see rate_unit", (0, 100_000), (0, 10_000), "Infusion rate; 0 stops the drug."),
    "dose": Quantity("see dose_unit", (0, 1_000_000), (0, 100_000), "Amount given."),
    "age_years": Quantity("a", (0, 130), (0, 120), "Age in years, fractions allowed."),
    "weight_kg": Quantity("kg", (0.2, 700), (0.4, 350), "Body weight."),
    "spo2_target_low_pct": Quantity("%", (50, 100), (80, 100), "Lower end of the ordered SpO2 target."),
    "ice": Quantity("{score}", (0, 10), (0, 10), "Immune effector cell encephalopathy score."),
    "capd": Quantity("{score}", (0, 32), (0, 32), "Cornell assessment of pediatric delirium."),
    "grade": Quantity("{grade}", (0, 5), (0, 5), "A grade charted by a clinician; 5 is death."),
    "value": Quantity("see unit", (-1e9, 1e9), (0, 1e9), "Laboratory result."),
    "dose_number": Quantity("{count}", (1, 1000), (1, 200), "Which dose of this product, from 1."),
}


def field(name: str, description: str = "") -> Any:
    """Metadata of one quantity for pydantic: bounds, unit, plausible range."""
    quantity = QUANTITIES[name]
    low, high = quantity.encodable
    extra: dict[str, Any] = {"unit": quantity.unit, "plausible": list(quantity.plausible)}
    text = description or quantity.description
    return Field(ge=low, le=high, allow_inf_nan=False, description=text, json_schema_extra=extra)


def _integral(value: object) -> object:
    """9.0 is a whole number in JSON."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def whole(name: str, description: str = "") -> Any:
    """The same for whole numbers."""
    quantity = QUANTITIES[name]
    low, high = quantity.encodable
    extra: dict[str, Any] = {"unit": quantity.unit, "plausible": list(quantity.plausible)}
    return Field(ge=int(low), le=int(high), description=description or quantity.description, json_schema_extra=extra)


def bounds(name: str) -> Meta:
    """The same bounds for msgspec, which reads the common record (`reading_batch.py`)."""
    low, high = QUANTITIES[name].encodable
    return Meta(ge=low, le=high)


TemperatureC = Annotated[float, field("temperature_c"), bounds("temperature_c")]
HeartRateBpm = Annotated[float, field("heart_rate_bpm"), bounds("heart_rate_bpm")]
RespRateBpm = Annotated[float, field("resp_rate_bpm"), bounds("resp_rate_bpm")]
Spo2Pct = Annotated[float, field("spo2_pct"), bounds("spo2_pct")]
SbpMmhg = Annotated[float, field("sbp_mmhg"), bounds("sbp_mmhg")]
DbpMmhg = Annotated[float, field("dbp_mmhg"), bounds("dbp_mmhg")]
MapMmhg = Annotated[float, field("map_mmhg"), bounds("map_mmhg")]
FlowLMin = Annotated[float, field("flow_l_min")]
Fio2 = Annotated[float, field("fio2")]

# Of every record: a number is no text, what is not known is ignored, and an error repeats no value.
WIRE = ConfigDict(strict=True, extra="ignore", hide_input_in_errors=True)

# Control characters never name anything and break logs, keys and terminals.
PRINTABLE = r"^[^\x00-\x1f\x7f]+$"


def _text(most: int, description: str) -> Any:
    return Field(min_length=1, max_length=most, pattern=PRINTABLE, description=description)


EventId = Annotated[str, _text(200, "Unique name of the event."), Meta(min_length=1, max_length=200)]
PatientId = Annotated[str, _text(128, "Pseudonym of the patient, never an MRN."), Meta(min_length=1, max_length=128)]
Name = Annotated[str, _text(128, "A short name."), Meta(min_length=1, max_length=128)]
ForwardedFrom = Annotated[
    list[PatientId],
    Field(description="After a merge, written by the grader: the names under which it was sent before, oldest first."),
]
Sentence = Annotated[str, Field(min_length=1, max_length=2000, description="Free text.")]
Grade = Annotated[int, Field(ge=0, le=4, description="ASTCT grade; bounds are whole numbers from 0 to 4.")]
WHOLE = BeforeValidator(_integral)
