"""No suppression may hide a rise or a first grade of 2 or more (clinical.md 10.2 R3)."""

import pytest

from tests.vignettes.bed import Bed, when

HOUR, DAY = 60, 1440
WELL = {"sbp_mmhg": 118, "spo2_pct": 97, "heart_rate_bpm": 80, "resp_rate_bpm": 16}


def well_bed(**options) -> Bed:
    return Bed(**options).admit().on_room_air().vitals(0, temperature_c=36.8, **WELL)


def febrile(**options) -> Bed:
    bed = well_bed(**options).vitals(1, temperature_c=38.5, **WELL)
    bed.said()
    return bed


# --- the risk window -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [0.1, 13.9, 14.1, 29.9, 30.1, 51, 120])
def test_no_risk_window_hides_a_rise(days):
    """Within a stay in which a dose was given, however long ago."""
    bed = Bed(watch_all=False).admit().chart(1, "immunotherapy", product="tisa-cel")
    minute = days * DAY
    bed.on_room_air(minute).vitals(minute, temperature_c=38.5, sbp_mmhg=84, spo2_pct=97)
    assert "crs_rise 2 #1" in bed.said()


def test_a_ward_that_watches_everybody_needs_no_dose():
    bed = well_bed().vitals(1, temperature_c=38.5, sbp_mmhg=84)
    assert bed.said() == ["crs_rise 2 #1"]


# --- NEWS2 -----------------------------------------------------------------------------------------------------------


def test_an_open_ward_score_hides_no_rise():
    bed = well_bed().vitals(1, resp_rate_bpm=26, heart_rate_bpm=132, spo2_pct=95)
    assert bed.said() == ["ward_score news2"]
    bed.vitals(2, temperature_c=38.5).vitals(3, sbp_mmhg=84)
    assert bed.said() == ["crs_rise 1 #1", "crs_rise 2 #1"]


def test_a_low_ward_score_hides_no_rise():
    """NEWS2 0 but for the temperature, on a vasopressor that holds the pressure."""
    bed = febrile().chart(2, "vasopressor", drug="norepinephrine", rate=0.02)
    assert bed.said() == ["crs_rise 3 #1"]


# --- what people said ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("crs", [0, 1, 2, 3, 4])
def test_no_grade_given_by_a_clinician_hides_a_rise(crs):
    bed = febrile().chart(2, "clinician_grade", crs=crs, author="dr-a").vitals(3, sbp_mmhg=84)
    assert "crs_rise 2 #1" in bed.said()


def test_an_alarm_that_stands_hides_no_higher_one():
    """An acknowledgement is not in the bedside topic at all: the grader cannot know of it."""
    bed = febrile()
    for minute, device in enumerate(("nasal_cannula", "face_mask", "bipap"), start=2):
        bed.chart(minute, "oxygen", device=device, **({"flow_l_min": 2} if device == "nasal_cannula" else {}))
    assert bed.said() == ["crs_rise 2 #1", "crs_rise 3 #1", "crs_rise 4 #1"]


def test_hypotension_explained_otherwise_hides_no_hypoxia():
    bed = febrile().vitals(2, sbp_mmhg=84)
    bed.chart(3, "attribution", finding="hypotension", cause="bleeding", author="dr-a", expires_at=when(600))
    bed.said()
    bed.vitals(4, spo2_pct=88)
    assert bed.said() == ["crs_rise 2 #2"]


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("encounter", {"action": "off_unit", "expected_return": when(600)}),
        ("monitoring", {"state": "stopped_by_order", "author": "dr-a"}),
        ("medication", {"drug": "tocilizumab"}),
        ("medication", {"drug": "paracetamol"}),
        ("medication", {"drug": "dexamethasone"}),
    ],
    ids=["off unit", "monitoring stopped", "tocilizumab", "antipyretic", "steroid"],
)
def test_no_order_and_no_drug_hides_a_rise(kind, fields):
    bed = febrile().chart(2, kind, **fields).vitals(3, temperature_c=36.8, sbp_mmhg=84)
    assert bed.said() == ["crs_rise 2 #1"]


# --- duplicates ------------------------------------------------------------------------------------------------------


