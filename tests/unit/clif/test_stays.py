"""Hospitalizations and moves as encounters; whose rows are used."""

import pytest

from services.grader.clif import tables
from tests.unit.clif.tables import charted, minute, read, stay, vitals, write

HOURLY = [(hour * 60, "heart_rate", 80) for hour in range(1, 24)]


@pytest.fixture
def folder(tmp_path):
    stay(tmp_path)
    return tmp_path


def moves(folder, *rows):
    write(folder, tables.ADT, [{"in_dttm": minute(at), "location_name": unit} for at, unit in rows])


def encounters(folder):
    return [(item["action"], item.get("unit")) for item in charted(folder, "encounter")]


def test_a_stay_begins_with_the_age_and_ends_with_the_discharge(folder):
    assert charted(folder, "encounter") == [{"action": "admit", "age_years": 60}, {"action": "discharge"}]


def test_a_stay_without_a_discharge_goes_on(folder):
    stay(folder, discharge_dttm=None)

    assert encounters(folder) == [("admit", None)]


def test_the_first_bed_admits_where_the_admission_was_written_later(folder):
    stay(folder, admission_dttm=minute(120))
    vitals(folder, *HOURLY)
    moves(folder, (0, "ICU"))

    records, _ = read(folder)
    assert [(record["action"], record["recorded_at"][11:16]) for record in records if "action" in record] == [
        ("admit", "00:00"),
        ("transfer", "00:00"),
        ("discharge", "00:00"),
    ]


def test_every_move_names_the_unit(folder):
    vitals(folder, *HOURLY)
    moves(folder, (0, "ICU"), (600, "Ward"))

    assert encounters(folder)[1:3] == [("transfer", "ICU"), ("transfer", "Ward")]


def test_a_unit_that_charts_elsewhere_is_off_the_unit(folder):
    vitals(folder, *[(600 + hour * 60, "heart_rate", 80) for hour in range(10)])
    moves(folder, (0, "Emergency"), (595, "ICU"), (1200, "Ward"))

    _, unused = read(folder)
    assert encounters(folder)[1:4] == [("off_unit", "Emergency"), ("transfer", "ICU"), ("off_unit", "Ward")]
    assert unused.counts == {(tables.ADT, "uncharted_unit"): 2}
    assert not unused.refused


def test_the_category_stands_for_a_unit_without_a_name(folder):
    write(folder, tables.ADT, [{"in_dttm": minute(0), "location_category": "ICU"}])

    assert ("off_unit", "icu") in encounters(folder)


def test_stays_without_a_sign_are_left_out_and_counted(folder):
    second = {"hospitalization_id": "h2", "patient_id": "bed-8", "admission_dttm": minute(0)}
    first = {"patient_id": "bed-7", "admission_dttm": minute(0)}
    write(folder, tables.HOSPITALIZATION, [first, second])
    write(
        folder, tables.RESPIRATORY, [{"hospitalization_id": "h2", "recorded_dttm": minute(5), "device_category": "IMV"}]
    )

    _, unused = read(folder)
    assert charted(folder, "oxygen") == []
    assert unused.counts == {(tables.HOSPITALIZATION, "no_vitals"): 1, (tables.RESPIRATORY, "no_vitals"): 1}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"hospitalization_id": "h9", "recorded_dttm": minute(5)}, "unknown_stay"),
        ({"hospitalization_id": None, "recorded_dttm": minute(5)}, "unknown_stay"),
        ({"recorded_dttm": None}, "no_time"),
        ({"recorded_dttm": minute(24 * 60 + 1)}, "after_discharge"),
    ],
)
def test_a_row_that_belongs_to_no_stay_is_counted(folder, row, reason):
    write(folder, tables.RESPIRATORY, [{"device_category": "IMV", **row}])

    _, unused = read(folder)
    assert charted(folder, "oxygen") == []
    assert unused.counts == {(tables.RESPIRATORY, reason): 1}


@pytest.mark.parametrize(("row", "reason"), [({"patient_id": None}, "no_value"), ({"admission_dttm": None}, "no_time")])
def test_a_stay_of_nobody_or_from_no_time_is_refused(folder, row, reason):
    stay(folder, **row)

    records, unused = read(folder)
    assert records == []
    assert unused.counts == {(tables.HOSPITALIZATION, reason): 1, (tables.VITALS, "unknown_stay"): 1}
