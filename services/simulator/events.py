"""Wire events of one patient, in wire key order, with the time they happen."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from schemas.bedside import CLINICAL, VITALS
from schemas.times import format_time
from services.simulator.seeds import EventIds

Body = dict[str, Any]


class Event(NamedTuple):
    """A wire event and its own time."""

    at_ms: int
    body: Body


class Writer:
    """Writes the events of one patient."""

    def __init__(self, patient_id: str, ids: EventIds) -> None:
        self._patient_id = patient_id
        self._ids = ids

    def vitals(
        self, at_ms: int, label: str, source: str, measured: Mapping[str, Any], device_id: str | None = None
    ) -> Event:
        """An observation; `label` tells apart what one patient's devices send at the same moment."""
        body: Body = {
            "schema": VITALS,
            "event_id": self._ids.of(label, at_ms),
            "patient_id": self._patient_id,
            "observed_at": format_time(at_ms),
            "source": source,
        }
        if device_id:
            body["device_id"] = device_id
        body.update(measured)
        return Event(at_ms, body)

    def clinical(self, at_ms: int, kind: str, fields: Mapping[str, Any]) -> Event:
        """A charted event. Two of one kind at one moment are told apart by what they name."""
        named = ":".join(str(fields[name]) for name in ("action", "drug", "retracts", "code") if name in fields)
        body: Body = {
            "schema": CLINICAL,
            "event_id": self._ids.of(f"{kind}:{named}", at_ms),
            "patient_id": self._patient_id,
            "recorded_at": format_time(at_ms),
            "kind": kind,
        }
        body.update(fields)
        return Event(at_ms, body)
