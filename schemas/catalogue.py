"""Every schema by its id, and readers for all but the bedside's (those are in `schemas.reading`)."""

from functools import cache
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from schemas.alarms import ALARMS, Alarms
from schemas.bedside import CLINICAL, HANDOVER, RULES, TICK, VITALS, Handover, RulesActivated, Tick, Vitals
from schemas.charted import Clinical
from schemas.deliveries import DELIVERY, Delivery
from schemas.escalations import ESCALATION, Escalation
from schemas.estimates import ESTIMATE, Estimate
from schemas.evidence import EVIDENCE, Evidence
from schemas.reasons import Refusal
from schemas.rejected import REJECTED, Rejected
from schemas.responses import RESPONSE, Response

MODELS: dict[str, Any] = {
    VITALS: Vitals,
    CLINICAL: Clinical,
    HANDOVER: Handover,
    TICK: Tick,
    RULES: RulesActivated,
    ESTIMATE: Estimate,
    ESCALATION: Escalation,
    EVIDENCE: Evidence,
    RESPONSE: Response,
    ALARMS: Alarms,
    DELIVERY: Delivery,
    REJECTED: Rejected,
}


@cache
def adapter(schema: str) -> TypeAdapter[Any]:
    """The pydantic adapter of a schema id; a KeyError for an id we never published."""
    return TypeAdapter(MODELS[schema])


def read_event(schema: str, body: bytes) -> dict[str, Any] | Refusal:
    """The event in `body`, or why it cannot be one.

    Unknown fields are dropped. A word that a later version added to a list is let through as it stands: a newer writer
    must not silence an older reader.
    """
    try:
        return cast(dict[str, Any], adapter(schema).validate_json(body))
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False, include_context=False)
    if all(fault["type"] == "literal_error" and fault["loc"] != ("schema",) for fault in faults):
        return cast(dict[str, Any], from_json(body))
    first = faults[0]
    if first["type"] == "json_invalid":
        return Refusal("not_json")
    field = ".".join(map(str, first["loc"])) or None
    return Refusal("missing_field" if first["type"] == "missing" else "wrong_type", field)