def test_the_same_value_in_another_event_is_no_duplicate():
    bed = febrile().vitals(2, sbp_mmhg=84).vitals(10, sbp_mmhg=112).vitals(41, sbp_mmhg=112)
    bed.said()
    bed.vitals(42, sbp_mmhg=84)
    assert bed.said() == ["crs_rise 2 #2"]


def test_a_repeated_normal_reading_takes_no_rise_back():
    bed = febrile().vitals(2, sbp_mmhg=118, event_id="normal").vitals(3, sbp_mmhg=84)
    bed.said()
    for minute in range(4, 60, 5):
        bed.vitals(2, sbp_mmhg=118, event_id="normal", arrives=minute)
    assert (bed.interval[0], bed.said()) == (2, [])


def test_an_event_refused_for_its_id_hides_nothing_that_comes_under_another():
    bed = febrile().vitals(2, sbp_mmhg=118, event_id="x").vitals(3, sbp_mmhg=84, event_id="x")
    assert (bed.refused(), bed.said()) == (["conflicting_event_id"], [])
    bed.vitals(4, sbp_mmhg=84)
    assert bed.said() == ["crs_rise 2 #1"]


# --- artefacts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("signs", "kinds"),
    [
        ({"spo2_pct": 45}, {"crs_rise 2 #1", "critical_value spo2_pct"}),
        ({"sbp_mmhg": 25}, {"crs_rise 2 #1", "critical_value sbp_mmhg"}),
        ({"sbp_mmhg": -20}, {"crs_rise 2 #1", "critical_value sbp_mmhg"}),
        ({"sbp_mmhg": 84, "dbp_mmhg": 90}, {"crs_rise 2 #1"}),
        ({"sbp_mmhg": 84, "map_mmhg": 300}, {"crs_rise 2 #1"}),
        ({"spo2_pct": 88, "heart_rate_bpm": 350}, {"crs_rise 2 #1"}),
    ],
)
@pytest.mark.parametrize("source", ["manual", "monitor"])
def test_no_implausible_value_hides_a_rise(source, signs, kinds):
    bed = febrile().vitals(2, source=source, bp_source="arterial", **signs).until(3)
    assert kinds <= set(bed.said())


def test_a_temperature_of_suspect_unit_hides_no_low_pressure():
    bed = well_bed().vitals(1, temperature_c=101.3).vitals(2, sbp_mmhg=82).until(4)
    assert bed.said() == ["possible_crs"]


def test_one_normal_second_in_a_stream_hides_no_hypoxia():
    """It starts the wait again, and no more than that."""
    bed = febrile()
    for second in range(0, 90):
        bed.monitor(2 + second / 60, spo2_pct=97 if second == 10 else 85)
    assert bed.said() == ["crs_rise 2 #1"]


# --- the first grade of 2 or more ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("grade", "kind", "fields"),
    [
        (2, "oxygen", {"device": "nasal_cannula", "flow_l_min": 4}),
        (3, "oxygen", {"device": "venturi_mask"}),
        (3, "vasopressor", {"drug": "norepinephrine", "rate": 0.1}),
        (4, "oxygen", {"device": "ventilator"}),
    ],
)
def test_support_that_ran_before_the_fever_pages_with_it(grade, kind, fields):
    bed = well_bed().chart(1, kind, **fields).vitals(2, temperature_c=38.0)
    assert f"crs_rise {grade} #1" in bed.said()


def test_a_first_grade_3_that_comes_hours_late_pages():
    bed = febrile().on_room_air(200).vitals(200, temperature_c=37.9, **WELL)
    bed.chart(30, "vasopressor", drug="norepinephrine", rate=0.1, arrives=210)
    assert "crs_rise 3 #1 late" in bed.said()
    assert bed.escalations("crs_rise")[-1]["priority"] == "high"


def test_a_restart_hides_nothing():
    bed = febrile().vitals(2, sbp_mmhg=84).restarted().vitals(10, sbp_mmhg=112).restarted().vitals(41, sbp_mmhg=112)
    bed.restarted().vitals(42, sbp_mmhg=84)
    assert bed.said() == ["crs_rise 2 #1", "resolved improved", "crs_rise 2 #2"]
