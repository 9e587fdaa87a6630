"""Events of patients who are being watched right now."""

import time

from schemas.times import format_time


def now() -> str:
    return format_time(time.time_ns() // 1_000_000)


def charted(event_id: str, patient_id: str, **fields: object) -> dict:
    return {
        "schema": "crs.clinical.v1", "event_id": event_id, "patient_id": patient_id, "recorded_at": now(), **fields
    }  # fmt: skip


def measured(event_id: str, patient_id: str, **signs: object) -> dict:
    return {
        "schema": "crs.vitals.v1", "event_id": event_id, "patient_id": patient_id, "observed_at": now(),
        "source": "manual", **signs,
    }  # fmt: skip


def enrolled(patient_id: str) -> list[dict]:
    """Admitted and dosed, on room air, no vasopressor."""
    return [
        charted(f"{patient_id}-admit", patient_id, kind="encounter", action="admit", unit="4W", age_years=60),
        charted(f"{patient_id}-dose", patient_id, kind="immunotherapy", product="axi-cel"),
        charted(f"{patient_id}-air", patient_id, kind="oxygen", device="room_air"),
        charted(f"{patient_id}-none", patient_id, kind="vasopressor", drug="none"),
    ]


def worsening(patient_id: str) -> list[list[dict]]:
    """Fever, then low pressure, then a vasopressor: CRS 1, 2, 3; each step on its own."""
    return [
        [measured(f"{patient_id}-t", patient_id, temperature_c=39.0)],
        [measured(f"{patient_id}-p", patient_id, sbp_mmhg=80, spo2_pct=97)],
        [charted(f"{patient_id}-v", patient_id, kind="vasopressor", drug="norepinephrine", rate=0.1)],
    ]
