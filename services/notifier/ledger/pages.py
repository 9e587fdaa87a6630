"""Pages in the ledger: queued, claimed for an attempt, ended. A claim is a lease, so that a crash gives it back."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, and_, exists, func, or_, select, update

from services.notifier.ledger.intake import mark_due
from services.notifier.ledger.opening import insert_new
from services.notifier.ledger.outbox import put_delivery
from services.notifier.ledger.tables import PAGES
from services.notifier.records import delivery_record

SUPERSEDED = "superseded"


class Claimed(NamedTuple):
    """A page and the attempt it was claimed for."""

    page_id: str
    subject: str
    escalation_id: str
    role: str
    channel: str
    kind: str
    body: str
    attempt: int
    created_ms: int
    detected_ms: int


def queue_page(connection: Connection, row: dict[str, Any], now_ms: int) -> bool:
    """Queue a page unless it was queued before; a page that exists is never queued twice."""
    new = insert_new(connection, PAGES, row | {"state": "queued", "created_ms": now_ms, "next_attempt_ms": now_ms})
    if new:
        _publish(connection, row["page_id"], row, attempt=1, state="queued", code=None, now_ms=now_ms)
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
            _publish(
                connection, page.page_id, page._mapping, attempt=attempt, state="failed", code=SUPERSEDED, now_ms=now_ms
            )


def claim_page(connection: Connection, *, now_ms: int, lease_ms: int) -> Claimed | None:
    """The most urgent page that is due, claimed until the lease ends; None where nothing is due.

    No two pages of one patient go to one role at the same time, so that the end of an alarm cannot overtake its call.
    """
    waiting = and_(PAGES.c.state == "queued", PAGES.c.next_attempt_ms <= now_ms)
    abandoned = and_(PAGES.c.state == "sending", PAGES.c.claimed_until_ms <= now_ms)
    other = PAGES.alias()
    on_the_line = exists().where(
        other.c.subject == PAGES.c.subject,
        other.c.role == PAGES.c.role,
        other.c.seq != PAGES.c.seq,
        other.c.state == "sending",
        other.c.claimed_until_ms > now_ms,
    )
    due = (
        select(PAGES)
        .where(or_(waiting, abandoned), PAGES.c.withdrawn.is_(False), ~on_the_line)
        .order_by(PAGES.c.urgency, PAGES.c.next_attempt_ms, PAGES.c.seq)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    page = connection.execute(due).first()
    if page is None:
        return None
    attempt = page.attempts + 1
    claim = {"state": "sending", "attempts": attempt, "claimed_until_ms": now_ms + lease_ms}
    connection.execute(update(PAGES).where(PAGES.c.seq == page.seq).values(claim))
    return Claimed(
        page.page_id, page.subject, page.escalation_id, page.role, page.channel, page.kind, page.body, attempt,
        page.created_ms, page.detected_ms,
    )  # fmt: skip


def mark_sent(connection: Connection, claimed: Claimed, code: str, now_ms: int) -> None:
    """The channel took it."""
    _end(connection, claimed, state="sent", code=code, now_ms=now_ms)


def mark_failed(connection: Connection, claimed: Claimed, code: str, now_ms: int) -> None:
    """The channel will never take it; its patient's alarms are looked at again, for the next hop."""
    _end(connection, claimed, state="failed", code=code, now_ms=now_ms)
    mark_due(connection, claimed.subject, now_ms)


def mark_retry(connection: Connection, claimed: Claimed, code: str, *, next_attempt_ms: int, now_ms: int) -> None:
    """It did not get through; try again, unless nobody needs it any more."""
    page = _row(connection, claimed.page_id)
    state = "withdrawn" if page.withdrawn else "queued"
    change = {"state": state, "next_attempt_ms": next_attempt_ms, "code": code, "claimed_until_ms": 0}
    connection.execute(update(PAGES).where(PAGES.c.page_id == claimed.page_id).values(change))
    attempt = claimed.attempt
    _publish(connection, claimed.page_id, page._mapping, attempt=attempt, state="failed", code=code, now_ms=now_ms)


def release_claims(connection: Connection) -> int:
    """Give back what a process that died had claimed. Only where no other replica can be sending."""
    connection.execute(
        update(PAGES).where(PAGES.c.state == "sending", PAGES.c.withdrawn.is_(True)).values(state="withdrawn")
    )
    given_back = update(PAGES).where(PAGES.c.state == "sending").values(state="queued", claimed_until_ms=0)
    return connection.execute(given_back).rowcount


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


def next_attempt(connection: Connection) -> int | None:
    """When the next page is due; None where none waits."""
    waiting = select(func.min(PAGES.c.next_attempt_ms)).where(PAGES.c.state == "queued", PAGES.c.withdrawn.is_(False))
    return connection.execute(waiting).scalar()


def _end(connection: Connection, claimed: Claimed, *, state: str, code: str, now_ms: int) -> None:
    page = _row(connection, claimed.page_id)
    change = {"state": state, "code": code, "ended_ms": now_ms}
    connection.execute(update(PAGES).where(PAGES.c.page_id == claimed.page_id).values(change))
    attempt = claimed.attempt
    _publish(connection, claimed.page_id, page._mapping, attempt=attempt, state=state, code=code, now_ms=now_ms)


def _row(connection: Connection, page_id: str) -> Row[Any]:
    return connection.execute(select(PAGES).where(PAGES.c.page_id == page_id).with_for_update()).one()


def _publish(
    connection: Connection, page_id: str, page: Any, *, attempt: int, state: str, code: str | None, now_ms: int
) -> None:
    record = delivery_record(
        page_id, subject=page["subject"], escalation_id=page["escalation_id"], channel=page["channel"],
        role=page["role"], attempt=attempt, state=state, code=code, now_ms=now_ms,
    )  # fmt: skip
    put_delivery(connection, record, subject=page["subject"])
