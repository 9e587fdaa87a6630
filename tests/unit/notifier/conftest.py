"""A night on an SQLite ledger of its own."""

from collections.abc import Iterator

import pytest

from services.notifier.ledger.opening import open_ledger
from tests.unit.notifier.night import Night, night_on


@pytest.fixture
def night(tmp_path) -> Iterator[Night]:
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    with night_on(ledger) as night:
        yield night
    ledger.close()
