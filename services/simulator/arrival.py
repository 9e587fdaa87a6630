"""How events arrive: tidily, or as they do on a real ward.

Untidy means: charts written after the fact, monitor readings that overtake each other, a network that holds minutes of
them back, the same message twice, a clock that runs ahead, a reading that is taken back and entered again, and now and
then a retraction that comes before what it retracts. Nothing here invents or loses a reading.
"""

import heapq
from collections.abc import Iterable, Iterator
from itertools import count
from random import Random
from typing import NamedTuple

from schemas.bedside import CLINICAL
from schemas.times import format_time
from services.simulator.events import Body, Event
from services.simulator.physiology import HOUR_MS, MINUTE_MS

SECOND_MS = 1000

# How often [P], each as a share of the events or patients of that sort.
LATE_CHART = 0.12  # manual vitals and charts written down minutes to an hour later
VERY_LATE_CHART = 0.01  # and some hours later
OVERTAKEN = 0.01  # monitor readings that arrive after a later one
OVERTAKEN_BY_MINUTES = 0.3  # of those, by minutes and not seconds
REPEATED = 0.006  # events sent twice
TAKEN_BACK = 0.04  # manual readings retracted and entered again
RETRACTION_FIRST = 0.3  # of those, the retraction arrives before the reading
CLOCK_AHEAD = 0.12  # patients whose monitor's clock runs ahead
MEAN_HOURS_BETWEEN_OUTAGES = 30.0
PROMPT = ("encounter", "immunotherapy", "baseline", "retraction")  # written down while it happens


class Arrival(NamedTuple):
    """An event, its own time, and when it reached us."""

    received_ms: int
    at_ms: int
    body: Body


def tidy(happening: Iterable[Event]) -> Iterator[Arrival]:
    """Everything arrives at its own time."""
    for event in happening:
        yield Arrival(event.at_ms, event.at_ms, event.body)


def untidy(happening: Iterable[Event], rng: Random) -> Iterator[Arrival]:
    """The same events in the order in which an untidy ward delivers them; the patient's own generator decides."""
    ward = _UntidyWard(rng)
    waiting: list[tuple[int, int, Arrival]] = []
    order = count()
    for event in happening:
        # Nothing later can arrive before it happened, so what is due by now keeps its place.
        while waiting and waiting[0][0] < event.at_ms:
            yield heapq.heappop(waiting)[2]
        for arrival in ward.deliver(event):
            heapq.heappush(waiting, (arrival.received_ms, next(order), arrival))
    while waiting:
        yield heapq.heappop(waiting)[2]


class _UntidyWard:
    """One patient's way to us: a clock, a network with outages, and people who write things down later."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._ahead_ms = rng.randrange(5, 120) * SECOND_MS if rng.random() < CLOCK_AHEAD else 0
        self._outage_ms = (0, 0)

    def deliver(self, event: Event) -> list[Arrival]:
        """Everything that arrives because of one event."""
        source = event.body.get("source")
        if source in ("monitor", "wearable"):
            arrivals = [self._streamed(event)]
        elif source == "manual" and self._rng.random() < TAKEN_BACK:
            return self._taken_back(event)
        else:
            arrivals = [Arrival(self._written_down(event), event.at_ms, event.body)]
        if self._rng.random() < REPEATED:
            first = arrivals[0]
            arrivals.append(first._replace(received_ms=first.received_ms + self._rng.randrange(1, 120) * SECOND_MS))
        return arrivals

    def _streamed(self, event: Event) -> Arrival:
        at_ms, body = event.at_ms + self._ahead_ms, event.body
        if self._ahead_ms:
            body["observed_at"] = format_time(at_ms)
        received_ms = max(event.at_ms, self._network_is_back_ms(event.at_ms))
        if self._rng.random() < OVERTAKEN:
            slow = self._rng.random() < OVERTAKEN_BY_MINUTES
            received_ms += self._rng.randrange(60, 480) * SECOND_MS if slow else self._rng.randrange(1, 60) * SECOND_MS
        return Arrival(received_ms, at_ms, body)

    def _network_is_back_ms(self, at_ms: int) -> int:
        """When a message sent now comes through: at once, or at the end of an outage."""
        while self._outage_ms[1] <= at_ms:
            starts_ms = at_ms if self._outage_ms[1] == 0 else self._outage_ms[1]
            starts_ms += round(self._rng.expovariate(1 / MEAN_HOURS_BETWEEN_OUTAGES) * HOUR_MS)
            self._outage_ms = (starts_ms, starts_ms + round(self._rng.uniform(1, 9) * MINUTE_MS))
        starts_ms, ends_ms = self._outage_ms
        return ends_ms if starts_ms <= at_ms else at_ms

    def _written_down(self, event: Event) -> int:
        if event.body.get("kind") in PROMPT:
            return event.at_ms
        luck = self._rng.random()
        if luck < VERY_LATE_CHART:
            return event.at_ms + self._rng.randrange(2 * 60, 9 * 60) * MINUTE_MS
        if luck < VERY_LATE_CHART + LATE_CHART:
            return event.at_ms + self._rng.randrange(1, 60) * MINUTE_MS
        return event.at_ms

    def _taken_back(self, event: Event) -> list[Arrival]:
        """A slip of the pen, its retraction, and the reading as it was."""
        slip_c = self._rng.choice((-0.6, -0.4, -0.2, 0.2, 0.3))
        right, at_ms = event.body, event.at_ms
        wrong = right | {"temperature_c": round(right["temperature_c"] + slip_c, 1)}
        noticed_ms = at_ms + self._rng.randrange(2, 20) * MINUTE_MS
        retraction: Body = {
            "schema": CLINICAL,
            "event_id": f"{right['event_id']}-retraction",
            "patient_id": right["patient_id"],
            "recorded_at": format_time(noticed_ms),
            "kind": "retraction",
            "retracts": right["event_id"],
        }
        corrected = right | {"event_id": f"{right['event_id']}-corrected"}
        overtaken = self._rng.random() < RETRACTION_FIRST
        return [
            Arrival(noticed_ms + MINUTE_MS if overtaken else at_ms, at_ms, wrong),
            Arrival(noticed_ms, noticed_ms, retraction),
            Arrival(noticed_ms + 20 * SECOND_MS, at_ms, corrected),
        ]
