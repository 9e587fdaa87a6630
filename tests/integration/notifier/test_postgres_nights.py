"""The same nights as on SQLite, on a real PostgreSQL."""

from collections.abc import Iterator

import pytest

from services.notifier.ledger.opening import open_ledger
from tests.unit.notifier.night import Night, night_on
from tests.unit.notifier.timelines import Timelines


@pytest.fixture
def night(postgres_url) -> Iterator[Night]:
    ledger = open_ledger(postgres_url)
    with night_on(ledger) as night:
        yield night
    ledger.close()


class TestOnPostgres(Timelines):
    """Every night of `Timelines`."""
