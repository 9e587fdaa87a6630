"""Open the ledger: SQLite with every commit on disk before it is reported, or PostgreSQL."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError

from services.notifier.ledger.tables import METADATA, TURNS

BUSY_TIMEOUT_MS = 10_000
RELAY_TURN = "relay"
KINDS = ("sqlite", "postgresql")


class LedgerRefused(ValueError):
    """There can be no ledger at this address; the message is the sentence to show, without the address's password."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """An open ledger. All access goes through `transaction`."""

    engine: Engine

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction: committed and durable on leaving, undone when an exception leaves."""
        with self.engine.begin() as connection:
            yield connection

    @property
    def shared(self) -> bool:
        """True where other replicas may work on it at the same time."""
        return self.engine.dialect.name != "sqlite"

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def open_ledger(url: str) -> Ledger:
    """The ledger at `url`, with its tables made where they are missing.

    Raises:
        LedgerRefused: there can be no ledger at such an address.
    """
    if _kind(url) == "sqlite":
        engine = create_engine(url, pool_size=10)
        event.listen(engine, "connect", _careful_sqlite)
        event.listen(engine, "begin", _begin_immediate)
    else:
        engine = create_engine(url, pool_pre_ping=True, pool_size=10)
    ledger = Ledger(engine)
    with ledger.transaction() as connection:
        if ledger.shared:  # replicas starting together would otherwise race for the same CREATE
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(20260301)")
        METADATA.create_all(connection)
        insert_new(connection, TURNS, {"name": RELAY_TURN})
    return ledger


def insert_new(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Insert the row unless one of its unique names is taken; True where it was new."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table).values(dict(row)).on_conflict_do_nothing()
    # Only RETURNING tells reliably: psycopg counts no rows for an insert that fetches its key.
    return connection.execute(statement.returning(*table.primary_key.columns)).first() is not None


def _kind(url: str) -> str:
    try:
        kind = make_url(url).get_backend_name()
    except ArgumentError:
        kind = ""
    if kind not in KINDS:
        raise LedgerRefused("NOTIFIER_LEDGER_URL: has to begin with sqlite:/// or postgresql+psycopg://.")
    return kind


def _careful_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={BUSY_TIMEOUT_MS}"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: Connection) -> None:
    # A transaction that reads first and writes later could otherwise fail half-way on another writer.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
