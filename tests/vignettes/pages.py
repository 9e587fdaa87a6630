"""Pages taken apart for comparison as a whole."""

from typing import Any

from services.grader.engine.ruleset.rules import DEFAULT_RULES
from tests.vignettes.bed import Bed, when

RULES = {"id": "astct2019-1", "hash": DEFAULT_RULES.hash}
FEVER = {
    "rule": "fever_c",
    "value": 38.5,
    "threshold": 38.0,
    "unit": "Cel",
    "observed_at": when(1),
    "citation": "Lee 2019 (ASTCT), consensus table",
    "would_change": "Counts until 24 h below 38 °C without support, low values or antipyretic, or until it is "
    "attributed elsewhere.",
}


def lies(offset: int) -> dict[str, Any]:
    """The provenance of what one record led to."""
    return {"topic": "crs.bedside.v1", "partition": 0, "first_offset": offset, "last_offset": offset}


def page(bed: Bed, kind: str) -> dict[str, Any]:
    """The newest of its kind, without what is the same in all; its id and its episode are looked at by themselves."""
    whole = dict(bed.escalations(kind)[-1])
    constant = {name: whole.pop(name) for name in ("schema", "kind", "patient_id", "unit", "bed", "rules")}
    assert constant == {
        "schema": "crs.escalations.v1",
        "kind": kind,
        "patient_id": "bed-7",
        "unit": "onc",
        "bed": "7",
        "rules": RULES,
    }
    del whole["escalation_id"]
    assert whole.pop("episode_id", None) == bed.estimate.get("episode_id")
    return whole


def at(minute: float, *, late: bool = False, noticed: float | None = None) -> dict[str, Any]:
    """When it happened, when it was noticed."""
    return {"occurred_at": when(minute), "detected_at": when(minute if noticed is None else noticed), "late": late}


def evidence_of(bed: Bed, told: dict[str, Any]) -> dict[str, Any]:
    """The one evidence of a page."""
    (found,) = [
        output.value
        for output in bed.outputs
        if output.topic == "evidence" and output.value["escalation_id"] == told["escalation_id"]
    ]
    return found
