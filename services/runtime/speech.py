"""Telling a waiting person what is being done. Who speaks is the caller's choice: `say` is an argument."""

from collections.abc import Callable

Say = Callable[[str], None]


def silent(_: str) -> None:
    """Say nothing."""
