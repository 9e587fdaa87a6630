"""Out of order, buffered, charted after the fact: what the ward would have wanted. Minutes since admission."""

import pytest

from tests.vignettes.bed import Bed, ms, when
from tests.vignettes.starting_points import HOUR, SECOND, WELL, febrile_bed, well_bed


def test_a_buffer_that_is_emptied_after_an_outage_ends_the_silence_without_a_false_alarm():
    bed = well_bed().monitor(1, **WELL).until(19)
    assert bed.said() == ["technical_silent"]
    for minute in range(2, 20):
        bed.monitor(minute, arrives=19.5, **WELL)
    assert bed.said() == ["resolved data_returned"]


def test_a_buffer_that_shows_hypoxia_during_the_outage_pages_once_and_says_late():
    bed = febrile_bed().monitor(2, spo2_pct=96, heart_rate_bpm=90)
    for second in range(0, 60, 5):
        bed.monitor(3 + second * SECOND, spo2_pct=86, arrives=9)
    bed.monitor(8.9, spo2_pct=97, arrives=9)
    bed.said()
    # In the order in which it was emptied the newest came last: nothing late about it while it came.
    assert bed.estimate["max_grade"] == 2
    assert len(bed.escalations("crs_rise")) == 2


def test_the_newest_first_the_rest_of_the_buffer_behind_it():
    bed = febrile_bed().monitor(2, spo2_pct=96).monitor(9, spo2_pct=97)
    for second in range(55, -1, -5):
        bed.monitor(3 + second * SECOND, spo2_pct=86, arrives=9)
    assert bed.said() == ["crs_rise 2 #1 late"]
    assert bed.escalations()[-1]["priority"] == "low"  # refuted by the reading at 9
    assert bed.escalations()[-1]["occurred_at"] <= when(5)


def test_a_late_normal_second_stops_what_was_pending():
    bed = febrile_bed().monitor(10, spo2_pct=88).monitor(10 + 4 * SECOND, spo2_pct=95, arrives=10 + 12 * SECOND)
    assert bed.until(11).said() == []


def test_a_late_low_cuff_makes_the_one_that_is_pending_the_second():
    bed = febrile_bed().monitor(10, sbp_mmhg=86).monitor(8, sbp_mmhg=85, arrives=11)
    assert bed.said() == ["crs_rise 2 #1"]


def test_of_two_readings_in_one_second_the_worse_counts_in_either_order():
    for pair in ((88, 97), (97, 88)):
        bed = febrile_bed()
        for spo2_pct, fraction in zip(pair, (0.1, 0.6), strict=True):
            bed.monitor(10 + fraction * SECOND, spo2_pct=spo2_pct)
        assert bed.until(11).said() == ["crs_rise 2 #1"]


def test_a_fever_charted_after_the_hypotension_opens_the_episode_in_its_place():
    bed = Bed().admit().on_room_air().vitals(10, **{**WELL, "sbp_mmhg": 84}).until(12)
    assert bed.said() == ["possible_crs"]
    bed.vitals(9, temperature_c=38.5, arrives=40)
    assert bed.said() == ["crs_rise 2 #1", "resolved data_returned"]
    assert bed.estimate["grade"] == 2


def test_a_stop_charted_after_the_fact_counts_its_half_hour_from_the_stop():
    bed = febrile_bed().chart(10, "vasopressor", drug="norepinephrine")
    bed.chart(20, "vasopressor", drug="norepinephrine", rate=0, arrives=45)
    assert bed.interval == (3, 3)
    assert bed.estimate["held"] == {"to": 1, "until": when(50)}
    assert bed.until(50).said() == ["crs_rise 3 #1", "resolved improved"]


def test_a_stop_charted_an_hour_after_the_fact_lowers_at_once():
    bed = febrile_bed().chart(10, "vasopressor", drug="norepinephrine")
    bed.chart(20, "vasopressor", drug="norepinephrine", rate=0, arrives=80)
    assert bed.said() == ["crs_rise 3 #1", "resolved improved"]
    assert bed.estimate["max_grade"] == 3


def test_an_antipyretic_charted_late_masks_from_when_it_was_given():
    bed = well_bed()
    assert bed.interval == (0, 0)
    bed.chart(HOUR, "medication", drug="paracetamol", arrives=3 * HOUR)
    assert bed.interval == (0, 1)
    bed.on_room_air(4 * HOUR - 1).vitals(4 * HOUR, temperature_c=36.8, **WELL).until(7 * HOUR)
    assert bed.interval == (0, 0)


def test_an_examination_charted_late_is_told_although_a_newer_one_is_fine():
    bed = well_bed().chart(30, "neuro", ice=10, consciousness="awake").chart(20, "neuro", ice=5, arrives=40)
    assert bed.said() == ["icans_rise 2 #1 late"]
    assert bed.escalations()[-1]["priority"] == "low"  # medium, refuted
    assert bed.until(60).said() == ["resolved improved"]


def test_an_admission_that_comes_after_the_first_vitals_brings_the_age_with_it():
    bed = Bed().on_room_air().vitals(1, temperature_c=38.5, **{**WELL, "sbp_mmhg": 84})
    assert bed.said() == ["crs_rise 2 #1"]
    assert "age unknown: adult thresholds" in bed.estimate["prompts"]
    bed.admit(0, age_years=6, arrives=5)
    # Hypotension at six years is below 82: what was said is not withdrawn, it falls as an improvement does.
    assert bed.interval == (2, 2)
    bed.vitals(10, sbp_mmhg=84).vitals(40, sbp_mmhg=84)
    assert (bed.interval, bed.said()) == ((1, 1), [])  # it rose from nothing, and a fever is left


