"""The CRS tables, row by row."""

import pytest

from tests.vignettes.crs_rows import Row, check
from tests.vignettes.tables import read_table

TABLES = ("crs_grading.md", "crs_fever.md", "crs_pressure.md", "crs_pressors.md", "crs_oxygen.md", "crs_missing.md")


@pytest.mark.parametrize(
    "row", [pytest.param(row, id=row["situation"]) for table in TABLES for row in read_table(table)]
)
def test_vignette(row: Row) -> None:
    check(row)
