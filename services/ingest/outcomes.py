"""What becomes of every item of a request, in order: kept, split, known already, or refused. Pure."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from schemas.encoding import encode
from schemas.reading import Record
from schemas.reasons import Refusal
from services.ingest.items import Item
from services.ingest.parse import judge
from services.ingest.recent import Known, RecentEvents


class Status(StrEnum):
    """The word of the reply."""

    ACCEPTED = "accepted"
    PARTLY_ACCEPTED = "partly_accepted"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"


class Outcome(NamedTuple):
    """One item's fate.

    Attributes:
        place: its place in the request, from 0.
        sent: its bytes as they came.
        status: the word of the reply.
        event_id: its name, where it could be read.
        patient_id: the key it is stored under; None where nothing of it is stored.
        stored: the record to store, encoded; None for a duplicate and where nothing of it is kept.
        refused: what of it is refused and why; for a rejected item the first one decided.
    """

    place: int
    sent: bytes
    status: Status
    event_id: str | None
    patient_id: str | None = None
    stored: bytes | None = None
    refused: tuple[Refusal, ...] = ()


def decide(items: Iterable[Item], schema: str, recent: RecentEvents, now_ms: int) -> Iterator[Outcome]:
    """Judge each item, knowing what was stored lately and what stood earlier in the same request."""
    this_request = RecentEvents(capacity=1_000_000)
    for item in items:
        verdict = judge(item, schema, now_ms)
        if verdict.event is None:
            yield Outcome(item.place, item.body, Status.REJECTED, _readable_id(item), refused=verdict.refused)
            continue
        outcome = _kept(item, verdict.event, verdict.refused, (recent, this_request))
        if outcome.stored is not None and outcome.event_id is not None:
            this_request.remember(outcome.event_id, outcome.stored)
        yield outcome


def _kept(
    item: Item, event: Record, refused: tuple[Refusal, ...], memories: tuple[RecentEvents, RecentEvents]
) -> Outcome:
    event_id, body = str(event["event_id"]), encode(event)
    known = {memory.known(event_id, body) for memory in memories}
    if Known.CONFLICT in known:
        conflict = Refusal("conflicting_event_id", "event_id")
        return Outcome(item.place, item.body, Status.REJECTED, event_id, refused=(conflict, *refused))
    if Known.DUPLICATE in known:
        return Outcome(item.place, item.body, Status.DUPLICATE, event_id, refused=refused)
    status = Status.PARTLY_ACCEPTED if refused else Status.ACCEPTED
    return Outcome(item.place, item.body, status, event_id, str(event["patient_id"]), body, refused)


def _readable_id(item: Item) -> str | None:
    """The event_id of a refused item, if it is one that may be repeated to its sender."""
    event_id = dict(item.pairs or ()).get("event_id")
    return event_id if isinstance(event_id, str) and 0 < len(event_id) <= 200 and event_id.isprintable() else None
