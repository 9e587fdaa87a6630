"""The OpenAPI 3.1 description of ingest, made from the wire contract: nothing of it is written twice. Pure."""

from functools import cache
from typing import Any, get_args

from pydantic import TypeAdapter

from schemas.bedside import Vitals
from schemas.charted import Clinical
from schemas.reasons import REASONS
from services.ingest.media import JSON_TYPES, LINES_TYPES
from services.ingest.outcomes import Status
from services.ingest.parse import GRADERS_OWN
from services.ingest.replies import MESSAGES

REF = "#/components/schemas/{model}"

ABOUT = """Bedside events in, one word for each of them out.

Send one object, an array, or one object a line. 202 means that every event called `accepted`, `partly_accepted` or
`duplicate` is stored by Kafka on all in-sync replicas; look at each result, for others of the same request may be
refused. 422 means that all were refused. What is refused is not graded; its bytes are kept for the operators under
`rejected_id`. 503 means that nothing is known to be stored: send the same request again with the same `event_id`s;
repeating is harmless. To correct an event send a retraction and a new event; the same `event_id` with other content
is refused. What was refused of a partly accepted event goes into a new event. No reply repeats a measured value."""


@cache
def openapi_document(body_limit_bytes: int) -> dict[str, Any]:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "crswatch ingest", "version": "1", "description": ABOUT},
        "paths": {
            "/v1/vitals": {"post": _operation("Send vital signs", "Vitals", body_limit_bytes)},
            "/v1/clinical": {"post": _operation("Send charted events", "Clinical", body_limit_bytes)},
        },
        "components": {
            "schemas": {**_event_schemas(), "Problem": _PROBLEM, "Refusal": _REFUSAL, "Results": _RESULTS},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _event_schemas() -> dict[str, Any]:
    """The contract's own types, closed: ingest refuses fields that it does not know."""
    kinds = get_args(get_args(Clinical)[0])
    adapters: list[Any] = [(kind.__name__, "validation", TypeAdapter(kind)) for kind in (Vitals, *kinds)]
    _, definitions = TypeAdapter.json_schemas(adapters, ref_template=REF)
    found = {name: _closed(schema) for name, schema in definitions["$defs"].items()}
    mapping = {get_args(kind.__annotations__["kind"])[0]: REF.format(model=kind.__name__) for kind in kinds}
    found["Clinical"] = {
        "oneOf": [{"$ref": ref} for ref in mapping.values()],
        "discriminator": {"propertyName": "kind", "mapping": mapping},
    }
    return found


def _closed(schema: dict[str, Any]) -> dict[str, Any]:
    properties = {name: field for name, field in schema.get("properties", {}).items() if name != GRADERS_OWN}
    return {**schema, "properties": properties, "additionalProperties": False}


def _operation(summary: str, model: str, body_limit_bytes: int) -> dict[str, Any]:
    one = {"$ref": REF.format(model=model)}
    events = {"schema": {"oneOf": [one, {"type": "array", "minItems": 1, "items": one}]}}
    lines = {"schema": {"type": "string", "description": f"One {model} object a line."}}
    return {
        "summary": summary,
        "operationId": f"post{model}",
        "security": [{}, {"token": []}],
        "requestBody": {
            "required": True,
            "description": f"At most {body_limit_bytes} bytes, UTF-8, not compressed.",
            "content": {**dict.fromkeys(JSON_TYPES, events), **dict.fromkeys(LINES_TYPES, lines)},
        },
        "responses": {
            "202": _response("At least one event is stored; see each result.", "Results"),
            "422": _response("Every event was refused; see each result.", "Results"),
            **{code: _response(MESSAGES[reason], "Problem") for code, reason in _PROBLEMS.items()},
        },
    }


def _response(description: str, model: str) -> dict[str, Any]:
    schema = {"$ref": REF.format(model=model)}
    return {"description": description, "content": {"application/json": {"schema": schema}}}


_PROBLEMS = {
    "400": "not_json",
    "401": "unauthorized",
    "405": "method_not_allowed",
    "408": "too_slow",
    "413": "too_large",
    "415": "unsupported_media_type",
    "503": "unavailable",
}

_REFUSAL = {
    "type": "object",
    "required": ["reason"],
    "properties": {
        "reason": {"enum": list(REASONS)},
        "field": {"type": "string", "description": "The field refused."},
    },
}

_PROBLEM = {
    "type": "object",
    "required": ["reason", "message"],
    "properties": {
        "reason": {"enum": sorted(MESSAGES)},
        "message": {"type": "string"},
        "rejected_id": {"type": "string", "description": "Under which the bytes are kept."},
    },
}

_RESULTS = {
    "type": "object",
    "required": ["received", *Status, "results"],
    "properties": {
        "received": {"type": "integer"},
        **{status.value: {"type": "integer"} for status in Status},
        "results": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["index", "status"],
                "properties": {
                    "index": {
                        "type": "integer",
                        "description": "Place in the request, from 0; blank lines not counted.",
                    },
                    "status": {"enum": [status.value for status in Status]},
                    "event_id": {"type": "string"},
                    "reason": {"enum": list(REASONS), "description": "Why a rejected event was refused."},
                    "field": {"type": "string"},
                    "refused": {"type": "array", "items": {"$ref": REF.format(model="Refusal")}},
                    "rejected_id": {"type": "string", "description": "Under which the event's bytes are kept."},
                },
            },
        },
    },
}
