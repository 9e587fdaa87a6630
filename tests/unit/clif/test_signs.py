"""Rows of `clif_vitals` as observations."""

import pytest

from services.grader.clif import tables
from services.grader.clif.words import SITES
from tests.unit.clif.tables import minute, read, stay, vitals, write


def observations(folder):
    records, _ = read(folder)
    return [
        {name: value for name, value in record.items() if name != "observed_at"}
        for record in records
        if "observed_at" in record
    ][1:]


@pytest.fixture
def folder(tmp_path):
    stay(tmp_path)
    return tmp_path


def test_what_was_charted_together_is_one_observation(folder):
    vitals(
        folder,
        (60, "temp_c", 38.2),
        (60, "heart_rate", 110),
        (60, "respiratory_rate", 22),
        (60, "spo2", 93),
        (60, "sbp", 101, "Non Invasive Blood Pressure systolic"),
        (60, "dbp", 62, "Non Invasive Blood Pressure diastolic"),
        (60, "map", 75, "Non Invasive Blood Pressure mean"),
    )

    assert observations(folder) == [
        {
            "source": "interface",
            "temperature_c": 38.2,
            "heart_rate_bpm": 110,
            "resp_rate_bpm": 22,
            "spo2_pct": 93,
            "sbp_mmhg": 101,
            "dbp_mmhg": 62,
            "map_mmhg": 75,
            "bp_source": "cuff",
        }
    ]


@pytest.mark.parametrize(
    ("name", "source", "bp_source"),
    [
        ("Non Invasive Blood Pressure systolic", "interface", "cuff"),
        ("Arterial Blood Pressure systolic", "interface", "arterial"),
        ("ART BP Systolic", "interface", "arterial"),
        ("Invasive systolic", "interface", "arterial"),
        ("Manual Blood Pressure Systolic Left", "manual", "cuff"),
        ("SBP (NIBP)", "interface", "cuff"),
        ("Systolic", "interface", "unknown"),
        ("Part of a start chart", "interface", "unknown"),
        (None, "interface", "unknown"),
    ],
)
def test_the_name_of_the_sign_says_where_a_pressure_came_from(folder, name, source, bp_source):
    vitals(folder, (60, "sbp", 101, name))

    assert observations(folder) == [{"source": source, "sbp_mmhg": 101, "bp_source": bp_source}]


def test_two_pressure_sources_of_one_minute_stay_two_observations(folder):
    vitals(folder, (60, "sbp", 84, "Arterial Blood Pressure systolic"), (60, "sbp", 112, "NIBP systolic"))

    found = [(item["bp_source"], item["sbp_mmhg"]) for item in observations(folder)]
    assert sorted(found) == [("arterial", 84), ("cuff", 112)]


def test_a_sign_charted_twice_in_a_minute_is_kept_twice(folder):
    vitals(folder, (60, "spo2", 84), (60, "spo2", 95))

    assert sorted(item["spo2_pct"] for item in observations(folder)) == [84, 95]


@pytest.mark.parametrize(("charted", "site"), [*SITES.items(), (" Oral ", "oral"), ("Forehead strip", "unknown")])
def test_the_site_of_a_temperature_is_kept(folder, charted, site):
    row = {"recorded_dttm": minute(60), "vital_category": "temp_c", "vital_value": 38.0, "meas_site_name": charted}
    write(folder, tables.VITALS, [row])

    records, _ = read(folder)
    assert [record["temperature_site"] for record in records if "temperature_c" in record] == [site]


def test_incompatible_with_life_is_kept_and_what_cannot_be_meant_is_refused(folder):
    vitals(folder, (60, "heart_rate", 0), (61, "spo2", 29), (62, "map", 801), (63, "spo2", 101), (64, "sbp", None))

    found = observations(folder)
    _, unused = read(folder)
    assert [(item.get("heart_rate_bpm"), item.get("spo2_pct")) for item in found] == [(0, None), (None, 29)]
    assert unused.counts == {(tables.VITALS, "out_of_range"): 2, (tables.VITALS, "no_value"): 1}
    assert unused.refused


def test_a_height_grades_nothing_and_an_unheard_of_sign_is_refused(folder):
    vitals(folder, (60, "height_cm", 170), (60, "lactate", 4))

    _, unused = read(folder)
    assert unused.counts == {(tables.VITALS, "not_graded"): 1, (tables.VITALS, "unknown_word"): 1}
    assert not any("170" in sentence for sentence in unused.sentences())


def test_a_weight_belongs_to_the_stay(folder):
    vitals(folder, (60, "weight_kg", 71.5))

    records, _ = read(folder)
    assert [record["weight_kg"] for record in records if record.get("action") == "update"] == [71.5]
    assert observations(folder) == []
