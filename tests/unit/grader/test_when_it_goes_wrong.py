"""Turns that the engine takes when something is broken, or over before anybody could look."""

import pytest
from msgspec.structs import replace

from services.grader.engine import partition
from services.grader.engine.fold import Episode
from services.grader.engine.merging.joined_folds import _episode
from services.grader.engine.partition import partition_factory
from services.grader.engine.state import NOWHERE
from services.grader.engine.telling import fault
from services.grader.engine.ward import Ward
from tests.vignettes.bed import ms
from tests.vignettes.starting_points import SECOND, febrile_bed, well_bed


def test_a_fault_as_time_passes_pages_once_and_time_stands_still_until_the_next_record():
    bed = febrile_bed()
    state = bed.partition.patients["bed-7"]
    bed.keep(replace(state, sent=replace(state.sent, crs=None)))
    bed.until(24 * 60).until(48 * 60)
    (page,) = bed.escalations("engine_fault")
    assert page["priority"] == "high"
    assert bed.partition.patients["bed-7"].faulted


def test_a_state_whose_deadlines_cannot_be_told_costs_a_page_and_not_the_partition(monkeypatch):
    real = partition.next_deadline

    def next_deadline(state, reached_ms, ward):
        return 1 // 0 if state.patient_id == "bed-7" else real(state, reached_ms, ward)

    bed = febrile_bed()
    monkeypatch.setattr(partition, "next_deadline", next_deadline)
    bed.until(24 * 60)
    bed.chart(24 * 60, "encounter", action="admit", patient_id="bed-8").until(25 * 60)
    assert [page["patient_id"] for page in bed.escalations("engine_fault")] == ["bed-7"]
    assert [page["patient_id"] for page in bed.escalations()[-1:]] == ["bed-8"]


def test_a_fault_is_of_a_patient_or_of_a_record():
    with pytest.raises(ValueError, match=r"^neither a patient nor a record$"):
        fault.after_fault(None, None, clock_ms=ms(0), place=NOWHERE, ward=Ward())


def test_a_factory_makes_the_engine_of_each_partition():
    make = partition_factory(watch_all=True)
    assert make(3) is not make(3)
    assert make(3).ward.watch_all


def test_a_critical_value_that_came_late_and_was_over_by_then_pages_as_late():
    bed = well_bed().monitor(20, spo2_pct=97)
    for second in range(0, 20, 5):
        bed.vitals(15 + second * SECOND, source="monitor", arrives=21, spo2_pct=45)
    assert bed.said() == ["critical_value spo2_pct late", "resolved improved"]


def test_of_two_episodes_joined_by_a_merge_the_older_one_stays():
    one, two = Episode("a", 10, 2, quiet_ms=20), Episode("b", 5, 3, suspended=True)
    assert _episode(one, two) == _episode(two, one) == Episode("b", 5, 3)
    assert _episode(one, None) == _episode(None, one) == one
