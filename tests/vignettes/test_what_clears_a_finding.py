"""Which reading, of which source, supports that a finding is over; and what never does. Minutes since admission."""

from tests.vignettes.bed import Bed
from tests.vignettes.starting_points import HOUR, WELL, febrile_bed, watched


def test_an_episode_closes_on_the_home_device_at_the_patients_own_target():  # settled 4, 19
    bed = Bed().admit().chart(0, "baseline", oxygen_device="cpap", spo2_target_low_pct=86)
    bed.chart(1, "oxygen", device="cpap").vitals(1, temperature_c=38.5, **{**WELL, "spo2_pct": 87})
    assert bed.interval[0] == 1
    for hour in range(2, 27, 2):
        bed.chart(hour * HOUR, "oxygen", device="cpap").chart(hour * HOUR, "vasopressor", drug="none")
        bed.vitals(hour * HOUR, temperature_c=36.8, **{**WELL, "spo2_pct": 87})
    assert bed.until(26 * HOUR).said() == ["crs_rise 1 #1", "resolved episode_closed"]


def test_a_line_lost_while_normal_holds_nothing_back_from_the_cuff():  # settled 2
    bed = Bed().admit().on_room_air().chart(0, "baseline", sbp_mmhg=140)
    bed.vitals(1, temperature_c=38.5, **{**WELL, "sbp_mmhg": 97}).monitor(2, sbp_mmhg=115, bp_source="arterial")
    assert bed.interval == (2, 2)
    # By the baseline as corrected, the cuff was normal all along; the line fell silent at 17.
    bed.chart(30, "baseline", sbp_mmhg=110).vitals(31, sbp_mmhg=97)
    assert bed.interval == (1, 1)


def test_a_cuff_counts_from_the_moment_at_which_a_low_line_is_lost():  # settled 2, 12
    bed = febrile_bed().monitor(10, sbp_mmhg=84, bp_source="arterial").vitals(25, sbp_mmhg=115).until(54)
    assert bed.interval == (2, 2)
    assert bed.vitals(55, sbp_mmhg=115).interval == (1, 1)


def test_a_pressure_taken_at_the_moment_the_last_pressor_stops_clears_nothing():  # settled 8
    bed = febrile_bed().vitals(10, sbp_mmhg=84).chart(11, "vasopressor", drug="norepinephrine")
    bed.chart(60, "vasopressor", drug="none").vitals(60, sbp_mmhg=112).vitals(90, sbp_mmhg=112)
    assert bed.until(90).interval == (2, 2)
    assert bed.vitals(120, sbp_mmhg=112).interval == (1, 1)


def test_a_drug_of_no_known_class_changes_nothing():
    bed = watched(febrile_bed(), 2 * HOUR, 4 * HOUR).chart(5 * HOUR, "medication", drug="sumatriptan")
    assert bed.said() == []
    assert bed.interval == (1, 1)


def test_streams_confirm_an_improvement_also_where_they_are_gone_through_again():  # settled 15, 16
    bed = febrile_bed().monitor(10, sbp_mmhg=84, bp_source="arterial", spo2_pct=86)
    for quarter in range(1, 31 * 4 + 2):
        bed.monitor(10.5 + quarter / 4, sbp_mmhg=115, bp_source="arterial", spo2_pct=97)
    assert bed.said() == ["crs_rise 2 #1", "resolved improved"]
    # A heart rate charted late changes nothing of it.
    assert bed.vitals(5, heart_rate_bpm=80, arrives=42).said() == []
    assert bed.interval == (1, 1)


def test_a_saturation_that_went_stale_says_nothing_of_now_and_supports_nothing():  # settled 10, 15
    bed = febrile_bed().monitor(10, spo2_pct=86).monitor(11, spo2_pct=97).until(200)
    assert (bed.interval, bed.estimate["missing"]) == ((2, 2), [])  # one good reading, and none since
    bed = febrile_bed().monitor(10, spo2_pct=97).until(15 - 1 / 60)
    assert bed.interval == (1, 1)
    assert (bed.until(15).interval, bed.estimate["missing"]) == ((1, 2), ["spo2_pct"])


def test_a_temperature_of_suspect_unit_is_no_fever_to_look_into():  # settled 5
    bed = Bed().admit().on_room_air().vitals(1, temperature_c=101.3, **WELL)
    assert (bed.interval, bed.estimate["drivers"], bed.estimate["missing"]) == ((0, 1), [], ["temperature_c"])
    assert "fever, cause not assessed" not in bed.estimate.get("prompts", [])
