"""Markdown tables that a clinician signs, read as test rows."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def read_table(name: str) -> list[dict[str, str]]:
    """Every row of every table in a file, by the headings of its table."""
    rows: list[dict[str, str]] = []
    heading: list[str] | None = None
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if not line.startswith("|"):
            heading = None
        elif heading is None:
            heading = _cells(line)
        elif not set(line) <= set("|-: "):
            rows.append(dict(zip(heading, _cells(line), strict=True)))
    return rows


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def rows(name: str) -> pytest.MarkDecorator:
    """One test a row, named by its situation."""
    return pytest.mark.parametrize("row", [pytest.param(row, id=row["situation"]) for row in read_table(name)])


def bounds(cell: str) -> tuple[int, int]:
    """`2` or `1-4`."""
    low, _, high = cell.partition("-")
    return int(low), int(high or low)
