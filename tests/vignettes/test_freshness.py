"""When a value goes stale, is lost, and what persistence a finding needs (settled 10-12)."""

import pytest

from tests.vignettes.bed import Bed


def quiet_bed() -> Bed:
    """Fever and everything else known by hand."""
    bed = Bed().admit().on_room_air()
    bed.vitals(0, temperature_c=38.5, sbp_mmhg=118, spo2_pct=97, heart_rate_bpm=90, resp_rate_bpm=16)
    assert bed.said() == ["crs_rise 1 #1"]
    return bed


@pytest.mark.parametrize(
    ("fields", "sign", "stale", "lost"),
    [
        ({"source": "manual", "temperature_c": 36.9}, "temperature_c", 270, 480),
        ({"source": "manual", "sbp_mmhg": 120}, "sbp_mmhg", 270, 480),
        ({"source": "interface", "spo2_pct": 97}, "spo2_pct", 270, 480),
        ({"source": "monitor", "spo2_pct": 97}, "spo2_pct", 5, 15),
        ({"source": "monitor", "heart_rate_bpm": 80}, "heart_rate_bpm", 5, 15),
        ({"source": "wearable", "resp_rate_bpm": 16}, "resp_rate_bpm", 5, 15),
        ({"source": "monitor", "sbp_mmhg": 120, "bp_source": "cuff"}, "sbp_mmhg", 75, 120),
        ({"source": "monitor", "sbp_mmhg": 120, "bp_source": "arterial"}, "sbp_mmhg", 5, 15),
        ({"source": "monitor", "temperature_c": 36.9, "temperature_site": "axillary"}, "temperature_c", 10, 30),
        ({"source": "monitor", "temperature_c": 36.9, "temperature_site": "core"}, "temperature_c", 270, 480),
    ],
    ids=lambda value: "-".join(map(str, value.values())) if isinstance(value, dict) else str(value),
)
def test_a_limit_is_reached_at_exactly_its_age(fields, sign, stale, lost):
    bed = Bed().admit().vitals(0, **fields)
    assert bed.estimate["inputs"][sign]["state"] == "fresh"

    bed.until(stale - 0.01)
    assert bed.estimate["inputs"][sign]["state"] == "fresh"
    bed.until(stale)
    assert bed.estimate["inputs"][sign]["state"] == "stale"
    bed.until(lost - 0.01)
    assert bed.estimate["inputs"][sign]["state"] == "stale"
    bed.until(lost)
    assert bed.estimate["inputs"][sign]["state"] == "lost"


def test_a_reading_at_the_very_deadline_prevents_it():
    bed = Bed().admit().monitor(0, spo2_pct=97).monitor(5, spo2_pct=97)
    assert all(
        output.value["inputs"]["spo2_pct"]["state"] != "stale" for output in bed.outputs if output.topic == "estimates"
    )


def test_high_rate_hypoxia_counts_after_fifteen_seconds_without_a_second_reading():
    bed = quiet_bed().monitor(10, spo2_pct=88)
    assert bed.interval == (1, 2)
    bed.until(10 + 14.9 / 60)
    assert bed.said() == []
    bed.until(10 + 15 / 60)
    assert bed.said() == ["crs_rise 2 #1"]
    assert bed.escalations("crs_rise")[-1]["occurred_at"] == "2026-03-01T08:10:15.000Z"


def test_high_rate_hypoxia_far_beyond_the_limit_counts_after_ten_seconds():
    bed = quiet_bed().monitor(10, spo2_pct=85).until(10 + 10 / 60)
    assert bed.said() == ["crs_rise 2 #1"]


def test_one_shallower_reading_makes_it_fifteen_seconds_again():
    bed = quiet_bed().monitor(10, spo2_pct=85).monitor(10 + 5 / 60, spo2_pct=88).until(10 + 10 / 60)
    assert bed.said() == []
    bed.until(10 + 15 / 60)
    assert bed.said() == ["crs_rise 2 #1"]


def test_a_normal_reading_in_between_cancels():
    bed = quiet_bed().monitor(10, spo2_pct=88).monitor(10 + 10 / 60, spo2_pct=93).until(14)
    assert bed.said() == []
    assert bed.interval == (1, 1)


