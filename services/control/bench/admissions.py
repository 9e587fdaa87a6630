"""How every patient of a bench was admitted: enrolled, charted, with one temperature and one cuff pressure."""

from collections.abc import Iterator

import orjson

from schemas.partitions import partition_for
from schemas.times import format_time
from services.control.bench.ward_stream import SECOND_MS, Recorded, manual, patient_name

# Spread over this long before the start, so that five-minute repeats do not all fall on one second.
ADMITTED_OVER_MS = 295_000


def admission(number: int, *, of: int, start_ms: int, partitions: int) -> Iterator[Recorded]:
    """The records of one admission, all of one moment, and a reading of the monitor just before `start_ms`."""
    at_ms = start_ms - ADMITTED_OVER_MS + number * ADMITTED_OVER_MS // of - SECOND_MS
    name = patient_name(number)
    yield _charted(name, at_ms, partitions, "encounter", action="admit", age_years=60, unit="onc", bed=f"{number}")
    yield _charted(name, at_ms, partitions, "immunotherapy", product="axi-cel")
    yield _charted(name, at_ms, partitions, "oxygen", device="room_air")
    yield _charted(name, at_ms, partitions, "vasopressor", drug="none")
    yield manual(name, at_ms, partitions, temperature_c=36.8, sbp_mmhg=118, dbp_mmhg=72, bp_source="cuff")
    yield monitor(name, at_ms, partitions, heart_rate_bpm=72, spo2_pct=98, resp_rate_bpm=16)
    last_ms = start_ms - SECOND_MS
    yield monitor(name, last_ms, partitions, heart_rate_bpm=72, spo2_pct=98, resp_rate_bpm=16)


def _charted(name: str, at_ms: int, partitions: int, kind: str, **more: object) -> Recorded:
    value = {
        "schema": "crs.clinical.v1",
        "event_id": f"{name}-{kind}",
        "patient_id": name,
        "recorded_at": format_time(at_ms),
        "kind": kind,
        **more,
    }
    return Recorded(partition_for(name, partitions), name.encode(), orjson.dumps(value), at_ms)


def monitor(name: str, at_ms: int, partitions: int, **signs: object) -> Recorded:
    """One reading of the monitor."""
    value = {
        "schema": "crs.vitals.v1",
        "event_id": f"{name}-{at_ms}-monitor",
        "patient_id": name,
        "observed_at": format_time(at_ms),
        "source": "monitor",
        **signs,
    }
    return Recorded(partition_for(name, partitions), name.encode(), orjson.dumps(value), at_ms)
