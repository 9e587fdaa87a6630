"""What is remembered of a patient's events: enough to fold the last 24 hours again in another order.

Events charted or taken by hand are kept in full, with id and content hash. Of streams each series keeps one category a
second for the lateness bound (of two in one second the worse, so that arrival order cannot matter), run-length coded.
"""

import hashlib
from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from schemas.encoding import digest
from services.grader.engine.durations import SECOND_MS
from services.grader.engine.signs.readings import Reading
from services.grader.engine.signs.track import Dense

Record = dict[str, Any]
MOST_SPANS = 48  # of one series; beyond, the oldest neighbours of one category are joined
LEFT_SPANS = 36  # until this many are left: a stream at odd times is tidied now and then, not with each reading
JOINED_GAP_MS = 60 * SECOND_MS
CONTENT_DIGITS = 12  # of a hash: two contents under one id are told apart, and a state stays small


@dataclass(frozen=True, slots=True)
class Span:
    """Evenly spaced readings of one category; `value` and `event_id` are those of the newest and the first."""

    first_ms: int
    step_ms: int
    readings: int
    category: int
    manner: str
    value: float
    event_id: str

    @property
    def last_ms(self) -> int:
        """Time of the newest."""
        return self.first_ms + self.step_ms * (self.readings - 1)

    def holds(self, at_ms: int) -> bool:
        """Whether one of the readings lies at this time."""
        if not self.first_ms <= at_ms <= self.last_ms:
            return False
        return self.step_ms == 0 or (at_ms - self.first_ms) % self.step_ms == 0


@dataclass(frozen=True, slots=True)
class Entry:
    """One event charted or taken by hand, placed in event time."""

    at_ms: int
    event_id: str
    digest: str
    readings: tuple[Reading, ...] = ()
    record: Record | None = None


class Seen(NamedTuple):
    """A stream's event: its second and content, so that a duplicate is known and a retraction finds its second."""

    at_ms: int
    digest: str
    series: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class History:
    """Immutable; every function returns another one."""

    entries: dict[str, Entry] = field(default_factory=dict)
    spans: dict[str, tuple[Span, ...]] = field(default_factory=dict)
    seen: dict[str, Seen] = field(default_factory=dict)
    retracted: dict[str, int] = field(default_factory=dict)


class Point(NamedTuple):
    """What the fold is fed with at one moment."""

    at_ms: int
    order: tuple[int, str]
    event_id: str
    readings: tuple[Reading, ...]
    record: Record | None
    dense: Dense | None


def short_name(event_id: str) -> str:
    """A stream's ids are many and kept for minutes: ten digits of their hash tell them apart."""
    return hashlib.sha256(event_id.encode()).hexdigest()[:10]


def content_of(record: Record) -> str:
    """The content of an event, as 48 bits in hex; content is equal if its JSON is equal.

    A forwarded event has the content that it was first sent with.
    """
    return digest(as_first_sent(record) if "forwarded_from" in record else record)[:CONTENT_DIGITS]


def has_content(known: "Entry | Seen | None", content: str) -> bool:
    """Whether that is the content of a known event; states of earlier versions hold all digits of some."""
    return known is not None and known.digest[:CONTENT_DIGITS] == content


def as_first_sent(record: Record, patient_id: str | None = None) -> Record:
    """The event before a merge passed it on, or as it would have been sent under another name."""
    names = record.get("forwarded_from") or [record["patient_id"]]
    content = {name: value for name, value in record.items() if name != "forwarded_from"}
    return {**content, "patient_id": names[0] if patient_id is None else patient_id}


def seen_since(history: History, event_id: str, from_ms: int) -> Seen | None:
    """A stream's event that is remembered; older ones are forgotten, whenever it is that somebody tidies up."""
    seen = history.seen.get(short_name(event_id))
    return None if seen is None or seen.at_ms < from_ms else seen


def with_entry(history: History, entry: Entry) -> History:
    """One more event in full."""
    return replace(history, entries={**history.entries, entry.event_id: entry})


def with_reading(history: History, reading: Reading, event_id: str, stale_ms: int) -> tuple[History, bool]:
    """One more reading of a stream, and whether it says anything new."""
    spans = history.spans.get(reading.series, ())
    if spans and reading.at_ms > spans[-1].last_ms:
        added = _appended(spans, reading, event_id, stale_ms)
    else:
        found = next((span for span in spans if span.holds(reading.at_ms)), None)
        if found is not None and found.category >= reading.category:
            return history, False  # of two in one second the worse counts
        one = Span(reading.at_ms, 0, 1, reading.category, reading.manner, reading.value, event_id)
        added = _inserted(spans, one)
    return replace(history, spans={**history.spans, reading.series: added}), True


def without_second(history: History, series: str, at_ms: int) -> History:
    """A retraction empties its second."""
    return replace(history, spans={**history.spans, series: _without_second(history.spans.get(series, ()), at_ms)})


def _appended(spans: tuple[Span, ...], reading: Reading, event_id: str, stale_ms: int) -> tuple[Span, ...]:
    last = spans[-1]
    step_ms = reading.at_ms - last.last_ms
    alike = last.category == reading.category and last.manner == reading.manner and step_ms < stale_ms
    if alike and (last.readings == 1 or step_ms == last.step_ms):
        grown = replace(last, step_ms=step_ms, readings=last.readings + 1, value=reading.value)
        return (*spans[:-1], grown)
    return with_next_span(spans, Span(reading.at_ms, 0, 1, reading.category, reading.manner, reading.value, event_id))


