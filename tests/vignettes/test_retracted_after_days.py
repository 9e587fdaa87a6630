"""Entered in error, and found out days later: what still rests on it goes with it. Minutes since admission."""

import pytest

from tests.vignettes.bed import Bed, when
from tests.vignettes.starting_points import DAY, HOUR, WELL, febrile_bed, watched, well_bed


def days_later(bed: Bed, *, days: int = 3, **signs: float) -> float:
    """Charted every two hours until then; the minute after which the mistake is found."""
    watched(bed, 3 * HOUR, days * DAY, **signs)
    bed.said()
    return days * DAY + 5


def test_the_fever_that_opened_the_episode_takes_it_with_it():
    bed = febrile_bed().chart(5, "medication", drug="tocilizumab")
    # Low pressure keeps the episode open; without that fever it is no CRS at all.
    found_out = days_later(bed, sbp_mmhg=84)
    assert bed.interval == (2, 2)
    bed.chart(found_out, "retraction", retracts="fever-1")
    assert bed.said() == ["resolved retracted"]
    assert (bed.interval, "episode_id" in bed.estimate) == ((0, 0), False)


def test_an_episode_keeps_its_name_while_another_fever_of_days_ago_remains():
    bed = febrile_bed().vitals(HOUR, temperature_c=38.6)
    name = bed.estimate["episode_id"]
    found_out = days_later(bed, sbp_mmhg=84)
    bed.chart(found_out, "retraction", retracts="fever-1")
    assert bed.said() == []
    assert (bed.interval, bed.estimate["episode_id"]) == ((2, 2), name)


def test_an_episode_keeps_its_name_while_a_fever_of_today_remains():
    bed = febrile_bed()
    name = bed.estimate["episode_id"]
    found_out = days_later(bed, sbp_mmhg=84)
    bed.vitals(found_out, temperature_c=38.2).chart(found_out + 1, "retraction", retracts="fever-1")
    assert bed.escalations()[-1]["kind"] != "crs_rise" or bed.escalations()[-1]["episode_id"] == name
    assert bed.interval == (2, 2)
    assert bed.estimate["episode_id"] == name


def test_a_held_grade_that_rested_on_it_goes_with_it():
    # Charted once, never measured again: two is what is known, for days.
    bed = febrile_bed().vitals(10, sbp_mmhg=84, event_id="slip")
    for hour in range(2, 3 * 24, 2):
        bed.on_room_air(hour * HOUR).vitals(hour * HOUR, temperature_c=38.3, spo2_pct=97)
    bed.said()
    assert bed.interval[0] == 2
    bed.chart(3 * DAY, "retraction", retracts="slip")
    assert bed.interval == (1, 2)
    assert bed.said() == ["resolved retracted"]


def test_a_device_falls_back_to_the_one_charted_before_it():
    bed = febrile_bed().chart(10, "oxygen", device="nasal_cannula", flow_l_min=2)
    bed.chart(20, "oxygen", device="bipap", event_id="slip")
    for hour in range(2, 3 * 24, 2):
        bed.chart(hour * HOUR, "vasopressor", drug="none").vitals(hour * HOUR, temperature_c=38.3, **WELL)
    bed.said()
    assert bed.interval[0] == 4
    bed.chart(3 * DAY, "retraction", retracts="slip")
    # The cannula is what was charted; that it is three days old leaves worse open.
    assert bed.interval == (2, 4)
    assert bed.said() == ["resolved retracted", "possible_crs"]


def test_a_vasopressor_charted_as_stopped_by_mistake_runs_again():
    bed = febrile_bed().chart(10, "vasopressor", drug="norepinephrine", rate=0.1)
    bed.chart(20, "vasopressor", drug="none", event_id="slip")
    for hour in range(2, 3 * 24, 2):
        bed.chart(hour * HOUR, "oxygen", device="room_air").vitals(hour * HOUR, temperature_c=38.3, **WELL)
    bed.said()
    bed.chart(3 * DAY, "retraction", retracts="slip")
    assert bed.interval == (3, 4)
    assert bed.said() == ["crs_rise 3 #2"]


def test_a_baseline_falls_back_to_the_one_charted_before_it():
    bed = febrile_bed().chart(5, "baseline", sbp_mmhg=110).chart(6, "baseline", sbp_mmhg=160, event_id="slip")
    found_out = days_later(bed, sbp_mmhg=95, temperature_c=38.2)
    assert bed.interval == (2, 2)
    bed.chart(found_out, "retraction", retracts="slip")
    assert (bed.interval, bed.said()) == ((1, 1), ["resolved retracted"])
    bed.vitals(found_out + 10, sbp_mmhg=89)
    assert bed.said() == ["crs_rise 2 #2"]


def test_a_baseline_goes_where_there_was_none_before():
    bed = febrile_bed().chart(6, "baseline", sbp_mmhg=160, event_id="slip")
    found_out = days_later(bed, sbp_mmhg=95, temperature_c=38.2)
    bed.chart(found_out, "retraction", retracts="slip")
    assert bed.interval == (1, 1)


