"""Grades a file of events as the ward would have been graded, without Kafka and without a wall clock.

The clock is the running maximum of the events' own times, or of `received_at` where a line carries it. Deadlines run
before each line, so staleness appears at the moment it would have.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import orjson

from schemas.bedside import CLINICAL, RULES, VITALS
from schemas.reading import Record, event_time, read_bedside
from schemas.reasons import Refusal
from schemas.times import parse_time
from services.grader.engine import Origin, Output
from services.grader.engine.partition import Partition
from services.grader.intake import MOST_BYTES

REPLAYED = (VITALS, CLINICAL, RULES)  # an activation has no time of its own: its line says `received_at`
PRINTED = ("escalations", "estimates")
TOPIC = "replay"


class Line(NamedTuple):
    """One line of the file that can be graded.

    Attributes:
        number: from 1.
        clock_ms: the replay's clock at this line.
    """

    number: int
    record: Record
    clock_ms: int


class BadLine(NamedTuple):
    """One line that was refused. Never carries a value."""

    number: int
    refusal: Refusal

    def sentence(self) -> str:
        """For standard error."""
        return f"line {self.number}: {self.refusal.sentence()}"


def read_lines(lines: Iterable[bytes]) -> Iterator[Line | BadLine]:
    """Each line with its clock, or why it is refused; a refused line does not move the clock."""
    clock_ms: int | None = None
    for number, body in enumerate(lines, start=1):
        read = _read(body)
        if isinstance(read, Refusal):
            yield BadLine(number, read)
        else:
            record, arrived_ms = read
            clock_ms = arrived_ms if clock_ms is None else max(clock_ms, arrived_ms)
            yield Line(number, record, clock_ms)


def replay(
    lines: Iterable[Line | BadLine], engine: Partition, *, until_ms: int | None = None
) -> Iterator[dict[str, Any] | BadLine]:
    """Estimates and escalations in the order in which they are decided, and the lines that were refused.

    Args:
        lines: as `read_lines` gives them.
        engine: with no patients yet; it is used up.
        until_ms: where past the last line the clock ends; deadlines run up to and including the end.
    """
    last: Line | None = None
    for line in lines:
        if isinstance(line, BadLine):
            yield line
        else:
            last = line
            origin = Origin(TOPIC, 0, line.number - 1)
            yield from _shown(engine, engine.apply(line.record, clock_ms=line.clock_ms, origin=origin), origin)
    if last is not None:
        end_ms = max(last.clock_ms, last.clock_ms if until_ms is None else until_ms)
        yield from _shown(engine, engine.advance(end_ms), Origin(TOPIC, 0, last.number - 1))


def _shown(engine: Partition, outputs: Iterable[Output], origin: Origin) -> Iterator[dict[str, Any] | BadLine]:
    """What is printed of outputs; what the engine writes to the bedside topic is applied right away."""
    waiting = deque(outputs)
    while waiting:
        output = waiting.popleft()
        if output.value is None:
            continue  # a tombstone says nothing
        if output.topic == "bedside":
            waiting.extend(engine.apply(output.value, clock_ms=engine.clock_ms, origin=origin))
        elif output.topic == "rejected":
            yield BadLine(origin.offset + 1, Refusal(output.value["reason"], output.value.get("field")))
        elif output.topic in PRINTED:
            yield output.value


def _read(body: bytes) -> tuple[Record, int] | Refusal:
    if len(body) > MOST_BYTES:
        return Refusal("too_large")
    record = read_bedside(body)
    if isinstance(record, Refusal):
        return record
    if record["schema"] not in REPLAYED:
        return Refusal("unknown_schema", "schema")
    at_ms = event_time(record)
    if b'"received_at"' not in body:
        return Refusal("missing_field", "received_at") if at_ms is None else (record, at_ms)
    return _arrived(body, record)


def _arrived(body: bytes, record: Record) -> tuple[Record, int] | Refusal:
    """`received_at` belongs to the file, not to the event: the record itself does not have it."""
    try:
        arrived = orjson.loads(body).get("received_at")
    except orjson.JSONDecodeError:
        return Refusal("not_json")
    try:
        return record, parse_time(arrived)
    except (ValueError, TypeError):
        return Refusal("null_field" if arrived is None else "bad_time", "received_at")
