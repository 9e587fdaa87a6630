"""Values that are odd: flagged, kept, never silently dropped (`clinical.md` 7.2). Minutes since admission."""

import pytest

from tests.vignettes.bed import Bed
from tests.vignettes.starting_points import HOUR, SECOND, WELL, febrile_bed, well_bed


def flags(bed: Bed, sign: str) -> list[str]:
    """What is said to be odd about the newest value of a sign."""
    return bed.estimate["inputs"][sign].get("flags", [])


@pytest.mark.parametrize(
    ("typed", "converted"), [(97.0, 36.1), (98.9, 37.2), (101.3, 38.5), (106.0, 41.1), (96.9, None), (106.1, None)]
)
def test_a_temperature_typed_in_fahrenheit_is_shown_converted_and_grades_nothing(typed, converted):
    bed = Bed().admit().on_room_air().vitals(1, temperature_c=typed, **WELL)
    shown = bed.estimate["inputs"]["temperature_c"]
    assert (shown["value"], shown.get("converted"), flags(bed, "temperature_c")) == (typed, converted, ["unit_suspect"])
    assert (bed.interval, bed.said()) == ((0, 1), [])
    assert "recheck the temperature: its unit is suspect" in bed.estimate["prompts"]


def test_the_temperature_taken_again_in_celsius_settles_it():
    bed = Bed().admit().on_room_air().vitals(1, temperature_c=101.3, **WELL).vitals(4, temperature_c=38.5)
    assert bed.said() == ["crs_rise 1 #1"]
    assert flags(bed, "temperature_c") == []
    assert not any("unit" in prompt for prompt in bed.estimate["prompts"])


def test_a_fever_that_was_pending_goes_on_through_a_value_of_suspect_unit():
    bed = Bed().admit().on_room_air().vitals(0, **WELL)
    bed.vitals(1, source="wearable", temperature_c=38.4).vitals(5, source="wearable", temperature_c=99.1).until(11)
    assert bed.said() == ["crs_rise 1 #1"]


@pytest.mark.parametrize("value", [-27, 0])
def test_a_transducer_open_to_air_pages_as_critical_after_ten_seconds(value):
    bed = well_bed(watch_all=False).monitor(1, sbp_mmhg=value, bp_source="arterial").until(1 + 9.9 * SECOND)
    assert bed.said() == []
    bed.until(1 + 10 * SECOND)
    assert bed.said() == ["critical_value sbp_mmhg"]
    assert flags(bed, "sbp_mmhg") == ["implausible"]


def test_flushing_the_arterial_line_is_flagged_and_pages_nobody():
    bed = well_bed().monitor(1, sbp_mmhg=118, bp_source="arterial")
    bed.monitor(2, sbp_mmhg=312, map_mmhg=290, bp_source="arterial").until(2.5)
    assert bed.said() == []
    assert "implausible" in flags(bed, "sbp_mmhg")
    assert "implausible" in flags(bed, "map_mmhg")
    bed.monitor(3, sbp_mmhg=117, map_mmhg=84, bp_source="arterial")
    assert flags(bed, "sbp_mmhg") == []


def test_a_flush_does_not_touch_what_the_cuff_says():
    bed = febrile_bed().vitals(10, sbp_mmhg=84)
    assert bed.said() == ["crs_rise 2 #1"]
    for minute in range(11, 51):
        bed.monitor(minute, sbp_mmhg=310, bp_source="arterial")
    assert bed.interval[0] == 2


@pytest.mark.parametrize(
    ("pressures", "odd"),
    [
        ({"sbp_mmhg": 120, "dbp_mmhg": 80, "map_mmhg": 93}, []),
        ({"sbp_mmhg": 120, "dbp_mmhg": 120}, ["inconsistent"]),
        ({"sbp_mmhg": 118, "dbp_mmhg": 108}, []),
        ({"sbp_mmhg": 118, "dbp_mmhg": 109}, ["inconsistent"]),
        ({"sbp_mmhg": 120, "dbp_mmhg": 80, "map_mmhg": 79}, ["inconsistent"]),
        ({"sbp_mmhg": 120, "dbp_mmhg": 80, "map_mmhg": 121}, ["inconsistent"]),
        ({"sbp_mmhg": 120, "map_mmhg": 121}, ["inconsistent"]),
    ],
    ids=str,
)
def test_pressures_that_contradict_each_other_are_flagged(pressures, odd):
    bed = Bed().admit().vitals(1, **pressures)
    assert flags(bed, "sbp_mmhg") == odd