def test_a_wrong_age_goes_and_the_one_of_the_admission_counts_again():
    bed = febrile_bed().chart(5, "encounter", action="update", age_years=6, event_id="slip")
    found_out = days_later(bed, sbp_mmhg=84, temperature_c=38.2)
    assert bed.interval == (1, 1)
    bed.chart(found_out, "retraction", retracts="slip")
    assert (bed.interval, bed.said()) == ((2, 2), ["crs_rise 2 #1"])


def test_a_dose_that_was_another_patients_ends_the_enrolment():
    bed = Bed(watch_all=False).admit().on_room_air().chart(5, "immunotherapy", product="axi-cel", event_id="slip")
    found_out = days_later(bed.vitals(6, temperature_c=36.8, **WELL))
    bed.vitals(found_out, temperature_c=38.5)
    assert bed.said() == ["crs_rise 1 #1"]
    bed.chart(found_out + 5, "retraction", retracts="slip")
    assert "resolved retracted" in bed.said()
    assert "product" not in bed.estimate


def test_a_second_dose_taken_back_leaves_the_first():
    bed = Bed(watch_all=False).admit().on_room_air().chart(5, "immunotherapy", product="teclistamab", dose_number=1)
    bed.chart(2 * HOUR, "immunotherapy", product="teclistamab", dose_number=2, event_id="slip")
    found_out = days_later(bed.vitals(6, temperature_c=36.8, **WELL))
    assert bed.estimate["dosed_at"] == when(2 * HOUR)
    bed.chart(found_out, "retraction", retracts="slip").vitals(found_out + 1, temperature_c=38.5)
    assert bed.estimate["dosed_at"] == when(5)
    assert "crs_rise 1 #1" in bed.said()


def test_an_order_to_stop_monitoring_taken_back_lets_silence_count_again():
    bed = well_bed().chart(5, "monitoring", state="stopped_by_order", author="dr-a", event_id="slip")
    found_out = days_later(bed)
    bed.monitor(found_out, **WELL).chart(found_out + 1, "retraction", retracts="slip").until(found_out + 16)
    assert bed.said() == ["technical_silent"]


def test_a_bed_charted_by_mistake_falls_back():
    bed = well_bed().chart(5, "encounter", action="transfer", unit="icu", bed="3", event_id="slip")
    found_out = days_later(bed)
    assert bed.estimate["unit"] == "icu"
    bed.chart(found_out, "retraction", retracts="slip")
    assert (bed.estimate["unit"], bed.estimate["bed"]) == ("onc", "7")


def test_a_clinicians_grade_taken_back_is_disputed_no_more():
    bed = febrile_bed().chart(5, "clinician_grade", crs=0, author="dr-a", event_id="slip")
    found_out = days_later(bed, temperature_c=38.2)
    bed.chart(found_out, "retraction", retracts="slip")
    assert bed.said() == ["resolved retracted"]


@pytest.mark.parametrize("kind", ["vitals", "oxygen", "immunotherapy", "baseline"])
def test_what_is_rested_on_is_known_again_days_later(kind):
    fields = {"vitals": {"temperature_c": 38.5}, "oxygen": {"device": "face_mask"},
              "immunotherapy": {"product": "axi-cel"}, "baseline": {"sbp_mmhg": 120}}[kind]  # fmt: skip
    bed = Bed().admit()

    def sent(minute: float, **changed: object) -> Bed:
        event = {**fields, **changed, "event_id": "once"}
        return (
            bed.vitals(5, arrives=minute, **event) if kind == "vitals" else bed.chart(5, kind, arrives=minute, **event)
        )

    sent(5)
    for hour in range(2, 3 * 24, 2):
        bed.chart(hour * HOUR, "vasopressor", drug="none").vitals(hour * HOUR, sbp_mmhg=84, spo2_pct=97)
    revision = bed.partition.patients["bed-7"].revision
    sent(3 * DAY)
    assert bed.partition.patients["bed-7"].revision == revision
    changed = {"vitals": {"temperature_c": 39.5}, "oxygen": {"device": "bipap"},
               "immunotherapy": {"product": "tisa-cel"}, "baseline": {"sbp_mmhg": 130}}[kind]  # fmt: skip
    sent(3 * DAY, **changed)
    assert bed.refused() == ["conflicting_event_id"]


def test_what_was_charted_over_leaves_no_trace_and_takes_no_room():
    bed = febrile_bed().chart(5, "oxygen", device="face_mask", event_id="old")
    found_out = days_later(bed, days=6)
    bed.chart(found_out, "retraction", retracts="old")
    assert bed.said() == []
    assert len(bed.partition.patients["bed-7"].history.entries) < 60


def test_it_is_the_same_after_a_restart():
    bed = febrile_bed()
    found_out = days_later(bed, sbp_mmhg=84)
    bed.restarted().chart(found_out, "retraction", retracts="fever-1")
    assert bed.said() == ["resolved retracted"]
