"""One patient of the end-to-end tests, as the monitors and the charting nurse send it: over HTTP."""

import time
import uuid
from typing import Any

import httpx

from schemas.times import format_time


class Patient:
    """Sends events of one patient to ingest, observed now, and insists that each is stored."""

    def __init__(self, ingest_url: str, patient_id: str, *, bed: str, unit: str = "4W") -> None:
        self.patient_id, self.bed, self.unit = patient_id, bed, unit
        self._ingest_url = ingest_url

    def is_admitted(self) -> None:
        """Admitted and infused, nothing measured yet."""
        self.charts("encounter", action="admit", unit=self.unit, bed=self.bed, age_years=58)
        self.charts("immunotherapy", product="axi-cel", dose_number=1)

    def is_well(self) -> None:
        """A full round of normal signs, with nothing left uncharted."""
        self.charts("oxygen", device="room_air")
        self.charts("vasopressor", drug="none")
        self.charts("neuro", ice=10, consciousness="awake")
        self.is_measured(
            temperature_c=36.8, sbp_mmhg=122, dbp_mmhg=74, spo2_pct=97, resp_rate_bpm=15, heart_rate_bpm=78
        )

    def charts(self, kind: str, **fields: Any) -> None:
        self._post("/v1/clinical", schema="crs.clinical.v1", recorded_at=_now(), kind=kind, **fields)

    def is_measured(self, **signs: float) -> None:
        """A manual reading, which counts at once."""
        self._post("/v1/vitals", schema="crs.vitals.v1", observed_at=_now(), source="manual", **signs)

    def _post(self, path: str, **event: Any) -> None:
        event |= {"event_id": uuid.uuid4().hex, "patient_id": self.patient_id}
        answer = httpx.post(f"{self._ingest_url}{path}", json=event, timeout=10, trust_env=False)
        assert answer.status_code == 202, answer.text


def _now() -> str:
    return format_time(time.time_ns() // 1_000_000)