def with_next_span(spans: tuple[Span, ...], one: Span) -> tuple[Span, ...]:
    """One more span at the end."""
    return _joined((*spans, one)) if len(spans) >= MOST_SPANS else (*spans, one)


def _inserted(spans: tuple[Span, ...], one: Span) -> tuple[Span, ...]:
    """Between two readings or in place of one: a span it falls into is cut, so that order within it stays."""
    pieces = list(_without_second(spans, one.first_ms))
    insort(pieces, one, key=lambda span: span.first_ms)
    return tuple(pieces)


def _without_second(spans: tuple[Span, ...], at_ms: int) -> tuple[Span, ...]:
    return tuple(piece for span in spans for piece in _cut(span, at_ms))


def _cut(span: Span, at_ms: int) -> Iterator[Span]:
    """The span before and after a moment, without the reading that lies on it."""
    if not span.first_ms <= at_ms <= span.last_ms:
        yield span
        return
    if span.readings == 1:
        return
    before = -(-(at_ms - span.first_ms) // span.step_ms)
    after = (at_ms - span.first_ms) // span.step_ms + 1
    if before:
        yield _part(span, 0, before)
    if after < span.readings:
        yield _part(span, after, span.readings - after)


def cut_out(span: Span, first_ms: int, last_ms: int) -> Iterator[Span]:
    """What of a span lies before and after a stretch of time."""
    if span.last_ms < first_ms or span.first_ms > last_ms:
        yield span
        return
    step_ms = max(1, span.step_ms)
    before = -(-(first_ms - span.first_ms) // step_ms) if span.first_ms < first_ms else 0
    after = (last_ms - span.first_ms) // step_ms + 1
    if before:
        yield _part(span, 0, before)
    if after < span.readings:
        yield _part(span, after, span.readings - after)


def _part(span: Span, start: int, readings: int) -> Span:
    return replace(
        span, first_ms=span.first_ms + start * span.step_ms, readings=readings, step_ms=span.step_ms * (readings > 1)
    )


def _joined(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """The oldest neighbours that say the same become one, approximately even, until few enough are left."""
    index = 0
    while len(spans) > LEFT_SPANS and index + 2 < len(spans):
        one, two = spans[index : index + 2]
        if one.category == two.category and one.manner == two.manner and two.first_ms - one.last_ms <= JOINED_GAP_MS:
            readings = one.readings + two.readings
            step_ms = max(1, (two.last_ms - one.first_ms) // (readings - 1))
            both = replace(one, step_ms=step_ms, readings=readings, value=two.value)
            spans = (*spans[:index], both, *spans[index + 2 :])
        else:
            index += 1
    return spans


def points_after(history: History, at_ms: int) -> list[Point]:
    """Everything later than a moment, in the order of event time."""
    points = [point_of(entry) for entry in history.entries.values() if entry.at_ms > at_ms]
    for series, spans in history.spans.items():
        by_hand = _times_by_hand(history, series)
        for part in (part for span in spans for part in _between(span, by_hand)):
            if part.last_ms > at_ms:
                points.extend(_span_points(series, part, at_ms))
    return sorted(points, key=lambda point: (point.at_ms, point.order))


def _times_by_hand(history: History, series: str) -> list[int]:
    """When somebody took a sign by hand that a stream measures too."""
    return sorted(
        entry.at_ms for entry in history.entries.values() if any(one.series == series for one in entry.readings)
    )


def _between(span: Span, times: list[int]) -> Iterator[Span]:
    """A run in parts: what it says after a reading taken by hand begins anew with its next reading."""
    start = 0
    for at_ms in times:
        if span.first_ms <= at_ms < span.last_ms:
            upto = (at_ms - span.first_ms) // span.step_ms + 1
            if upto > start:
                yield _part(span, start, upto - start)
            start = upto
    yield _part(span, start, span.readings - start)


def point_of(entry: Entry) -> Point:
    """An entry as the fold takes it."""
    return Point(entry.at_ms, _order(entry), entry.event_id, entry.readings, entry.record, None)


def reading_point(readings: tuple[Reading, ...], event_id: str) -> Point:
    """One event of a stream as the fold takes it."""
    return Point(readings[0].at_ms, (0, ""), event_id, readings, None, None)


def _order(entry: Entry) -> tuple[int, str]:
    """At one event time the higher level of support comes last and so wins; other ties go by id (`settled.md` 9)."""
    record = entry.record
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
    rest = _part(span, skipped, span.readings - skipped)
    dense = Dense(rest.first_ms, rest.step_ms, rest.last_ms)
    times = sorted({rest.first_ms, rest.first_ms + rest.step_ms, rest.last_ms})
    for at_ms in times:
        reading = Reading(series, at_ms, span.value, span.category, span.manner)
        # At the last reading nothing further is known to come.
        yield Point(at_ms, (0, series), span.event_id, (reading,), None, dense if at_ms < rest.last_ms else None)
