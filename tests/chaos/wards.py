"""Wards to be graded under faults: seeded, every kind of event, and what disturbed producers and clocks make of them.

Days of a ward pass in seconds: the records carry the ward's own time (create time), so a record may also jump.
"""

from collections.abc import Iterator
from random import Random
from typing import Any, NamedTuple

from schemas.bedside import TICK
from schemas.times import format_time, parse_time
from tests.unit.grader.random_wards import TICKED, ward
from tests.vignettes.bed import ms

MINUTE_MS = 60_000
NAMES = ("patient_id", "event_id", "merged_into", "retracts")
TIMES = ("observed_at", "recorded_at", "expires_at", "expected_return")
LONG_AGO_MS = parse_time("2015-03-01T08:00:00Z")  # a year passes in minutes: the wards must not overtake the present
WAVE = 6  # wards whose patients arrive together
AGAIN_WITHIN = 60  # a re-sent event comes this many records later at most
BEDSIDE_CLOCKS_MIN = (-300.0, -61.0, -20.0, -9.0, -1.0, 1.0, 5.0, 9.0, 11.0, 90.0)
BROKER_CLOCKS_MIN = (-600.0, -30.0, -1.0, -0.01, 0.2, 2.0, 15.0, 70.0)

Record = dict[str, Any]


class Arrival(NamedTuple):
    """One record on its way to Kafka.

    Attributes:
        at_ms: what its timestamp says.
        fault: what was done to it, by the name in the tally.
    """

    at_ms: int
    record: Record
    fault: str | None = None


def disturbed_wards(seed: int) -> Iterator[Arrival]:
    """Without end: wave after wave of wards, with a fault in every few records."""
    random = Random(seed)
    start_ms = LONG_AGO_MS
    while True:
        wave = sorted(_wave(random, start_ms), key=lambda arrival: arrival.at_ms)
        yield from _disturbed(random, wave)
        start_ms = wave[-1].at_ms + MINUTE_MS


def _wave(random: Random, start_ms: int) -> Iterator[Arrival]:
    for _ in range(WAVE):
        number = random.randrange(10**9)
        shift_ms = start_ms - ms(0)
        for minute, record in ward(number).arrivals:
            yield Arrival(ms(minute) + shift_ms, _moved(record, f"w{number}-", shift_ms))


def _moved(record: Record, prefix: str, shift_ms: int) -> Record:
    """The same under names of this ward, and at its time."""
    if record is TICKED:
        return record
    named = {name: prefix + record[name] for name in NAMES if name in record}
    timed = {name: format_time(parse_time(record[name]) + shift_ms) for name in TIMES if name in record}
    return {**record, **named, **timed}


def _disturbed(random: Random, wave: list[Arrival]) -> Iterator[Arrival]:
    again: list[tuple[int, Record]] = []
    for place, (at_ms, record, fault) in enumerate(_swapped(random, wave)):
        while again and again[0][0] <= place:
            yield Arrival(at_ms, again.pop(0)[1], "duplicate")
        chance = random.random()
        if record["schema"] == TICK or fault or chance > 0.12:
            yield Arrival(at_ms, record, fault)
        elif chance < 0.04:
            yield Arrival(at_ms, record)
            again = sorted([*again, (place + random.randrange(1, AGAIN_WITHIN), record)], key=lambda one: one[0])
        elif chance < 0.08:
            yield Arrival(at_ms, _by_another_clock(random, record), "bedside clock jump")
        else:
            jump_ms = round(random.choice(BROKER_CLOCKS_MIN) * MINUTE_MS)
            yield Arrival(at_ms + jump_ms, record, "broker clock jump")
    for _, record in again:
        yield Arrival(wave[-1].at_ms, record, "duplicate")


def _swapped(random: Random, wave: list[Arrival]) -> Iterator[Arrival]:
    """Now and then a record is overtaken by up to three that follow; their timestamps stay those of the log."""
    order = list(wave)
    for place in range(len(order) - 3):
        if random.random() < 0.05:
            other = place + random.randrange(1, 4)
            order[place], order[other] = order[other]._replace(fault="reordered"), order[place]
    for arrival, slot in zip(order, wave, strict=True):
        yield arrival._replace(at_ms=slot.at_ms)


def _by_another_clock(random: Random, record: Record) -> Record:
    """As a device or a chart dates it whose clock is wrong; a re-sent event is another content then, and refused."""
    name = "observed_at" if "observed_at" in record else "recorded_at"
    wrong_ms = parse_time(record[name]) + round(random.choice(BEDSIDE_CLOCKS_MIN) * MINUTE_MS)
    return {**record, name: format_time(wrong_ms)}
