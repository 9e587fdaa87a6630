"""A page on its way: claimed for an attempt, then ended. A claim is a lease, so that a crash gives it back."""

from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, and_, exists, or_, select, update

from services.notifier.ledger.intake import mark_due
from services.notifier.ledger.pages import publish
from services.notifier.ledger.tables import PAGES


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
    detected_ms: int


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
        page.detected_ms,
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
    publish(connection, page._mapping, attempt=attempt, state="failed", code=code, now_ms=now_ms)


def release_claims(connection: Connection) -> int:
    """Give back what a process that died had claimed. Only where no other replica can be sending."""
    connection.execute(
        update(PAGES).where(PAGES.c.state == "sending", PAGES.c.withdrawn.is_(True)).values(state="withdrawn")
    )
    given_back = update(PAGES).where(PAGES.c.state == "sending").values(state="queued", claimed_until_ms=0)
    return connection.execute(given_back).rowcount


def _end(connection: Connection, claimed: Claimed, *, state: str, code: str, now_ms: int) -> None:
    page = _row(connection, claimed.page_id)
    change = {"state": state, "code": code, "ended_ms": now_ms}
    connection.execute(update(PAGES).where(PAGES.c.page_id == claimed.page_id).values(change))
    attempt = claimed.attempt
    publish(connection, page._mapping, attempt=attempt, state=state, code=code, now_ms=now_ms)


def _row(connection: Connection, page_id: str) -> Row[Any]:
    return connection.execute(select(PAGES).where(PAGES.c.page_id == page_id).with_for_update()).one()
