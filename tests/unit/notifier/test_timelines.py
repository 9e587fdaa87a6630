"""The nights on SQLite."""

from tests.unit.notifier.timelines import Timelines


class TestOnSqlite(Timelines):
    """Every night of `Timelines`."""