def test_a_contradictory_low_pressure_still_counts_at_face_value():
    bed = febrile_bed().vitals(10, sbp_mmhg=84, dbp_mmhg=90)
    assert bed.said() == ["crs_rise 2 #1"]
    assert flags(bed, "sbp_mmhg") == ["inconsistent"]


@pytest.mark.parametrize(
    ("sign", "text"), [("resp_rate_bpm", "apnoea or sensor off"), ("heart_rate_bpm", "no pulse or sensor off")]
)
def test_a_rate_of_zero_pages_as_what_it_may_be(sign, text):
    bed = well_bed(watch_all=False).monitor(1, **{sign: 0}).until(2)
    assert bed.said() == [f"critical_value {sign}"]
    assert bed.escalations()[0]["because"][0]["text"] == text


def test_a_rate_of_zero_for_a_few_seconds_while_the_probe_is_changed_pages_nobody():
    bed = well_bed(watch_all=False).monitor(1, heart_rate_bpm=80, spo2_pct=97)
    for second in range(1, 9):
        bed.monitor(1 + second * SECOND, heart_rate_bpm=0, spo2_pct=0)
    bed.monitor(1 + 10 * SECOND, heart_rate_bpm=82, spo2_pct=96).until(2)
    assert bed.said() == []


def test_a_saturation_of_forty_five_with_fever_is_grade_two_and_critical():
    bed = febrile_bed().vitals(10, spo2_pct=45)
    assert bed.said() == ["crs_rise 2 #1", "critical_value spo2_pct"]
    assert flags(bed, "spo2_pct") == ["implausible"]


def test_one_dip_of_a_loose_probe_is_no_hypoxia():
    bed = febrile_bed()
    for second in range(0, 120, 2):
        bed.monitor(10 + second * SECOND, spo2_pct=84 if second % 20 == 8 else 96)
    assert bed.said() == []
    assert bed.interval == (1, 1)


def test_a_dip_every_few_seconds_among_lows_is_hypoxia_once_it_lasts():
    bed = febrile_bed()
    for second in range(0, 40):
        bed.monitor(10 + second * SECOND, spo2_pct=88 if second != 20 else 91)
    # The one good second at 20 s comes after the fifteen.
    assert bed.said() == ["crs_rise 2 #1"]
    assert bed.escalations()[-1]["occurred_at"] == "2026-03-01T08:10:15.000Z"


@pytest.mark.parametrize("site", ["oral", "axillary", "tympanic", "temporal", "rectal", "core"])
def test_the_site_of_a_temperature_is_kept_and_nothing_is_added_to_the_value(site):
    bed = Bed().admit().on_room_air().vitals(1, temperature_c=37.9, temperature_site=site, **WELL)
    shown = bed.estimate["inputs"]["temperature_c"]
    assert (shown["value"], shown["site"]) == (37.9, site)
    assert bed.interval == (0, 0)


def test_a_change_of_site_is_no_change_of_series():
    bed = Bed().admit().on_room_air().vitals(1, temperature_c=37.6, temperature_site="axillary", **WELL)
    bed.vitals(2, temperature_c=38.1, temperature_site="rectal")
    assert bed.said() == ["crs_rise 1 #1"]
    bed.vitals(HOUR, temperature_c=37.2)
    assert "site" not in bed.estimate["inputs"]["temperature_c"]


def test_a_low_cuff_of_the_monitor_asks_for_a_recheck_and_does_not_wait_silently():
    bed = febrile_bed().monitor(10, sbp_mmhg=84)
    assert "recheck the blood pressure" in bed.estimate["prompts"]
    bed.monitor(11, sbp_mmhg=112)
    assert "recheck the blood pressure" not in bed.estimate.get("prompts", [])


@pytest.mark.parametrize(("value", "fever"), [(37.94, False), (37.95, True), (38.04, True)])
def test_a_temperature_is_rounded_to_a_tenth_before_it_is_compared(value, fever):
    bed = Bed().admit().on_room_air().vitals(1, temperature_c=value, **WELL)
    assert bed.said() == (["crs_rise 1 #1"] if fever else [])
