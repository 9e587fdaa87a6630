"""What is remembered as points, in the order in which the fold is fed with them."""

from collections.abc import Iterator
from typing import NamedTuple

from services.grader.engine.past.history import Entry, History, Record, Span, breaks_runs, is_activation, part_of
from services.grader.engine.signs.readings import Reading
from services.grader.engine.signs.track import Dense


class Point(NamedTuple):
    """What the fold is fed with at one moment."""

    at_ms: int
    order: tuple[int, str]
    event_id: str
    readings: tuple[Reading, ...]
    record: Record | None
    dense: Dense | None


def points_after(history: History, at_ms: int) -> list[Point]:
    """Everything later than a moment, in the order of event time."""
    points = [point_of(entry) for entry in history.entries.values() if entry.at_ms > at_ms]
    for series, spans in history.spans.items():
        breaks = sorted(entry.at_ms for entry in history.entries.values() if breaks_runs(entry, series))
        for part in (part for span in spans for part in _between(span, breaks)):
            if part.last_ms > at_ms:
                points.extend(_span_points(series, part, at_ms))
    return sorted(points, key=lambda point: (point.at_ms, point.order))


def _between(span: Span, times: list[int]) -> Iterator[Span]:
    """A run in parts: what it says after something that breaks it begins anew with its next reading."""
    start = 0
    for at_ms in times:
        if span.first_ms <= at_ms < span.last_ms:
            upto = (at_ms - span.first_ms) // span.step_ms + 1
            if upto > start:
                yield part_of(span, start, upto - start)
            start = upto
    yield part_of(span, start, span.readings - start)


def point_of(entry: Entry) -> Point:
    """An entry as the fold takes it."""
    return Point(entry.at_ms, _order(entry), entry.event_id, entry.readings, entry.record, None)


def reading_point(readings: tuple[Reading, ...], event_id: str) -> Point:
    """One event of a stream as the fold takes it."""
    return Point(readings[0].at_ms, (0, ""), event_id, readings, None, None)


_LEFT_AND_BACK = {"discharge": 0, "return": 1_000_000}  # before and after everything else of their time
_ACTIVATION = 2_000_000  # other rules are held against all that was known by then


def _order(entry: Entry) -> tuple[int, str]:
    """At one event time the higher level of support comes last and so wins; other ties go by id (`settled.md` 9).

    But for leaving: who leaves and is back in one minute is back, whatever the ids (decision 23 in the README).
    """
    record = entry.record
    if record is not None and record["kind"] == "encounter" and record["action"] in _LEFT_AND_BACK:
        return (_LEFT_AND_BACK[record["action"]], entry.event_id)
    if is_activation(entry):
        return (_ACTIVATION, entry.event_id)
    if record is None or record["kind"] not in ("oxygen", "vasopressor"):
        return (1, entry.event_id)
    return (2 + support_rank(record), entry.event_id)


_DEVICES = ("room_air", "other", "blow_by", "nasal_cannula", "high_flow_nasal_cannula", "face_mask", "venturi_mask")
_DEVICES_BY_LEVEL = (*_DEVICES, "non_rebreather", "cpap", "bipap", "ventilator")


def support_rank(record: Record) -> int:
    """How much support a chart says, for contradictory charts of one moment."""
    if record["kind"] == "vasopressor":
        return 0 if record["drug"] == "none" else 1 if record.get("rate") == 0 else 2
    flow = min(99, int(record.get("flow_l_min", 0)))
    return _DEVICES_BY_LEVEL.index(record["device"]) * 100 + flow


def _span_points(series: str, span: Span, after_ms: int) -> Iterator[Point]:
    """First, second and last reading of what is left of a span; those between are known to come."""
    skipped = 0 if after_ms < span.first_ms else (after_ms - span.first_ms) // max(1, span.step_ms) + 1
    rest = part_of(span, skipped, span.readings - skipped)
    dense = Dense(rest.first_ms, rest.step_ms, rest.last_ms)
    times = sorted({rest.first_ms, rest.first_ms + rest.step_ms, rest.last_ms})
    for at_ms in times:
        reading = Reading(series, at_ms, span.value, span.category, span.manner)
        # At the last reading nothing further is known to come.
        yield Point(at_ms, (0, series), span.event_id, (reading,), None, dense if at_ms < rest.last_ms else None)
