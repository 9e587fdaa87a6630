"""What Kafka has to hear: put down in the transaction that decided it, read in the same order afterwards."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, select, update

from schemas.alarms import Alarms
from schemas.deliveries import Delivery
from schemas.encoding import encode
from schemas.topics import ALARMS, DELIVERIES
from services.notifier.ledger.opening import RELAY_TURN
from services.notifier.ledger.tables import OUTBOX, TURNS


class Outgoing(NamedTuple):
    """One record that Kafka has not acknowledged yet."""

    seq: int
    topic: str
    key: str | None
    body: str


def put_alarms(connection: Connection, record: Alarms) -> None:
    """Publish how a patient's alarms stand now."""
    row = {"topic": ALARMS.name, "key": record["patient_id"], "body": encode(record).decode()}
    connection.execute(OUTBOX.insert().values(row))


def put_delivery(connection: Connection, record: Delivery, *, subject: str) -> None:
    """Publish one state of one attempt."""
    row = {"topic": DELIVERIES.name, "key": subject, "body": encode(record).decode()}
    connection.execute(OUTBOX.insert().values(row))


def take_turn(connection: Connection) -> bool:
    """True for the one replica that may write to Kafka now: two of them could swap a patient's records."""
    turn = select(TURNS.c.name).where(TURNS.c.name == RELAY_TURN).with_for_update(skip_locked=True)
    return connection.execute(turn).first() is not None


def unwritten(connection: Connection, limit: int) -> Sequence[Outgoing]:
    """The oldest records Kafka has not acknowledged."""
    rows = select(OUTBOX.c.seq, OUTBOX.c.topic, OUTBOX.c.key, OUTBOX.c.body).where(OUTBOX.c.written_ms.is_(None))
    return [Outgoing(*row) for row in connection.execute(rows.order_by(OUTBOX.c.seq).limit(limit))]


def mark_written(connection: Connection, written: Sequence[Outgoing], now_ms: int) -> None:
    """Kafka has these."""
    done = [record.seq for record in written]
    connection.execute(update(OUTBOX).where(OUTBOX.c.seq.in_(done)).values(written_ms=now_ms))


def count_unwritten(connection: Connection) -> int:
    """How many records wait for Kafka."""
    waiting = select(func.count()).select_from(OUTBOX).where(OUTBOX.c.written_ms.is_(None))
    return int(connection.execute(waiting).scalar_one())


def forget_written(connection: Connection, *, before_ms: int) -> int:
    """Drop what Kafka acknowledged long ago; its topics have kept it for their own time."""
    return connection.execute(delete(OUTBOX).where(OUTBOX.c.written_ms < before_ms)).rowcount
