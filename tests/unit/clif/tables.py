"""Small CLIF tables for the tests: rows as a person would write them, in minutes after midnight."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow
from pyarrow import parquet

from services.grader.clif import tables
from services.grader.clif.reader import read_clif
from services.grader.clif.reasons import Rows
from services.grader.replay import BadLine

START = datetime(2180, 7, 23, tzinfo=UTC)
TYPES = {
    tables.TEXT: pyarrow.string(),
    tables.NUMBER: pyarrow.float64(),
    tables.TIME: pyarrow.timestamp("us", "UTC"),
}
TIMES = {
    table: next(name for name, kind in columns.items() if kind == tables.TIME)
    for table, columns in tables.COLUMNS.items()
}


def minute(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def write(folder: Path, table: str, rows: list[Mapping[str, Any]]) -> None:
    columns = tables.COLUMNS[table]
    schema = pyarrow.schema([(name, TYPES[kind]) for name, kind in columns.items()])
    whole = [{"hospitalization_id": "h1", **row} for row in rows]
    parquet.write_table(pyarrow.Table.from_pylist(whole, schema=schema), folder / f"{table}.parquet")


def stay(folder: Path, **fields: Any) -> None:
    """One hospitalization of a day, and a heart rate in its first minute."""
    usual = {
        "patient_id": "bed-7",
        "admission_dttm": minute(0),
        "discharge_dttm": minute(24 * 60),
        "age_at_admission": 60,
    }
    write(folder, tables.HOSPITALIZATION, [{**usual, **fields}])
    vitals(folder)


def vitals(folder: Path, *rows: tuple[float, str, float | None] | tuple[float, str, float | None, str]) -> None:
    """(minute, category, value, name of the sign at the site)."""
    first = {"recorded_dttm": minute(1), "vital_category": "heart_rate", "vital_value": 80.0}
    found = [
        {
            "recorded_dttm": minute(at),
            "vital_category": category,
            "vital_value": value,
            "vital_name": next(iter(name), None),
        }
        for at, category, value, *name in rows
    ]
    write(folder, tables.VITALS, [first, *found])


def read(folder: Path) -> tuple[list[dict[str, Any]], Rows]:
    """The records, without what is the same in all of them, and what was not used."""
    unused, records = Rows(), []
    for line in read_clif(folder, unused):
        assert not isinstance(line, BadLine)
        records.append(
            {name: value for name, value in line.record.items() if name not in ("schema", "event_id", "patient_id")}
        )
    return records, unused


def charted(folder: Path, kind: str) -> list[dict[str, Any]]:
    """The charted events of one kind, without kind and time."""
    records, _ = read(folder)
    return [
        {name: value for name, value in record.items() if name not in ("kind", "recorded_at")}
        for record in records
        if record.get("kind") == kind
    ]
