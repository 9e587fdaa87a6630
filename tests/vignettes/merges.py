"""Two names for one patient: a ward to merge them in."""

from typing import Any

from tests.vignettes.bed import Bed

HOUR, DAY = 60, 1440
WELL = {"sbp_mmhg": 118, "spo2_pct": 97, "heart_rate_bpm": 80, "resp_rate_bpm": 16}
OLD, NEW = "bed-7", "bed-8"


def febrile(**options: Any) -> Bed:
    """The old patient: Grade 1, everything known, paged for."""
    bed = Bed(**options).admit().on_room_air().vitals(1, temperature_c=38.5, **WELL)
    assert bed.said() == ["crs_rise 1 #1"]
    return bed


def under(bed: Bed, patient: str) -> Bed:
    """What follows comes under this name."""
    bed.patient = patient
    return bed


def merged(bed: Bed, minute: float, old: str = OLD, into: str = NEW, **fields: Any) -> Bed:
    """The merge event comes under the old name; what follows under the survivor's."""
    under(bed, old).chart(minute, "encounter", action="merge", merged_into=into, **fields)
    return under(bed, into)


def written(bed: Bed, schema: str = "crs.handover.v1") -> list[dict[str, Any]]:
    """What the grader wrote to the bedside topic."""
    return [output.value for output in bed.outputs if output.topic == "bedside" and output.value["schema"] == schema]


def of(bed: Bed, patient: str) -> list[str]:
    """Kinds escalated under one name."""
    return [item["kind"] for item in bed.escalations() if item["patient_id"] == patient]


def rises(bed: Bed, patient: str) -> list[int]:
    return [item["grade"] for item in bed.escalations("crs_rise") if item["patient_id"] == patient]