def test_a_room_air_charted_late_does_not_lower_what_a_newer_chart_says():
    bed = febrile_bed().chart(30, "oxygen", device="bipap").chart(20, "oxygen", device="room_air", arrives=40)
    assert bed.interval == (4, 4)


@pytest.mark.parametrize("source", ["manual", "monitor"])
def test_a_duplicate_after_a_restart_changes_nothing(source):
    bed = febrile_bed().vitals(10, spo2_pct=97, event_id="once", source=source).restarted()
    count, revision = len(bed.outputs), bed.partition.patients["bed-7"].revision
    bed.vitals(10, spo2_pct=97, event_id="once", source=source, arrives=11)
    assert (len(bed.outputs), bed.partition.patients["bed-7"].revision) == (count, revision)
    bed.vitals(10, spo2_pct=96, event_id="once", source=source, arrives=11)
    assert bed.refused() == ["conflicting_event_id"]


def test_a_conflicting_duplicate_does_not_touch_what_was_charted():
    bed = febrile_bed().chart(10, "oxygen", device="face_mask", event_id="o").until(11)
    bed.chart(10, "oxygen", device="room_air", event_id="o", arrives=12).until(60)
    assert bed.refused() == ["conflicting_event_id"]
    assert bed.interval == (3, 3)


def test_one_event_id_for_two_patients_is_two_events():
    bed = febrile_bed().vitals(10, sbp_mmhg=84, event_id="shared")
    bed.send({"schema": "crs.vitals.v1", "source": "manual", "observed_at": when(10), "sbp_mmhg": 84,
              "event_id": "shared", "patient_id": "bed-8"}, 11)  # fmt: skip
    assert bed.refused() == []
    assert set(bed.partition.patients) == {"bed-7", "bed-8"}


def test_a_correction_is_a_retraction_and_a_new_event():
    bed = febrile_bed().vitals(10, sbp_mmhg=48, event_id="typo")
    assert bed.said() == ["crs_rise 2 #1", "critical_value sbp_mmhg"]
    bed.chart(12, "retraction", retracts="typo").vitals(10, sbp_mmhg=118, event_id="right", arrives=12)
    assert sorted(bed.said()) == ["resolved retracted", "resolved retracted"]
    assert (bed.interval, bed.estimate["inputs"]["sbp_mmhg"]["value"]) == ((1, 1), 118)


def test_a_retracted_reading_leaves_the_one_before_it_as_the_newest():
    bed = febrile_bed().vitals(10, spo2_pct=93).vitals(20, spo2_pct=60, event_id="slip")
    bed.chart(21, "retraction", retracts="slip")
    shown = bed.estimate["inputs"]["spo2_pct"]
    assert (shown["value"], shown["observed_at"]) == (93, when(10))


def test_a_retracted_discharge_never_happened():
    bed = febrile_bed().chart(10, "encounter", action="discharge", event_id="slip").vitals(20, sbp_mmhg=84)
    assert bed.said() == ["resolved discharged"]
    bed.chart(30, "retraction", retracts="slip")
    assert bed.estimate["encounter"] == "admitted"
    assert bed.said() == ["crs_rise 2 #1"]


def test_a_retracted_baseline_takes_the_limit_it_set_with_it():
    bed = febrile_bed().chart(5, "baseline", sbp_mmhg=140, event_id="slip").vitals(10, sbp_mmhg=95)
    assert bed.said() == ["crs_rise 2 #1"]
    bed.chart(20, "retraction", retracts="slip")
    assert (bed.said(), bed.interval) == (["resolved retracted"], (1, 1))


def test_a_retracted_age_takes_the_limit_it_set_with_it():
    bed = febrile_bed().chart(5, "encounter", action="update", age_years=6, event_id="slip").vitals(10, sbp_mmhg=84)
    assert bed.interval == (1, 1)
    bed.chart(20, "retraction", retracts="slip")
    assert (bed.said(), bed.interval) == (["crs_rise 2 #1 late"], (2, 2))


def test_a_retraction_is_itself_repeated_without_effect():
    bed = febrile_bed().vitals(10, sbp_mmhg=84, event_id="slip").chart(11, "retraction", retracts="slip", event_id="r")
    bed.said()
    bed.chart(11, "retraction", retracts="slip", event_id="r", arrives=20)
    bed.vitals(12, sbp_mmhg=84).chart(13, "retraction", retracts="slip", event_id="r2")
    assert bed.said() == ["crs_rise 2 #2"]


def test_what_a_patch_says_right_after_a_late_normal_temperature_counts_from_then():
    """Ten minutes of fever after it are a fever, in whatever order they were told."""
    found = []
    for late in (False, True):
        bed = Bed().admit().on_room_air()
        for minute in range(1, 40):
            if minute == 16 and not late:
                bed.vitals(15.4, temperature_c=36.8).vitals(15.5, temperature_c=36.8)
            bed.vitals(minute, source="wearable", temperature_c=38.6)
        if late:
            bed.vitals(15.5, arrives=39.5, temperature_c=36.8).vitals(15.4, arrives=39.5, temperature_c=36.8)
        found.append(bed.until(39.6).partition.patients["bed-7"].fold)
    assert found[0].fever is found[1].fever is True
    assert [fold.tracks["temperature_c"].finding.since_ms for fold in found] == [ms(16)] * 2
