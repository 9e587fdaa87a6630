"""Escalations and responses as the ward would send them, with invented patients."""

import time
import uuid

from schemas.times import format_time

RULES = {"id": "test-rules-1", "hash": "0" * 64}
PROVENANCE = {"topic": "crs.bedside.v1", "partition": 0, "first_offset": 0, "last_offset": 0}


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def escalation(kind: str = "crs_rise", *, patient: str = "bed-7-patient", at_ms: int | None = None, **fields) -> dict:
    at = format_time(now_ms() if at_ms is None else at_ms)
    body = {
        "schema": "crs.escalations.v1",
        "escalation_id": fields.pop("escalation_id", uuid.uuid4().hex),
        "kind": kind,
        "priority": "high",
        "patient_id": patient,
        "unit": "4W",
        "bed": "12",
        "occurred_at": at,
        "detected_at": at,
        "late": False,
        "drivers": ["fever"],
        "missing": [],
        "because": [],
        "rules": RULES,
        "provenance": PROVENANCE,
    }
    return {name: value for name, value in (body | fields).items() if value is not None}


def rise(grade: int, *, previous: int | None = None, **fields) -> dict:
    priority = {1: "low", 2: "medium", 3: "high", 4: "high"}[grade]
    before = grade - 1 if previous is None else previous
    return escalation(**({"priority": priority, "grade": grade, "previous_grade": before, "rise": 1} | fields))


def resolved(*ended: dict, reason: str = "improved", **fields) -> dict:
    names = [one["escalation_id"] for one in ended]
    return escalation("resolved", **({"resolves": names, "reason": reason, "priority": "low", "drivers": []} | fields))


def response(about: dict, action: str = "acknowledge", *, revision: int = 0, **fields) -> dict:
    at_ms = fields.pop("at_ms", None)
    grade = fields.pop("grade", about.get("grade"))
    seen = {"revision": revision} | ({} if grade is None else {"grade": grade})
    return {
        "schema": "crs.responses.v1",
        "response_id": fields.pop("response_id", uuid.uuid4().hex),
        "escalation_id": about["escalation_id"],
        "patient_id": about.get("patient_id", "bed-7-patient"),
        "action": action,
        "author": "N. Nurse",
        "role": "charge_nurse",
        "at": format_time(now_ms() if at_ms is None else at_ms),
        "seen": seen,
    } | fields
