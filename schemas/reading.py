"""Bytes to a bedside record, or the reason why not: the one decoder of ingest, grader, replay and board.

A record is refused whole: only ingest splits an event into what is good and what is not (`design.md` 7).
"""

from datetime import date
from functools import cache
from typing import Annotated, Any, cast

from pydantic import Discriminator, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from schemas.bedside import CLINICAL, HANDOVER, MEASUREMENTS, RULES, TICK, VITALS, Bedside
from schemas.reasons import Reason, Refusal
from schemas.times import parse_time

Record = dict[str, Any]

# The field that says when a record of this schema was true at the bedside.
EVENT_TIME = {VITALS: "observed_at", CLINICAL: "recorded_at", HANDOVER: "merged_at"}
SCHEMAS = (VITALS, CLINICAL, HANDOVER, TICK, RULES)

_NEEDS_ONE_OF = {
    "neuro": ("ice", "capd", "consciousness", "seizure", "motor_weakness", "raised_icp", "avpu"),
    "baseline": ("sbp_mmhg", "oxygen_device", "spo2_target_low_pct"),
    "clinician_grade": ("crs", "icans"),
}
_TIMES = ("observed_at", "recorded_at", "merged_at", "expires_at", "expected_return")
_REASON_OF_ERROR: dict[str, Reason] = {
    "json_invalid": "not_json",
    "missing": "missing_field",
    "finite_number": "not_finite",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
    "literal_error": "not_allowed",
    "string_too_short": "bad_text",
    "string_too_long": "bad_text",
    "string_pattern_mismatch": "bad_text",
    "string_unicode": "not_utf8",
}


@cache
def _adapter() -> TypeAdapter[Any]:
    return TypeAdapter(Annotated[Bedside, Discriminator("schema")])


def read_bedside(body: bytes, key: bytes | None = None) -> Record | Refusal:
    """The record in `body`, or why it is refused.

    Args:
        body: one JSON object in UTF-8.
        key: the Kafka key where there is one; it has to be the record's patient_id.
    """
    try:
        record = cast(Record, _adapter().validate_json(body))
    except ValidationError as error:
        return _refusal(body, error)
    return _contradiction(record, key) or record


def check_bedside(value: object) -> Record | Refusal:
    """The same for a value that has been parsed already."""
    try:
        record = cast(Record, _adapter().validate_python(value))
    except ValidationError as error:
        return _refusal(None, error)
    return _contradiction(record, None) or record


def event_time(record: Record) -> int | None:
    """Milliseconds since 1970 at which the record was true at the bedside; None for ticks and rule activations."""
    name = EVENT_TIME.get(record["schema"])
    return None if name is None else parse_time(record[name])


def _contradiction(record: Record, key: bytes | None) -> Refusal | None:
    """What no single field can tell."""
    for name in _TIMES:
        if name in record:
            try:
                parse_time(record[name])
            except ValueError:
                return Refusal("bad_time", name)
    if record["schema"] == VITALS:
        if not any(sign in record for sign in MEASUREMENTS):
            return Refusal("no_measurement")
    elif record["schema"] == CLINICAL and (refusal := _uncharted(record)):
        return refusal
    if key is not None and record.get("patient_id", "").encode() != key:
        return Refusal("key_mismatch", "patient_id")
    return None


def _uncharted(record: Record) -> Refusal | None:
    kind = record["kind"]
    if kind in _NEEDS_ONE_OF and not any(name in record for name in _NEEDS_ONE_OF[kind]):
        return Refusal("nothing_charted")
    if kind == "encounter":
        if record["action"] == "merge" and record.get("merged_into") in (None, record["patient_id"]):
            return Refusal("missing_field" if "merged_into" not in record else "not_allowed", "merged_into")
        if "birth_date" in record:
            try:
                date.fromisoformat(record["birth_date"])
            except ValueError:
                return Refusal("bad_time", "birth_date")
    if kind == "retraction" and record["retracts"] == record["event_id"]:
        return Refusal("bad_retraction", "retracts")
    return None


def _refusal(body: bytes | None, error: ValidationError) -> Refusal:
    """The first error as a reason and a field; the value stays behind."""
    first = error.errors(include_url=False, include_context=True)[0]
    if body is not None and (unreadable := _unreadable(body, first["type"])):
        return unreadable
    field = next((str(part) for part in reversed(first["loc"]) if not str(part).startswith("crs.")), None)
    return Refusal(_reason(first, field), _field_of(first, field))


def _unreadable(body: bytes, kind: str) -> Refusal | None:
    if not body.strip():
        return Refusal("empty")
    if kind != "json_invalid":
        return None
    try:
        body.decode()
    except UnicodeDecodeError:
        return Refusal("not_utf8")
    return Refusal("not_json")


def _reason(error: ErrorDetails, field: str | None) -> Reason:
    kind, value = error["type"], error.get("input")
    if kind.startswith("union_tag"):
        missing = kind == "union_tag_not_found"
        if missing and not isinstance(value, dict):
            return "not_an_object"
        if missing:
            tag = "kind" if error["loc"] else "schema"
            return "null_field" if tag in cast(Record, value) and cast(Record, value)[tag] is None else "missing_field"
        return "unknown_kind" if error["loc"] else "unknown_schema"
    if not error["loc"] or kind in ("dict_type", "model_attributes_type"):
        return "not_an_object" if kind != "json_invalid" else "not_json"
    if value is None and kind != "missing":
        return "null_field"
    if field in _TIMES and kind == "string_pattern_mismatch":
        return _why_no_time(str(value))
    return _REASON_OF_ERROR.get(kind, "wrong_type")


def _why_no_time(text: str) -> Reason:
    """A good time that only lacks its zone deserves to be told so."""
    try:
        parse_time(text + "Z")
    except ValueError:
        return "bad_time"
    return "no_zone"


def _field_of(error: ErrorDetails, field: str | None) -> str | None:
    if error["type"].startswith("union_tag"):
        return None if not isinstance(error.get("input"), dict) else "kind" if error["loc"] else "schema"
    return field
