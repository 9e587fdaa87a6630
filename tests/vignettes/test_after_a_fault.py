"""A record that breaks the engine, and what the patient's screen and pages do until the next one that does not."""

from typing import Any

import pytest

from services.grader.engine import Origin
from services.grader.engine.partition import Partition
from services.grader.engine.risk.prompts import FAULT
from tests.vignettes.bed import Bed, ms, valid, when
from tests.vignettes.pages import evidence_of, lies, page
from tests.vignettes.starting_points import DAY, HOUR, SECOND, WELL, dosed_bed, febrile_bed


def breaks(bed: Bed, minute: float, offset: int = 99) -> Bed:
    """A record without its device, as no check would let through."""
    record = {
        "schema": "crs.clinical.v1", "event_id": f"x-{offset}", "patient_id": "bed-7", "recorded_at": when(minute),
        "kind": "oxygen",
    }  # fmt: skip
    bed.outputs += valid(bed.partition.apply(record, clock_ms=ms(minute), origin=Origin("crs.bedside.v1", 0, offset)))
    return bed


def shown(bed: Bed) -> dict[str, Any]:
    """The estimate as it stands, sent or not."""
    (output,) = bed.partition.standing(["bed-7"])
    return dict(output.value or {})


def test_a_fault_on_the_first_record_is_of_a_patient_of_whom_nothing_is_known():
    bed = breaks(Bed(), 2)
    (told,) = bed.escalations("engine_fault")
    assert (told["patient_id"], told["grade"], told["grade_high"]) == ("bed-7", 0, 4)
    assert evidence_of(bed, told)["state_before"] is None
    assert (bed.estimate["patient_id"], bed.estimate["revision"]) == ("bed-7", 1)


def test_everything_said_of_a_fault_is_kept_under_the_patient():
    bed = breaks(febrile_bed(), 2)
    bed.outputs += bed.partition.lost(Origin("crs.bedside.v1", 0, 40), 49)
    assert {output.key for output in bed.outputs} == {"bed-7"}


def test_two_faults_and_two_gaps_are_four_pages_and_all_end_with_the_next_record():
    bed = breaks(breaks(febrile_bed(), 2, 99), 3, 100)
    for first in (200, 300):
        bed.outputs += valid(bed.partition.lost(Origin("crs.bedside.v1", 0, first), first + 9))
    assert bed.said() == ["engine_fault", "engine_fault", "data_gap", "data_gap"]
    bed.vitals(4, heart_rate_bpm=81)
    assert bed.said() == ["resolved data_returned"] * 4


def test_the_screen_says_so_until_the_next_record_is_graded():
    bed = breaks(febrile_bed(), 2)
    assert bed.estimate["prompts"][0] == FAULT
    bed.vitals(2 + SECOND, heart_rate_bpm=81)
    assert FAULT not in bed.estimate.get("prompts", [])
    assert (bed.estimate["grade_low"], bed.estimate["grade_high"]) == (1, 1)


def test_time_takes_no_incident_back():
    bed = breaks(febrile_bed().monitor(3, heart_rate_bpm=80), 4)
    bed.outputs += valid(bed.partition.lost(Origin("crs.bedside.v1", 0, 200), 209))
    assert bed.until(30).said() == ["engine_fault", "data_gap", "technical_silent"]
    assert bed.estimate["prompts"][0] == FAULT
    bed.vitals(31, heart_rate_bpm=80)
    assert bed.said() == ["resolved data_returned"] * 3


@pytest.mark.parametrize("thorough", [False, True])
def test_a_gap_ends_with_the_next_reading_of_a_monitor_although_it_says_nothing_new(thorough):
    bed = Bed()
    bed.partition = Partition(watch_all=True, thorough=thorough)
    bed.admit().on_room_air().vitals(0, temperature_c=36.8, **WELL).monitor(1, heart_rate_bpm=80)
    bed.monitor(1 + SECOND, heart_rate_bpm=80)
    bed.outputs += valid(bed.partition.lost(Origin("crs.bedside.v1", 0, 200), 209))
    assert bed.said() == ["data_gap"]
    bed.monitor(1 + 2 * SECOND, heart_rate_bpm=80)
    assert bed.said() == ["resolved data_returned"]


def test_what_falls_due_afterwards_lies_at_the_record_that_broke():
    bed = breaks(febrile_bed().monitor(3, heart_rate_bpm=80), 4).until(30)
    assert page(bed, "technical_silent")["provenance"] == lies(99)


def test_what_falls_due_with_a_fault_still_does():
    bed = breaks(febrile_bed().monitor(3, heart_rate_bpm=80), 18)
    assert bed.said() == ["engine_fault"]
    assert bed.until(18).said() == ["technical_silent"]


@pytest.mark.parametrize(("earlier_s", "state"), [(0, "fresh"), (0.001, "stale")])
def test_a_fault_shows_what_ran_out_before_it_and_not_with_it(earlier_s, state):
    bed = Bed().admit().vitals(1 - earlier_s * SECOND, temperature_c=38.5)
    breaks(bed, 1 + 4.5 * HOUR)
    assert bed.estimate["inputs"]["temperature_c"]["state"] == state
    assert shown(bed)["inputs"]["temperature_c"]["state"] == state


def test_what_is_asked_for_after_a_fault_is_what_was_shown():
    bed = breaks(dosed_bed(), 100)
    assert bed.estimate["risk_window"]["hours_since_dose"] == 1.7
    assert shown(bed) == bed.estimate


def test_who_was_not_graded_is_not_graded_after_a_restart_either():
    bed = breaks(febrile_bed(), 2)
    before = shown(bed)
    assert shown(bed.restarted()) == before
    bed.vitals(2 + SECOND, heart_rate_bpm=81)
    assert bed.said() == ["engine_fault", "resolved data_returned"]


def test_a_patient_who_left_is_taken_off_the_screen_again_after_a_fault():
    bed = febrile_bed().chart(2, "immunotherapy", product="axi-cel").chart(3, "encounter", action="discharge")
    bed.until(2 * DAY)
    assert bed.outputs[-1].value is None
    breaks(bed, 2 * DAY)
    assert bed.outputs[-1].value is not None
    assert bed.until(2 * DAY + 1).outputs[-1].value is None


def test_of_who_broke_as_the_first_record_everything_is_graded_next():
    bed = breaks(Bed(), 2)
    bed.vitals(3, temperature_c=38.5)
    assert bed.said() == ["engine_fault", "crs_rise 1 #1", "resolved data_returned"]


def test_a_gap_is_told_of_everybody_who_is_here_under_the_names_they_have():
    partition = Partition()
    bed = Bed()
    bed.partition = partition
    bed.admit().admit(1, event_id="admit-2", patient_id="bed-8")
    outputs = valid(partition.lost(Origin("crs.bedside.v1", 0, 40), 49))
    assert [(output.topic, output.key) for output in outputs] == [
        ("escalations", "bed-7"), ("evidence", "bed-7"), ("escalations", "bed-8"), ("evidence", "bed-8"),
    ]  # fmt: skip
