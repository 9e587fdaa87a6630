"""One event as it was sent: what of it can be kept, and what is refused and why. Pure.

A bad measurement is refused and the rest of its event is kept, and the reply says both. What may be left out alone is a
closed list: only what, once absent, makes the estimate less certain and never better. Half a neurological examination
is therefore refused whole: beside a fresh ICE the grader reads an uncharted seizure as none.
"""

from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple, get_args

from schemas.bedside import CLINICAL, MEASUREMENTS, VITALS, Vitals
from schemas.charted import Clinical
from schemas.reading import EVENT_TIME, Record, check_bedside, event_time, read_bedside
from schemas.reasons import Refusal
from services.ingest.items import Item, Pairs
from services.ingest.units import unit_refusal

# Written by the grader alone, when it passes a merged patient's event on.
GRADERS_OWN = "forwarded_from"
# settled.md 13: up to here an event counts as observed now, beyond it somebody's clock is wrong.
AHEAD_MAX_MS = 10 * 60 * 1000

# Fields that can be refused without their event, by schema or, for charted events, by kind.
SEPARABLE: Mapping[str, frozenset[str]] = {
    VITALS: frozenset({*MEASUREMENTS, "temperature_site", "bp_source", "device_id"}),
    "encounter": frozenset({"birth_date", "age_years", "weight_kg"}),
    "immunotherapy": frozenset({"dose_number"}),
    "medication": frozenset({"dose", "dose_unit"}),
    "vasopressor": frozenset({"rate", "rate_unit"}),
    "oxygen": frozenset({"flow_l_min", "fio2"}),
    "neuro": frozenset({"ice", "capd"}),
    "baseline": frozenset({"sbp_mmhg", "oxygen_device", "spo2_target_low_pct"}),
    "clinician_grade": frozenset({"crs", "icans"}),
}
# An unknown field of these may be the finding itself under another name.
INSEPARABLE = frozenset({"neuro"})


class Verdict(NamedTuple):
    """What becomes of one event: `event` is what is kept (None: nothing), `refused` what is not, worst first."""

    event: Record | None
    refused: tuple[Refusal, ...] = ()


def judge(item: Item, schema: str, now_ms: int) -> Verdict:
    """Keep, split or refuse one item of a request to the endpoint of `schema`."""
    if item.pairs is None:
        return Verdict(None, (item.refusal or Refusal("not_an_object"),))
    event = read_bedside(item.body)
    if isinstance(event, Refusal) and event.reason == "not_json":
        # The cut is lenient, so that such an event costs itself only; the decoder is not.
        return Verdict(None, (event,))
    if isinstance(event, Refusal) or not _is_strict(item.pairs, event):
        verdict = _split(item.pairs, schema)
    elif event["schema"] != schema:
        return Verdict(None, (Refusal("unknown_schema", "schema"),))
    else:
        verdict = Verdict(event)
    if verdict.event is not None and _is_ahead(verdict.event, now_ms):
        return Verdict(None, (Refusal("future_time", EVENT_TIME[schema]), *verdict.refused))
    return verdict


def _is_strict(pairs: Pairs, event: Record) -> bool:
    # The decoder drops what it does not know and keeps one of two: either way fewer fields come out than went in.
    return len(pairs) == len(event) and GRADERS_OWN not in event and unit_refusal(event) is None


def _is_ahead(event: Record, now_ms: int) -> bool:
    at_ms = event_time(event)
    return at_ms is not None and at_ms > now_ms + AHEAD_MAX_MS


def _split(pairs: Pairs, schema: str) -> Verdict:
    """Leave out what is wrong, one field at a time, until the rest stands or cannot."""
    fields = dict(pairs)
    if isinstance(fields.get("schema"), str) and fields["schema"] != schema:
        return Verdict(None, (Refusal("unknown_schema", "schema"),))
    refused: list[Refusal] = []
    pending = _repeated(pairs) + _unknown(fields, schema)
    while refusal := (pending.pop(0) if pending else _next_refusal(fields)):
        if not _is_separable(refusal, fields, schema):
            # Where leaving out has left nothing, the first thing left out is the reason people need.
            return Verdict(None, tuple(refused) if refusal.field is None and refused else (refusal, *refused))
        refused.append(refusal)
        fields.pop(refusal.field or "", None)
    event = check_bedside(fields)
    return Verdict(None, (event,)) if isinstance(event, Refusal) else Verdict(event, tuple(refused))


def _next_refusal(fields: Record) -> Refusal | None:
    event = check_bedside(fields)
    return event if isinstance(event, Refusal) else unit_refusal(event)


def _repeated(pairs: Pairs) -> list[Refusal]:
    counts = Counter(name for name, _ in pairs)
    return [Refusal("duplicate_field", name) for name, count in counts.items() if count > 1]


def _unknown(fields: Record, schema: str) -> list[Refusal]:
    known = known_fields().get(_kind(fields, schema))
    return [Refusal("unknown_field", name) for name in fields if name not in known] if known else []


def _is_separable(refusal: Refusal, fields: Record, schema: str) -> bool:
    kind = _kind(fields, schema)
    if refusal.reason == "unknown_field":
        return kind not in INSEPARABLE
    return refusal.field in SEPARABLE.get(kind, ())


def _kind(fields: Record, schema: str) -> str:
    kind = fields.get("kind") if schema == CLINICAL else schema
    return kind if isinstance(kind, str) else ""


@cache
def known_fields() -> Mapping[str, frozenset[str]]:
    """The fields an event may have, by schema or, for charted events, by kind."""
    charted: tuple[Any, ...] = get_args(get_args(Clinical)[0])
    types = {VITALS: Vitals, **{get_args(kind.__annotations__["kind"])[0]: kind for kind in charted}}
    return {name: frozenset(kind.__annotations__) - {GRADERS_OWN} for name, kind in types.items()}
