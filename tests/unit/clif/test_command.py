"""`crswatch replay --format clif`: how it ends, and what it says on the way."""

import json

import pytest

from services.control.__main__ import main
from services.grader.clif import tables
from tests.unit.clif.tables import minute, stay, vitals, write


@pytest.fixture
def folder(tmp_path):
    stay(tmp_path)
    return tmp_path


@pytest.fixture
def replay(capfdbinary):
    """Exit code, what was printed, what was said."""

    def run(*words: object) -> tuple[int, list[dict], list[str]]:
        code = main(["replay", "--format", "clif", *map(str, words)])
        out, err = capfdbinary.readouterr()
        return code, [json.loads(line) for line in out.splitlines()], err.decode().splitlines()

    return run


def kinds(printed):
    return [value["kind"] for value in printed if value["schema"] == "crs.escalations.v1"]


def test_everybody_is_watched_though_nobody_is_enrolled(folder, replay):
    vitals(folder, (60, "temp_c", 38.4))

    code, printed, said = replay(folder)
    assert (code, said) == (0, [])
    assert kinds(printed)[0] == "crs_rise"


def test_a_rise_on_a_unit_that_charts_elsewhere_is_paged_and_its_silence_is_not(folder, replay):
    vitals(folder, (60, "temp_c", 38.4))
    write(folder, tables.ADT, [{"in_dttm": minute(0), "location_name": "Ward"}])

    _, printed, said = replay(folder)
    assert kinds(printed) == ["crs_rise", "resolved"]
    assert said == [
        "clif_adt: 1 row noted: the unit charts no vitals in these tables; its patients are taken as off the unit"
    ]


def test_a_row_that_cannot_be_read_makes_the_exit_code_1_and_is_counted_without_its_value(folder, replay):
    vitals(folder, (60, "map", 801), (61, "height_cm", 170))

    code, _, said = replay(folder)
    assert code == 1
    assert said == [
        "clif_vitals: 1 row not used: nothing of this kind grades",
        "clif_vitals: 1 row refused: the value cannot be meant (outside the encodable range)",
    ]


def test_a_record_that_is_refused_is_counted_too(folder, replay):
    stay(folder, patient_id="x" * 200)

    assert replay(folder) == (1, [], ["3 events refused: patient_id: bad_text"])


def test_tables_that_grade_nothing_are_named(folder, replay):
    (folder / "clif_labs.parquet").write_bytes(b"")

    assert replay(folder)[2] == ["clif_labs: not read, nothing in it grades"]


def test_the_tally_comes_last_but_for_the_rows_and_leaves_the_printed_values_alone(folder, replay):
    vitals(folder, (60, "temp_c", 38.4), (120, "temp_c", 38.5))
    write(folder, tables.RESPIRATORY, [{"recorded_dttm": minute(90), "device_category": "IMV"}])

    _, plain, _ = replay(folder)
    _, printed, said = replay(folder, "--tally")
    assert printed == plain
    assert said[0].startswith("1 patients, 0.1 patient-days watched")
    assert [line.split()[:3] for line in said[2:4]] == [["crs_rise", "grade", "1"], ["crs_rise", "grade", "4"]]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("no-such-folder",), "crswatch: no-such-folder is no folder of CLIF tables."),
        (("tests",), "crswatch: tests has no clif_vitals.parquet."),
        (("-",), "crswatch: - is no folder of CLIF tables."),
        (("tests", "--tally", "--kafka"), "crswatch: --tally counts a replay in this process: leave --kafka out."),
    ],
)
def test_wrong_use_ends_with_one_sentence(replay, words, sentence):
    assert replay(*words) == (2, [], [sentence])
