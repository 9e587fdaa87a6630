"""Pages in the ledger: queued once, withdrawn when nobody needs them any more, and what they tell of who was called."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, and_, select, update

from services.notifier.ledger.opening import insert_new
from services.notifier.ledger.outbox import put_delivery
from services.notifier.ledger.tables import PAGES
from services.notifier.records import delivery_record

SUPERSEDED = "superseded"


def queue_page(connection: Connection, row: dict[str, Any], now_ms: int) -> bool:
    """Queue a page unless it was queued before; a page that exists is never queued twice."""
    new = insert_new(connection, PAGES, row | {"state": "queued", "created_ms": now_ms, "next_attempt_ms": now_ms})
    if new:
        publish(connection, row, attempt=1, state="queued", code=None, now_ms=now_ms)
    return new


def withdraw_pages(connection: Connection, subject: str, alarm: str, *, older_than: int | None, now_ms: int) -> None:
    """Stop calls that nobody needs any more: of the whole alarm, or of ladders begun before round `older_than`."""
    open_calls = and_(
        PAGES.c.subject == subject,
        PAGES.c.alarm == alarm,
        PAGES.c.kind == "ring",
        PAGES.c.state.in_(("queued", "sending")),
    )
    if older_than is not None:
        open_calls = and_(open_calls, PAGES.c.round < older_than)
    for page in connection.execute(select(PAGES).where(open_calls)).all():
        # One that is on the line just now cannot be taken back; it is only not tried again.
        state = "withdrawn" if page.state == "queued" else page.state
        change = {"withdrawn": True, "state": state, "ended_ms": now_ms if state == "withdrawn" else None}
        connection.execute(update(PAGES).where(PAGES.c.seq == page.seq).values(change))
        if state == "withdrawn":
            attempt = page.attempts + 1
            publish(connection, page._mapping, attempt=attempt, state="failed", code=SUPERSEDED, now_ms=now_ms)


def roles_called(connection: Connection, escalation_ids: Iterable[str]) -> dict[str, frozenset[str]]:
    """For each escalation the roles somebody tried to reach: whether an attempt failed, its receiver alone knows."""
    names = list(escalation_ids)
    attempted = select(PAGES.c.escalation_id, PAGES.c.role).where(
        PAGES.c.escalation_id.in_(names), PAGES.c.kind == "ring", PAGES.c.attempts > 0
    )
    found: dict[str, set[str]] = {}
    for escalation_id, role in connection.execute(attempted):
        found.setdefault(escalation_id, set()).add(role)
    return {name: frozenset(roles) for name, roles in found.items()}


def take_unreachable(connection: Connection, subject: str) -> frozenset[tuple[str, int, int]]:
    """Hops of which a page failed for good since this was asked last."""
    failed = and_(
        PAGES.c.subject == subject, PAGES.c.state == "failed", PAGES.c.weighed.is_(False), PAGES.c.kind == "ring"
    )
    hops = connection.execute(select(PAGES.c.escalation_id, PAGES.c.round, PAGES.c.hop).where(failed)).all()
    if hops:
        connection.execute(update(PAGES).where(failed).values(weighed=True))
    return frozenset((hop.escalation_id, hop.round, hop.hop) for hop in hops)


def publish(
    connection: Connection, page: Mapping[Any, Any], *, attempt: int, state: str, code: str | None, now_ms: int
) -> None:
    """Say on the topic of deliveries how far the page came."""
    record = delivery_record(page, attempt=attempt, state=state, code=code, now_ms=now_ms)
    put_delivery(connection, record, subject=page["subject"])
