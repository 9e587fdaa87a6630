"""What is remembered of a patient's events: enough to fold the last 24 hours again in another order.

Events charted or taken by hand are kept in full, with id and content hash. Of streams each series keeps one category a
second for the lateness bound (of two in one second the worse, so that arrival order cannot matter), run-length coded.
"""

import hashlib
from bisect import insort
from collections.abc import Iterator
from typing import Any, NamedTuple

from msgspec import field
from msgspec.structs import replace

from schemas.encoding import digest
from services.grader.engine.durations import SECOND_MS
from services.grader.engine.signs.readings import Reading
from services.grader.engine.value import Value

Record = dict[str, Any]
MOST_SPANS = 48  # of one series; beyond, the oldest neighbours of one category are joined
LEFT_SPANS = 36  # until this many are left: a stream at odd times is tidied now and then, not with each reading
JOINED_GAP_MS = 60 * SECOND_MS
RULES = "rules"  # the kind of an entry that is an activation
CONTENT_DIGITS = 12  # of a hash: two contents under one id are told apart, and a state stays small


class Span(Value, frozen=True):
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


class Entry(Value, frozen=True):
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


class History(Value, frozen=True):
    """Immutable; every function returns another one."""

    entries: dict[str, Entry] = field(default_factory=dict)
    spans: dict[str, tuple[Span, ...]] = field(default_factory=dict)
    seen: dict[str, Seen] = field(default_factory=dict)
    retracted: dict[str, int] = field(default_factory=dict)


def is_activation(entry: Entry) -> bool:
    """Whether other rules came into force with it."""
    return entry.record is not None and entry.record["kind"] == RULES


def breaks_runs(entry: Entry, series: str) -> bool:
    """Whether what a stream says of this series after it is a run with a name of its own.

    Whoever takes a sign by hand speaks in between: a finding that begins anew there names the reading that it begins
    with, whenever the past is folded again. Other rules are held against the value that is the newest at their moment.
    """
    return is_activation(entry) or any(reading.series == series for reading in entry.readings)


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
        added = _appended(history, reading, event_id, stale_ms)
    else:
        found = next((span for span in spans if span.holds(reading.at_ms)), None)
        if found is not None and found.category >= reading.category:
            return history, False  # of two in one second the worse counts
        one = Span(reading.at_ms, 0, 1, reading.category, reading.manner, reading.value, event_id)
        added = _inserted(spans, one)
    return replace(history, spans={**history.spans, reading.series: added}), True


def is_broken(history: History, series: str, from_ms: int, until_ms: int) -> bool:
    """Whether something in between breaks the runs of a series."""
    return any(from_ms <= entry.at_ms < until_ms and breaks_runs(entry, series) for entry in history.entries.values())


def without_second(history: History, series: str, at_ms: int) -> History:
    """A retraction empties its second."""
    return replace(history, spans={**history.spans, series: _without_second(history.spans.get(series, ()), at_ms)})


def _appended(history: History, reading: Reading, event_id: str, stale_ms: int) -> tuple[Span, ...]:
    spans = history.spans[reading.series]
    last = spans[-1]
    step_ms = reading.at_ms - last.last_ms
    alike = last.category == reading.category and last.manner == reading.manner and step_ms < stale_ms
    goes_on = alike and (last.readings == 1 or step_ms == last.step_ms)
    if goes_on and not is_broken(history, reading.series, last.last_ms, reading.at_ms):
        grown = replace(last, step_ms=step_ms, readings=last.readings + 1, value=reading.value)
        return (*spans[:-1], grown)
    one = Span(reading.at_ms, 0, 1, reading.category, reading.manner, reading.value, event_id)
    return with_next_span(history, spans, one)


def with_next_span(history: History, spans: tuple[Span, ...], one: Span) -> tuple[Span, ...]:
    """One more span at the end."""
    if len(spans) < MOST_SPANS:
        return (*spans, one)
    return _joined((*spans, one), [entry.at_ms for entry in history.entries.values() if is_activation(entry)])


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
        yield part_of(span, 0, before)
    if after < span.readings:
        yield part_of(span, after, span.readings - after)


def cut_out(span: Span, first_ms: int, last_ms: int) -> Iterator[Span]:
    """What of a span lies before and after a stretch of time."""
    if span.last_ms < first_ms or span.first_ms > last_ms:
        yield span
        return
    step_ms = max(1, span.step_ms)
    before = -(-(first_ms - span.first_ms) // step_ms) if span.first_ms < first_ms else 0
    after = (last_ms - span.first_ms) // step_ms + 1
    if before:
        yield part_of(span, 0, before)
    if after < span.readings:
        yield part_of(span, after, span.readings - after)


def part_of(span: Span, start: int, readings: int) -> Span:
    """Some of its readings, from the one at `start` on."""
    return replace(
        span, first_ms=span.first_ms + start * span.step_ms, readings=readings, step_ms=span.step_ms * (readings > 1)
    )


def _joined(spans: tuple[Span, ...], activated_ms: list[int]) -> tuple[Span, ...]:
    """The oldest neighbours that say the same become one, approximately even, until few enough are left.

    Not across an activation: other rules are held against the newest value before them.
    """
    index = 0
    while len(spans) > LEFT_SPANS and index + 2 < len(spans):
        one, two = spans[index : index + 2]
        close = two.first_ms - one.last_ms <= JOINED_GAP_MS
        close = close and not any(one.last_ms <= at_ms < two.first_ms for at_ms in activated_ms)
        if close and one.category == two.category and one.manner == two.manner:
            readings = one.readings + two.readings
            step_ms = max(1, (two.last_ms - one.first_ms) // (readings - 1))
            both = replace(one, step_ms=step_ms, readings=readings, value=two.value)
            spans = (*spans[:index], both, *spans[index + 2 :])
        else:
            index += 1
    return spans
