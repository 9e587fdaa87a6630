"""From the ward to ingest: in order, again until it is taken, and bounded while ingest is away.

What has to be given up when the waiting room is full is the oldest monitor reading, and it is counted. A charted event
is never given up: a nurse would write it down again.
"""

import logging
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import httpx
import orjson

from schemas.bedside import VITALS
from services.runtime.metrics import counter
from services.simulator.events import Body

log = logging.getLogger(__name__)

ROUTES = {True: "/v1/vitals", False: "/v1/clinical"}
TAKEN = ("accepted", "partly_accepted", "duplicate", "rejected")
# Sending the same again cannot help: ingest has kept what it refused, and said why.
FINAL = (202, 400, 413, 415, 422)


class Waiting(NamedTuple):
    """An event that ingest has not acknowledged, where it goes, and since when it waits."""

    route: str
    since_ms: int
    body: Body


class Delivery:
    """Sends events in order; one that fails keeps all behind it waiting.

    Args:
        client: knows ingest's address and how long an answer may take.
        waiting_limit: events held while ingest does not answer.
        batch_limit: events in one request.
    """

    def __init__(self, client: httpx.Client, *, waiting_limit: int, batch_limit: int = 2000) -> None:
        self._client = client
        self._waiting: deque[Waiting] = deque()
        self._waiting_limit = waiting_limit
        self._batch_limit = batch_limit
        self.fault = "nothing sent yet"

    @property
    def waiting(self) -> int:
        """Events not acknowledged yet."""
        return len(self._waiting)

    def behind_ms(self, now_ms: int) -> int:
        """For how long the oldest event has been waiting. May be asked from another thread."""
        try:
            return max(0, now_ms - self._waiting[0].since_ms)
        except IndexError:
            return 0

    def offer(self, bodies: Iterable[Body], now_ms: int) -> None:
        """Queue what happened in one moment, charted events first: an admission before the patient's signs."""
        arrived = [Waiting(ROUTES[body["schema"] == VITALS], now_ms, body) for body in bodies]
        self._waiting.extend(sorted(arrived, key=lambda event: event.route))
        excess = len(self._waiting) - self._waiting_limit
        if excess > 0:
            self._give_up(excess)

    def flush(self) -> bool:
        """Send until nothing waits, or until ingest does not take it; False then, and `fault` says why."""
        while self._waiting:
            batch = self._next_batch()
            if not self._sent(batch):
                return False
            for _ in batch:
                self._waiting.popleft()
        return True

    def _next_batch(self) -> list[Waiting]:
        route = self._waiting[0].route
        batch: list[Waiting] = []
        for event in self._waiting:
            if event.route != route or len(batch) == self._batch_limit:
                break
            batch.append(event)
        return batch

    def _sent(self, batch: Sequence[Waiting]) -> bool:
        body = b"\n".join(orjson.dumps(event.body) for event in batch)
        try:
            answer = self._client.post(batch[0].route, content=body, headers={"Content-Type": "application/x-ndjson"})
        except httpx.HTTPError as fault:
            self._note(type(fault).__name__)
            return False
        if answer.status_code not in FINAL:
            self._note(f"HTTP {answer.status_code}")
            return False
        self.fault = ""
        _count_outcomes(batch, answer)
        return True

    def _note(self, fault: str) -> None:
        if fault != self.fault:
            log.warning("ingest does not take events", extra={"reason": fault, "count": len(self._waiting)})
        self.fault = fault

    def _give_up(self, excess: int) -> None:
        kept: deque[Waiting] = deque()
        dropped = 0
        for event in self._waiting:
            if dropped < excess and event.body.get("source") in ("monitor", "wearable"):
                dropped += 1
            else:
                kept.append(event)
        self._waiting = kept
        counter("crs_simulated_events_total").labels(VITALS, "dropped").inc(dropped)
        log.warning("monitor readings given up, ingest is away for too long", extra={"count": dropped})


def _count_outcomes(batch: Sequence[Waiting], answer: httpx.Response) -> None:
    """Count what ingest says became of each event; without a word of it, the whole request was refused."""
    schema = batch[0].body["schema"]
    try:
        said = answer.json()
    except ValueError:
        said = {}
    counts = Counter({word: said[word] for word in TAKEN if isinstance(said.get(word), int)})
    if not counts:
        counts["rejected"] = len(batch)
    for word, number in counts.items():
        counter("crs_simulated_events_total").labels(schema, word).inc(number)
    if counts["rejected"]:
        log.error("ingest refused simulated events", extra={"code": answer.status_code, "count": counts["rejected"]})