def test_a_monitors_cuff_counts_at_the_second_low_reading():
    bed = quiet_bed().monitor(10, sbp_mmhg=84)
    assert bed.said() == []
    bed.monitor(12, sbp_mmhg=85)
    assert bed.said() == ["crs_rise 2 #1"]


def test_a_monitors_cuff_counts_after_five_minutes_if_nobody_rechecks():
    bed = quiet_bed().monitor(10, sbp_mmhg=84).until(14.99)
    assert bed.said() == []
    bed.until(15)
    assert bed.said() == ["crs_rise 2 #1"]


def test_a_manual_cuff_counts_at_once():
    assert quiet_bed().vitals(10, sbp_mmhg=84).said() == ["crs_rise 2 #1"]


def test_a_fever_by_patch_counts_after_ten_minutes():
    bed = Bed().admit().on_room_air().vitals(0, sbp_mmhg=118, spo2_pct=97, heart_rate_bpm=80, resp_rate_bpm=16)
    bed.vitals(1, source="wearable", temperature_c=38.4)
    assert bed.interval == (0, 1)
    for minute in range(3, 11, 2):
        bed.vitals(minute, source="wearable", temperature_c=38.4)
    assert bed.said() == []
    bed.until(11)
    assert bed.said() == ["crs_rise 1 #1"]


def test_a_pressor_start_counts_at_once():
    assert quiet_bed().chart(10, "vasopressor", drug="norepinephrine").said() == ["crs_rise 3 #1"]


def test_two_pressure_sources_are_two_series():  # settled 2
    bed = quiet_bed().vitals(10, sbp_mmhg=84)
    assert bed.said() == ["crs_rise 2 #1"]
    # The arterial line says it is fine; the cuff has not.
    for minute in range(11, 45):
        bed.monitor(minute, sbp_mmhg=115, bp_source="arterial")
    assert bed.interval[0] == 2
    assert {"sbp_mmhg", "sbp_mmhg:cuff"} <= set(bed.estimate["inputs"])


def test_a_source_lost_while_the_other_is_normal_is_cleared_by_the_other():  # settled 2
    bed = quiet_bed().monitor(10, sbp_mmhg=84, bp_source="arterial").until(11)
    assert bed.said() == ["crs_rise 2 #1"]
    bed.vitals(12, sbp_mmhg=115).vitals(26, sbp_mmhg=115).vitals(50, sbp_mmhg=115)
    assert bed.interval[0] == 2
    bed.vitals(57, sbp_mmhg=115)
    assert bed.interval[0] == 1


def test_unconfirmed_pressors_keep_their_level_and_open_the_upper_bound():  # settled 1
    bed = quiet_bed().chart(10, "vasopressor", drug="norepinephrine", rate=0.1).until(249.9)
    assert bed.interval == (3, 3)
    bed.until(250)
    assert bed.interval == (3, 4)
    bed.chart(255, "vasopressor", drug="vasopressin", rate=0)
    assert bed.interval == (3, 3)


def test_an_unconfirmed_room_air_opens_the_upper_bound_too():  # settled 1
    bed = quiet_bed().chart(300, "vasopressor", drug="none").vitals(300, sbp_mmhg=118, spo2_pct=97)
    bed.chart(600, "vasopressor", drug="none").vitals(600, sbp_mmhg=118, spo2_pct=97).until(719.9)
    assert bed.interval == (1, 1)
    bed.until(720)
    assert bed.interval == (1, 4)


def test_one_febrile_patch_reading_counts_after_ten_minutes_if_nothing_speaks_against_it():
    bed = Bed().admit().on_room_air().vitals(0, sbp_mmhg=118, spo2_pct=97, heart_rate_bpm=80, resp_rate_bpm=16)
    bed.vitals(1, source="wearable", temperature_c=38.4).until(10.9)
    assert bed.said() == []
    bed.until(11)
    assert bed.said() == ["crs_rise 1 #1"]
    bed.until(12)
    assert bed.interval[0] == 1
