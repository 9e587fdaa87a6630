"""One CLIF table as rows in the order of time, read with pyarrow, which only this module knows."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Row = dict[str, Any]
TEXT, NUMBER, TIME = "text", "number", "time"
HOW_TO_GET = "Reading CLIF needs pyarrow: pip install 'crswatch[clif]'."
BATCH_ROWS = 10_000

HOSPITALIZATION = "clif_hospitalization"
ADT = "clif_adt"
VITALS = "clif_vitals"
CONTINUOUS = "clif_medication_admin_continuous"
INTERMITTENT = "clif_medication_admin_intermittent"
RESPIRATORY = "clif_respiratory_support"
NEEDED = (HOSPITALIZATION, VITALS)

COLUMNS: dict[str, dict[str, str]] = {
    HOSPITALIZATION: {
        "admission_dttm": TIME,
        "hospitalization_id": TEXT,
        "patient_id": TEXT,
        "discharge_dttm": TIME,
        "age_at_admission": NUMBER,
    },
    ADT: {"in_dttm": TIME, "hospitalization_id": TEXT, "location_name": TEXT, "location_category": TEXT},
    VITALS: {
        "recorded_dttm": TIME,
        "hospitalization_id": TEXT,
        "vital_category": TEXT,
        "vital_name": TEXT,
        "meas_site_name": TEXT,
        "vital_value": NUMBER,
    },
    CONTINUOUS: {
        "admin_dttm": TIME,
        "hospitalization_id": TEXT,
        "med_category": TEXT,
        "mar_action_category": TEXT,
        "med_order_id": TEXT,
        "med_dose": NUMBER,
        "med_dose_unit": TEXT,
    },
    INTERMITTENT: {
        "admin_dttm": TIME,
        "hospitalization_id": TEXT,
        "med_category": TEXT,
        "mar_action_category": TEXT,
    },
    RESPIRATORY: {
        "recorded_dttm": TIME,
        "hospitalization_id": TEXT,
        "device_category": TEXT,
        "lpm_set": NUMBER,
        "fio2_set": NUMBER,
    },
}
# Not every site fills these; without them a row still says what it says.
OPTIONAL = frozenset(
    {"vital_name", "meas_site_name", "location_name", "med_order_id", "med_dose_unit", "mar_action_category"}
)


class BadClif(Exception):
    """The folder cannot be read as CLIF; the message is a sentence for people and holds no value."""


def path_of(folder: Path, table: str) -> Path | None:
    """Where a table lies; None where the folder has none."""
    path = folder / f"{table}.parquet"
    return path if path.is_file() else None


def unread(folder: Path) -> list[str]:
    """Tables in the folder that say nothing to grade by."""
    return sorted(path.stem for path in folder.glob("*.parquet") if path.stem not in COLUMNS)


def rows_of(folder: Path, table: str) -> Iterator[Row]:
    """Rows in the order of time, then of what they say, whatever their order in the file. Times are milliseconds.

    Raises:
        BadClif: the table, one of its columns, a zone or pyarrow is missing.
    """
    path = path_of(folder, table)
    if path is None:
        if table in NEEDED:
            raise BadClif(f"{folder} has no {table}.parquet.")
        return
    found = _read(path, COLUMNS[table])
    for batch in found.to_batches(max_chunksize=BATCH_ROWS):
        yield from batch.to_pylist()


def _read(path: Path, columns: Mapping[str, str]) -> Any:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise BadClif(HOW_TO_GET) from None
    try:
        found = parquet.read_table(path, columns=[name for name in columns if name in parquet.read_schema(path).names])
    except (OSError, pyarrow.ArrowException):
        raise BadClif(f"{path.name} cannot be read as Parquet.") from None
    lacking = sorted(set(columns) - set(found.column_names) - OPTIONAL)
    if lacking:
        raise BadClif(f"{path.name} has no column {', '.join(lacking)}.")
    kept = {
        name: _column(found, name, kind, path.name, pyarrow)
        if name in found.column_names
        else pyarrow.nulls(found.num_rows)
        for name, kind in columns.items()
    }
    return pyarrow.table(kept).sort_by([(name, "ascending") for name in columns if name in found.column_names])


def _column(found: Any, name: str, kind: str, file: str, pyarrow: Any) -> Any:
    column = found.column(name)
    if kind == TIME and not (pyarrow.types.is_timestamp(column.type) and column.type.tz):
        raise BadClif(f"{file}: {name} is not a time with a zone.")
    wanted = {TEXT: pyarrow.string(), NUMBER: pyarrow.float64(), TIME: pyarrow.timestamp("ms", "UTC")}[kind]
    try:
        cast = column.cast(wanted, safe=False)
        return cast.cast(pyarrow.int64()) if kind == TIME else cast
    except pyarrow.ArrowException:
        raise BadClif(f"{file}: {name} is not a {kind}.") from None
