"""What the readers of the tables hand on: bedside records with their time, named after their place in CLIF."""

from typing import Any, NamedTuple

from schemas.bedside import CLINICAL, VITALS
from schemas.times import format_time

Record = dict[str, Any]


class Stay(NamedTuple):
    """One hospitalization."""

    stay_id: str
    patient_id: str
    admitted_ms: int
    discharged_ms: int | None
    age_years: float | None


class Event(NamedTuple):
    """A record without its id, which the reader gives in the order of all of them."""

    at_ms: int
    table: str
    stay_id: str
    record: Record


def charted(table: str, stay: Stay, at_ms: int, kind: str, **fields: Any) -> Event:
    """A clinical event."""
    record = {"patient_id": stay.patient_id, "recorded_at": format_time(at_ms), "kind": kind, **fields}
    return Event(at_ms, table, stay.stay_id, {"schema": CLINICAL, **record})


def observed(table: str, stay: Stay, at_ms: int, **fields: Any) -> Event:
    """An observation of signs."""
    record = {"patient_id": stay.patient_id, "observed_at": format_time(at_ms), **fields}
    return Event(at_ms, table, stay.stay_id, {"schema": VITALS, **record})
