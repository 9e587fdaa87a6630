"""The commonest record of the bedside topic: rates and a saturation of a stream, and nothing else, many times a second.

As a value with attributes it is read, looked at and thrown away in two thirds of the time that a dict takes.
"""

from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType

from schemas.bedside import Source
from schemas.fields import EventId, HeartRateBpm, Name, PatientId, RespRateBpm, Spo2Pct

RATES = ("heart_rate_bpm", "resp_rate_bpm", "spo2_pct")


class Rates(Struct, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A record of vitals that has none but these fields, in their order; one that has not come is UNSET."""

    schema: Literal["crs.vitals.v1"]
    event_id: EventId
    patient_id: PatientId
    observed_at: str
    source: Source
    device_id: Name | UnsetType = UNSET
    heart_rate_bpm: HeartRateBpm | UnsetType = UNSET
    resp_rate_bpm: RespRateBpm | UnsetType = UNSET
    spo2_pct: Spo2Pct | UnsetType = UNSET


_FIELDS = Rates.__struct_fields__
_KNOWN = frozenset(_FIELDS)


def has_rates_only(record: dict[str, Any]) -> bool:
    """Whether a valid record of vitals could be read as rates."""
    return len(record) <= len(_FIELDS) and _KNOWN.issuperset(record)


def as_rates(record: dict[str, Any]) -> Rates | None:
    """A valid record of vitals as rates; None if it holds anything else."""
    return Rates(**record) if has_rates_only(record) else None


def as_record(event: Any) -> Any:
    """Rates as the dict that everybody else reads; anything else as it is."""
    if type(event) is not Rates:
        return event
    return {name: value for name in _FIELDS if (value := getattr(event, name)) is not UNSET}
