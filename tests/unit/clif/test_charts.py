"""Rows of the medication and respiratory tables as charted events."""

import pytest

from services.grader.clif import tables
from services.grader.clif.words import DEVICES
from tests.unit.clif.tables import charted, minute, read, stay, write


@pytest.fixture
def folder(tmp_path):
    stay(tmp_path)
    return tmp_path


def infusions(folder, *rows):
    names = ("med_category", "mar_action_category", "med_dose", "med_order_id")
    write(
        folder,
        tables.CONTINUOUS,
        [
            {"admin_dttm": minute(at), "med_dose_unit": "mcg/kg/min", **dict(zip(names, row, strict=False))}
            for at, *row in rows
        ],
    )


def rates(folder):
    return [(item["drug"], item.get("rate")) for item in charted(folder, "vasopressor")]


def test_an_infusion_starts_changes_and_stops_with_dose_0(folder):
    infusions(
        folder,
        (60, "norepinephrine", "start", 0.05, "a"),
        (90, "norepinephrine", "dose_change", 0.1, "a"),
        (120, "norepinephrine", "stop", 0, "a"),
    )

    assert rates(folder) == [("norepinephrine", 0.05), ("norepinephrine", 0.1), ("norepinephrine", 0)]


def test_a_drug_runs_until_its_last_order_stops(folder):
    infusions(
        folder,
        (60, "norepinephrine", "start", 0.05, "a"),
        (90, "norepinephrine", "start", 0.2, "b"),
        (120, "norepinephrine", "stop", 0, "a"),
        (150, "norepinephrine", "stop", 0, "b"),
    )

    assert [rate for _, rate in rates(folder)] == [0.05, 0.2, 0.2, 0]


def test_a_new_bag_in_the_minute_of_the_old_one_does_not_stop_the_drug(folder):
    infusions(
        folder,
        (60, "norepinephrine", "start", 0.05, "a"),
        (120, "norepinephrine", "stop", 0, "a"),
        (120, "norepinephrine", "start", 0.05, "b"),
    )

    assert [rate for _, rate in rates(folder)][-1] == 0.05


def test_a_dose_without_a_word_says_whether_it_runs(folder):
    infusions(folder, (60, "vasopressin", None, 0.04, "a"), (90, "vasopressin", None, 0, "a"))

    assert rates(folder) == [("vasopressin", 0.04), ("vasopressin", 0)]


def test_running_without_a_dose_runs(folder):
    infusions(folder, (60, "angiotensin", "going", None, "a"))

    assert rates(folder) == [("angiotensin ii", None)]


def test_what_cannot_be_read_is_refused_and_other_infusions_grade_nothing(folder):
    infusions(
        folder,
        (60, "norepinephrine", "paused?", 0.05, "a"),
        (61, "norepinephrine", None, None, "a"),
        (62, "norepinephrine", "start", -1, "a"),
        (63, "propofol", "start", 20, "b"),
    )

    _, unused = read(folder)
    assert rates(folder) == []
    assert unused.counts == {
        (tables.CONTINUOUS, reason): 1 for reason in ("unknown_word", "no_value", "out_of_range", "not_graded")
    }


def test_drugs_that_mask_or_treat_are_doses(folder):
    infusions(folder, (60, "acetaminophen", "start", 1, "a"), (75, "acetaminophen", "stop", 0, "a"))
    rows = [("dexamethasone", "given"), ("tocilizumab", None), ("acetaminophen", "not_given"), ("cefepime", "given")]
    write(
        folder,
        tables.INTERMITTENT,
        [{"admin_dttm": minute(90), "med_category": drug, "mar_action_category": word} for drug, word in rows],
    )

    _, unused = read(folder)
    assert sorted(item["drug"] for item in charted(folder, "medication")) == [
        "acetaminophen",
        "dexamethasone",
        "tocilizumab",
    ]
    assert unused.counts == {
        (tables.CONTINUOUS, "not_graded"): 1,
        (tables.INTERMITTENT, "not_given"): 1,
        (tables.INTERMITTENT, "not_graded"): 1,
    }


def devices(folder, *rows):
    names = ("device_category", "lpm_set", "fio2_set")
    write(
        folder,
        tables.RESPIRATORY,
        [{"recorded_dttm": minute(at), **dict(zip(names, row, strict=False))} for at, *row in rows],
    )


@pytest.mark.parametrize(("category", "device"), DEVICES.items())
def test_every_device_of_clif_has_one_of_ours(folder, category, device):
    devices(folder, (60, category.title()))

    assert charted(folder, "oxygen") == [{"device": device}]


def test_flow_and_oxygen_fraction_come_along(folder):
    devices(folder, (60, "Nasal Cannula", 4), (90, "High Flow NC", 40, 0.6))

    assert charted(folder, "oxygen") == [
        {"device": "nasal_cannula", "flow_l_min": 4},
        {"device": "high_flow_nasal_cannula", "flow_l_min": 40, "fio2": 0.6},
    ]


def test_a_device_is_never_lost_over_a_setting_that_cannot_be_meant(folder):
    devices(folder, (60, "IMV", 500, 60))

    _, unused = read(folder)
    assert charted(folder, "oxygen") == [{"device": "ventilator"}]
    assert unused.counts == {(tables.RESPIRATORY, "no_flow"): 1, (tables.RESPIRATORY, "no_fio2"): 1}
    assert not unused.refused


def test_a_device_that_nobody_charted_is_not_guessed_from_its_settings(folder):
    devices(folder, (60, None, None, 0.5), (90, "Iron lung"))

    _, unused = read(folder)
    assert charted(folder, "oxygen") == []
    assert unused.counts == {(tables.RESPIRATORY, "no_device"): 1, (tables.RESPIRATORY, "unknown_word"): 1}
