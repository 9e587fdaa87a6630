"""Beds that timelines start from, and hours in which everything is charted and nothing happens."""

from typing import Any

from tests.vignettes.bed import Bed

SECOND, HOUR, DAY = 1 / 60, 60, 24 * 60
WELL: dict[str, Any] = {"sbp_mmhg": 118, "spo2_pct": 97, "heart_rate_bpm": 80, "resp_rate_bpm": 16}


def well_bed(**options: Any) -> Bed:
    """An adult, nothing wrong, everything known by hand at minute 0."""
    bed = Bed(**options).admit().on_room_air().vitals(0, temperature_c=36.8, **WELL)
    assert bed.said() == []
    return bed


def febrile_bed(**options: Any) -> Bed:
    """Grade 1 at minute 1, everything else known and normal; the fever is the event `fever-1`."""
    bed = Bed(**options).admit().on_room_air().vitals(1, temperature_c=38.5, event_id="fever-1", **WELL)
    assert bed.said() == ["crs_rise 1 #1"]
    return bed


def dosed_bed(product: str = "axi-cel", **fields: Any) -> Bed:
    """Enrolled by the event `dose-1` at minute 0, everything known and normal; nobody else is paged for."""
    bed = Bed(watch_all=False).admit(-1).on_room_air(0).vitals(0, temperature_c=36.8, **WELL)
    bed.chart(0, "immunotherapy", product=product, event_id="dose-1", **fields)
    assert bed.said() == []
    return bed


def watched(bed: Bed, start: float, end: float, *, every: float = 2 * HOUR, **signs: Any) -> Bed:
    """Signs by hand and "no vasopressor, room air", charted from `start` up to and including `end`."""
    minute = start
    while minute <= end:
        bed.on_room_air(minute).vitals(minute, **{**WELL, "temperature_c": 36.8, **signs})
        minute += every
    return bed
