"""Escalations and their evidence as they go onto the wire: fixed key order, absent means absent."""

import hashlib
from typing import Any, NamedTuple

from schemas import ids
from schemas.encoding import canonical
from schemas.escalations import ESCALATION
from schemas.evidence import EVIDENCE, MOST_PART_BYTES
from schemas.times import format_time
from services.grader.engine.crs import reasons
from services.grader.engine.neuro.neuro_reasons import because_neuro, missing_neuro
from services.grader.engine.ruleset.rules import RuleSet
from services.grader.engine.state import PatientState, Place, encode_state
from services.grader.engine.telling.rises import Ended, Rise, Scale
from services.grader.engine.telling.watch import Alarm

Wire = dict[str, Any]
_LOWER = {"high": "medium", "medium": "low", "low": "low"}


class Telling(NamedTuple):
    """What every escalation of one step shares: the state it speaks of, the clock, where the record lies."""

    state: PatientState
    now_ms: int
    place: Place
    rules: RuleSet


def rise_priority(grade: int) -> str:
    """design.md 3: grade 3-4 high, 2 medium, 1 low."""
    return "high" if grade >= 3 else "medium" if grade == 2 else "low"


def told_rise(rise: Rise, scale: Scale, telling: Telling) -> Wire:
    """A `crs_rise` or `icans_rise`."""
    fold, rules = rise.fold, telling.rules
    crs = scale.kind == "crs_rise"
    parts = reasons.parts_now(fold, rules)
    priority = rise_priority(rise.grade)
    shown: Wire = {"episode_id": telling.state.episode_id(fold)}
    if crs:
        shown |= {"grade": rise.grade, "grade_high": max(rise.grade, fold.high), "previous_grade": rise.previous}
    else:
        shown |= {"previous_grade": rise.previous, "icans": rise.grade}
    return _wire(
        telling, scale.identify(rise.scope, rise.grade, rise.number), scale.kind,
        _LOWER[priority] if rise.refuted else priority,
        {**shown, "rise": rise.number}, occurred_ms=fold.at_ms, late=rise.late,
        drivers=reasons.drivers(fold, parts) if crs else [],
        missing=reasons.missing(fold, parts) if crs else missing_neuro(fold, rules),
        because=reasons.because(fold, parts, rules) if crs else because_neuro(fold, rules),
    )  # fmt: skip


def told_end(ended: Ended, telling: Telling) -> Wire:
    """A `resolved` of rises; it goes to everyone who was paged."""
    fold = ended.fold
    return told_resolved(ended.ids, ended.reason, fold.at_ms, telling)


def told_resolved(resolves: tuple[str, ...], reason: str, occurred_ms: int, telling: Telling) -> Wire:
    """A `resolved` of anything."""
    fold = telling.state.fold
    shown = {
        "episode_id": telling.state.episode_id(fold),
        "grade": fold.low,
        "grade_high": fold.high,
        "icans": fold.icans_low,
    }
    parts = reasons.parts_now(fold, telling.rules)
    wire = _wire(
        telling, ids.resolved_id(resolves, reason), "resolved", "low", shown, occurred_ms=occurred_ms, late=False,
        drivers=reasons.drivers(fold, parts), missing=reasons.missing(fold, parts),
        because=reasons.because(fold, parts, telling.rules),
    )  # fmt: skip
    return {**wire, "resolves": sorted(resolves), "reason": reason}


def told_alarm(alarm: Alarm, escalation_id: str, telling: Telling) -> Wire:
    """Every kind that is a condition rather than a rise."""
    fold = telling.state.fold
    parts = reasons.parts_now(fold, telling.rules)
    shown = {
        "episode_id": telling.state.episode_id(fold),
        "grade": fold.low,
        "grade_high": fold.high,
        "icans": fold.icans_low,
        "sign": alarm.sign,
    }
    return _wire(
        telling, escalation_id, alarm.kind, _LOWER[alarm.priority] if alarm.refuted else alarm.priority, shown,
        occurred_ms=alarm.occurred_ms, late=alarm.late, drivers=reasons.drivers(fold, parts),
        missing=list(alarm.missing) or reasons.missing(fold, parts),
        because=[dict(item) for item in alarm.because] or reasons.because(fold, parts, telling.rules),
    )  # fmt: skip


def _wire(
    telling: Telling, escalation_id: str, kind: str, priority: str, shown: Wire, *, occurred_ms: int, late: bool,
    drivers: list[str], missing: list[str], because: list[Wire],
) -> Wire:  # fmt: skip
    stay = telling.state.stay
    found: Wire = {"unit": stay.unit, "bed": stay.bed, **shown}
    return {
        "schema": ESCALATION,
        "escalation_id": escalation_id,
        "kind": kind,
        "priority": priority,
        "patient_id": telling.state.patient_id,
        **{name: value for name, value in found.items() if value is not None},
        "occurred_at": format_time(occurred_ms),
        "detected_at": format_time(telling.now_ms),
        "late": late,
        "drivers": drivers,
        "missing": missing,
        "because": because,
        "rules": dict(telling.rules.reference),
        "provenance": provenance(telling.place),
    }


def provenance(place: Place) -> Wire:
    """Where the deciding record stands."""
    return {
        "topic": place.topic,
        "partition": place.partition,
        "first_offset": place.offset,
        "last_offset": place.offset,
    }


def evidence(escalation: Wire, before: PatientState | None, record: Wire | None, telling: Telling) -> Wire:
    """What `explain` recomputes an escalation from; of a part that is too large only its length and hash."""
    return {
        "schema": EVIDENCE,
        "escalation_id": escalation["escalation_id"],
        "patient_id": telling.state.patient_id,
        "now": format_time(telling.now_ms),
        "state_before": None,
        **_part("state_before", None if before is None else encode_state(before)),
        **_part("record", record),
        "rules": dict(telling.rules.reference),
        "provenance": provenance(telling.place),
    }


def _part(name: str, part: Wire | None) -> Wire:
    if part is None:
        return {}
    body = canonical(part)
    if len(body) <= MOST_PART_BYTES:
        return {name: part}
    return {f"{name}_omitted": {"length": len(body), "sha256": hashlib.sha256(body).hexdigest()}}
