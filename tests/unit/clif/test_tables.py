"""What a folder has to hold, and what is said when it does not."""

import sys
from random import Random

import pyarrow
import pytest
from pyarrow import parquet

from services.grader.clif import tables
from services.grader.clif.reader import read_clif
from services.grader.clif.reasons import Rows
from services.grader.clif.tables import BadClif
from tests.unit.clif.tables import minute, read, stay, vitals, write


@pytest.fixture
def folder(tmp_path):
    stay(tmp_path)
    return tmp_path


def changed(folder, table, change):
    path = folder / f"{table}.parquet"
    parquet.write_table(change(parquet.read_table(path)), path)


def why_not(folder):
    with pytest.raises(BadClif) as refused:
        list(read_clif(folder, Rows()))
    return str(refused.value)


def test_the_order_of_rows_in_a_file_does_not_matter(folder):
    vitals(folder, *[(at // 2, category, value) for at in range(50) for category, value in (("spo2", 90 + at % 7),)])
    expected = [line.record for line in read_clif(folder, Rows())]

    shuffled = Random(7).sample(range(51), 51)
    changed(folder, tables.VITALS, lambda table: table.take(shuffled))
    assert [line.record for line in read_clif(folder, Rows())] == expected


@pytest.mark.parametrize("table", tables.NEEDED)
def test_without_a_table_that_is_needed_it_says_which(folder, table):
    (folder / f"{table}.parquet").unlink()

    assert why_not(folder).endswith(f"has no {table}.parquet.")


def test_the_other_tables_may_be_missing(folder):
    records, unused = read(folder)
    assert len(records) == 3
    assert not unused.counts


def test_a_missing_column_is_named(folder):
    changed(folder, tables.VITALS, lambda table: table.drop_columns(["vital_value"]))

    assert why_not(folder) == "clif_vitals.parquet has no column vital_value."


def test_a_column_that_not_every_site_fills_may_be_missing(folder):
    changed(folder, tables.VITALS, lambda table: table.drop_columns(["vital_name", "meas_site_name"]))

    assert len(read(folder)[0]) == 3


def test_a_time_without_a_zone_is_never_guessed(folder):
    def unzoned(table):
        return table.set_column(0, "recorded_dttm", table.column("recorded_dttm").cast(pyarrow.timestamp("us")))

    changed(folder, tables.VITALS, unzoned)
    assert why_not(folder) == "clif_vitals.parquet: recorded_dttm is not a time with a zone."


def test_a_column_of_another_kind_is_named_and_no_value_is_repeated(folder):
    def worded(table):
        index = table.column_names.index("vital_value")
        return table.set_column(index, "vital_value", pyarrow.array(["eighty"]))

    changed(folder, tables.VITALS, worded)
    assert why_not(folder) == "clif_vitals.parquet: vital_value is not a number."


def test_numbers_as_identifiers_and_times_in_another_zone_are_read(folder):
    def numbered(table):
        ids = pyarrow.array([1] * table.num_rows)
        return table.set_column(table.column_names.index("hospitalization_id"), "hospitalization_id", ids)

    changed(folder, tables.VITALS, numbered)
    changed(folder, tables.HOSPITALIZATION, numbered)
    local = pyarrow.timestamp("ms", "America/Chicago")
    changed(folder, tables.VITALS, lambda table: table.set_column(
        0, "recorded_dttm", table.column("recorded_dttm").cast(local)))  # fmt: skip

    records, _ = read(folder)
    assert [record["observed_at"] for record in records if "observed_at" in record] == ["2180-07-23T00:01:00.000Z"]


def test_what_is_no_parquet_is_said(folder):
    (folder / "clif_vitals.parquet").write_bytes(b"recorded_dttm,vital_value")

    assert why_not(folder) == "clif_vitals.parquet cannot be read as Parquet."


def test_without_pyarrow_it_says_how_to_get_it(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    assert why_not(folder) == "Reading CLIF needs pyarrow: pip install 'crswatch[clif]'."


def test_the_same_moment_twice_gets_two_event_ids(folder):
    row = {"recorded_dttm": minute(5), "device_category": "IMV"}
    write(folder, tables.RESPIRATORY, [row, row])

    ids = [line.record["event_id"] for line in read_clif(folder, Rows())]
    assert len(set(ids)) == len(ids) == 5


def test_a_record_that_the_wire_refuses_is_a_bad_line(folder):
    stay(folder, patient_id="x" * 200)

    assert {line.refusal.sentence() for line in read_clif(folder, Rows())} == {"patient_id: bad_text"}
