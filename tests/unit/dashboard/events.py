"""Wire events for the board's tests: an invented ward, each event whole and as its producer would write it."""

from typing import Any

from schemas.times import format_time

RULES = {"id": "astct-2019.1", "hash": "0" * 64}
LEE = "Lee 2019, doi:10.1016/j.bbmt.2018.12.758"
FRESH = ("temperature_c", "heart_rate_bpm", "sbp_mmhg", "dbp_mmhg", "resp_rate_bpm", "spo2_pct")


def patient(number: int) -> str:
    return f"invented-{number:02d}"


def given(value: Any, at_ms: int, state: str = "fresh", source: str = "monitor", **more: Any) -> dict[str, Any]:
    return {"value": value, "observed_at": format_time(at_ms), "state": state, "source": source, **more}


def inputs(at_ms: int, values: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """All inputs fresh, unless told otherwise."""
    usual = {"temperature_c": 36.9, "heart_rate_bpm": 84, "sbp_mmhg": 122, "dbp_mmhg": 74, "resp_rate_bpm": 16}
    found = {name: given(value, at_ms) for name, value in (usual | {"spo2_pct": 97} | (values or {})).items()}
    charted = {"oxygen_device": "room_air", "vasopressor": "none"}
    return found | {name: given(value, at_ms, source="charted") for name, value in charted.items()} | more


def estimate(
    number: int, low: int, high: int, at_ms: int, *, revision: int = 1, icans: tuple[int, int] = (0, 0), **more: Any
) -> dict[str, Any]:
    known = low > 0 or high == 0
    base = {
        "schema": "crs.estimates.v1",
        "patient_id": patient(number),
        "revision": revision,
        "as_of": format_time(at_ms),
        "unit": "4W",
        "bed": f"4W-{number:02d}",
        "encounter": "admitted",
        "grade_low": low,
        "grade_high": high,
        "grade": low if known else None,
        "max_grade": low,
        "icans_low": icans[0],
        "icans_high": icans[1],
        "icans": icans[0] if icans[0] or not icans[1] else None,
        "drivers": ["fever"] if low else [],
        "inputs": inputs(at_ms),
        "missing": [],
        "because": [],
        "rules": RULES,
    }
    return base | more


def because(text: str, **more: Any) -> dict[str, Any]:
    return {"rule": "crs.rule", "text": text, "citation": LEE, **more}


def escalation(number: int, grade: int, at_ms: int, *, kind: str = "crs_rise", **more: Any) -> dict[str, Any]:
    priority = "high" if grade >= 3 else "medium" if grade == 2 else "low"
    base = {
        "schema": "crs.escalations.v1",
        "escalation_id": f"rise-{number:02d}-{grade}",
        "kind": kind,
        "priority": priority,
        "patient_id": patient(number),
        "unit": "4W",
        "bed": f"4W-{number:02d}",
        "grade": grade,
        "rise": 1,
        "occurred_at": format_time(at_ms),
        "detected_at": format_time(at_ms),
        "late": False,
        "drivers": ["fever"],
        "missing": [],
        "because": [],
        "rules": RULES,
        "provenance": {"topic": "crs.bedside.v1", "partition": 0, "first_offset": 0, "last_offset": 0},
    }
    return base | more


def alarm(raised: dict[str, Any], *, state: str = "unacknowledged", revision: int = 1, **more: Any) -> dict[str, Any]:
    """The notifier's alarm about an escalation."""
    taken = {name: raised[name] for name in ("escalation_id", "kind", "priority", "grade", "sign") if name in raised}
    return taken | {"state": state, "revision": revision, "raised_at": raised["detected_at"], **more}


def alarms(number: int, *listed: dict[str, Any], at_ms: int, revision: int = 1) -> dict[str, Any]:
    return {
        "schema": "crs.alarms.v1",
        "patient_id": patient(number),
        "revision": revision,
        "as_of": format_time(at_ms),
        "unit": "4W",
        "bed": f"4W-{number:02d}",
        "alarms": list(listed),
    }


def delivery(raised: dict[str, Any], state: str, at_ms: int, *, attempt: int = 1, **more: Any) -> dict[str, Any]:
    base = {
        "schema": "crs.deliveries.v1",
        "delivery_id": f"{raised['escalation_id']}-{attempt}",
        "escalation_id": raised["escalation_id"],
        "patient_id": raised["patient_id"],
        "channel": "webhook",
        "recipient_role": "charge_nurse",
        "attempt": attempt,
        "state": state,
        "at": format_time(at_ms),
    }
    return base | more


def vitals(number: int, at_ms: int, **signs: Any) -> dict[str, Any]:
    return {
        "schema": "crs.vitals.v1",
        "event_id": f"v-{number}-{at_ms}",
        "patient_id": patient(number),
        "observed_at": format_time(at_ms),
        "source": "monitor",
        **signs,
    }


def resolved(number: int, *ids: str, at_ms: int, reason: str = "improved") -> dict[str, Any]:
    base = escalation(number, 1, at_ms, kind="resolved")
    del base["grade"], base["rise"]
    return base | {"escalation_id": f"end-{'-'.join(ids)}", "resolves": list(ids), "reason": reason}
