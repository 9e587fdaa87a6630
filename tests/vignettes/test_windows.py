"""Each sign by its own clock: fresh, stale, lost, and what that leaves open. Minutes since admission."""

from tests.vignettes.bed import Bed, when
from tests.vignettes.starting_points import HOUR, SECOND, WELL, febrile_bed, well_bed


def states(bed: Bed) -> dict[str, str]:
    """How old each sign is, as the board shows it."""
    return {name: item["state"] for name, item in bed.estimate["inputs"].items()}


def test_one_probe_falls_off_and_only_its_sign_ages():
    bed = well_bed()
    for minute in range(1, 17):
        bed.monitor(minute, heart_rate_bpm=80, **({"spo2_pct": 97} if minute == 1 else {}))
    found = states(bed.until(16))
    assert (found["spo2_pct"], found["heart_rate_bpm"], found["temperature_c"]) == ("lost", "fresh", "fresh")


def test_a_dead_saturation_probe_opens_the_upper_bound_within_five_minutes():
    bed = febrile_bed().monitor(10, spo2_pct=97).until(14.99)
    assert bed.interval == (1, 1)
    bed.until(15)
    assert (bed.interval, bed.estimate["missing"]) == ((1, 2), ["spo2_pct"])
    bed.monitor(16, spo2_pct=97)
    assert (bed.interval, bed.estimate["missing"]) == ((1, 1), [])


def test_hypotension_that_nobody_measures_again_stays_and_is_not_taken_for_normal():
    bed = febrile_bed().monitor(10, sbp_mmhg=84, bp_source="arterial").until(11)
    assert bed.said() == ["crs_rise 2 #1"]
    bed.until(11 * HOUR)
    assert bed.interval[0] == 2
    assert "resolved improved" not in bed.said()


def test_a_dead_arterial_line_leaves_the_cuff_to_speak():
    bed = febrile_bed().monitor(10, sbp_mmhg=115, bp_source="arterial").vitals(20, sbp_mmhg=84)
    assert bed.said() == ["crs_rise 2 #1"]
    inputs = bed.estimate["inputs"]
    assert (inputs["sbp_mmhg"]["value"], inputs["sbp_mmhg:arterial"]["state"]) == (84, "stale")


def test_the_same_pressure_by_hand_and_by_monitor_ages_by_its_own_way():
    bed = febrile_bed().monitor(10, sbp_mmhg=118).vitals(11, sbp_mmhg=118).until(11 + 75)
    assert states(bed)["sbp_mmhg"] == "fresh"  # by hand: four and a half hours
    bed.monitor(100, sbp_mmhg=118).until(175)
    assert states(bed)["sbp_mmhg"] == "stale"  # by the monitor: seventy-five minutes


def test_a_patch_that_falls_off_leaves_the_fever_unknown_in_ten_minutes_and_lost_in_thirty():
    bed = Bed().admit().on_room_air().vitals(0, **WELL).vitals(1, source="wearable", temperature_c=36.9)
    assert bed.interval == (0, 0)
    bed.until(11)
    assert (bed.interval, bed.estimate["grade"], bed.estimate["missing"]) == ((0, 1), None, ["temperature_c"])
    bed.until(31)
    assert states(bed)["temperature_c"] == "lost"


def test_nothing_known_is_never_grade_zero():
    bed = Bed().admit()
    assert (bed.estimate["grade"], bed.interval) == (None, (0, 4))
    bed.vitals(1, **WELL, temperature_c=36.8).on_room_air(1)
    assert bed.estimate["grade"] == 0
    bed.until(9 * HOUR)
    assert (bed.estimate["grade"], bed.interval) == (None, (0, 4))


def test_a_monitor_that_dies_behind_a_hand_charted_reading_is_shown_as_lost_and_paged_with_the_next_vitals():
    # clinical.md 7.1: the last event was charted by hand, so silence counts by the charted limit. The board shows the
    # lost signs at once, and whoever charts next is told of them.
    bed = well_bed(watch_all=False).monitor(10, **WELL).vitals(12, temperature_c=36.9).until(25)
    assert states(bed)["spo2_pct"] == "lost"
    assert "technical_silent" not in bed.said()
    bed.vitals(HOUR, temperature_c=36.9)
    assert "technical_stale spo2_pct" in bed.said()
    assert bed.escalations("technical_stale")[0]["occurred_at"] == when(25)
    assert bed.until(9 * HOUR).said()[-1] == "technical_silent"


def test_critical_spells_of_an_afternoon_are_not_paged_again_when_it_is_folded_again():
    bed = febrile_bed()
    for spell in range(40):
        for second in (0, 12, 14):
            bed.monitor(10 + spell + second * SECOND, spo2_pct=97 if second == 14 else 45)
    assert bed.said().count("critical_value spo2_pct") == 40
    bed.chart(2, "lab", code="crp", value=12, unit="mg/L", arrives=60)
    assert [line for line in bed.said() if line.startswith("critical_value")] == []
