"""A survivor who takes over, who is leaving at the same time, or who had left long before."""

import pytest

from schemas.ids import handover_id
from services.grader.engine.state import decode_state
from tests.vignettes.bed import Bed, ms, when
from tests.vignettes.merges import DAY, NEW, OLD, febrile, merged, rises, under, written

FIRST, SECOND = sorted(("m1", "m2"), key=handover_id)


def passed_on(bed: Bed, told: int):
    return [(output.key, output.value) for output in bed.outputs[told:] if output.topic == "bedside"]


def crossed(**ids: str) -> Bed:
    """Each merged into the other before either has answered; the survivor was given a vasopressor."""
    ids = {OLD: FIRST, NEW: SECOND, **ids}
    bed = febrile(hands_over=False)
    under(bed, NEW).admit(2, event_id="admit-8").chart(2, "vasopressor", drug="norepinephrine", rate=0.1)
    merged(bed, 10, event_id=ids[OLD])
    merged(bed, 10, old=NEW, into=OLD, event_id=ids[NEW])
    return bed


@pytest.mark.parametrize(("stays", "leaves", "events"), [(NEW, OLD, (FIRST, SECOND)), (OLD, NEW, (SECOND, FIRST))])
def test_of_two_merged_into_each_other_the_smaller_handover_is_taken_over(stays, leaves, events):
    bed = crossed(**{OLD: events[0], NEW: events[1]})
    to_new, to_old = written(bed)
    # Under the name that goes on leaving, nothing happens.
    before, told = bed.partition.encoded(leaves), len(bed.outputs)
    bed.deliver(to_new if leaves == NEW else to_old, 11)
    assert (bed.partition.encoded(leaves), len(bed.outputs)) == (before, told)
    bed.deliver(to_new if stays == NEW else to_old, 12)
    taken = bed.partition.patients[stays]
    assert (taken.merge, taken.fold.low, taken.fold.chart.running()) == (None, 3, {"norepinephrine"})
    bed.deliver(written(bed)[-1], 13)
    assert bed.partition.patients[leaves].gone
    under(bed, stays).chart(20, "oxygen", device="bipap")
    assert rises(bed, stays)[-1] == 4


def test_two_merges_under_one_id_silence_nobody():
    bed = crossed(**{OLD: "m1", NEW: "m1"})
    for handover in written(bed):
        bed.deliver(handover, 11)
    assert len(written(bed)) == 2
    for name in (OLD, NEW):
        assert not bed.partition.patients[name].gone
        under(bed, name).chart(20, "oxygen", device="bipap", event_id=f"bipap-{name}")
    assert rises(bed, OLD)[-1] == 4


def test_a_handover_to_who_is_leaving_is_passed_on_to_where_they_go():
    bed = under(febrile(hands_over=False), NEW).vitals(2, heart_rate_bpm=80)
    merged(bed, 9, old=NEW, into="bed-9")
    merged(bed, 10)
    handover, before, told = written(bed)[-1], bed.partition.encoded(NEW), len(bed.outputs)
    bed.deliver(handover, 11)
    assert passed_on(bed, told) == [("bed-9", {**handover, "patient_id": "bed-9"})]
    assert (bed.partition.encoded(NEW), len(bed.outputs)) == (before, told + 1)


@pytest.mark.parametrize("answered", [False, True])
def test_a_merge_that_comes_back_to_its_own_name_is_dropped(answered):
    bed = merged(febrile(hands_over=False), 10)
    handover = written(bed)[0]
    if answered:
        bed.deliver(handover, 11).deliver(written(bed)[1], 12)
    told = len(bed.outputs)
    bed.deliver({**handover, "handover_id": "round", "patient_id": OLD}, 13)
    assert len(bed.outputs) == told
    assert bed.partition.patients[OLD].gone is answered
    under(bed, OLD).vitals(14, sbp_mmhg=84)
    # Whoever has left stays away; else the merge is over, and the patient is graded here alone.
    assert (rises(bed, OLD), len(passed_on(bed, told))) == (([1], 1) if answered else ([1, 2], 0))


def test_what_pages_at_a_merge_says_by_which_record_and_from_which_state():
    bed = under(febrile(hands_over=False), NEW).admit(2, event_id="admit-8")
    bed.chart(2, "vasopressor", drug="norepinephrine", rate=0.1)
    handover = written(merged(bed, 10))[0]
    before, told = bed.known(NEW), len(bed.outputs)
    bed.deliver(handover, 11)
    state = bed.partition.patients[NEW]
    (page,) = bed.escalations("crs_rise")[-1:]
    (evidence,) = (output.value for output in bed.outputs[told:] if output.topic == "evidence"
                   and output.value["escalation_id"] == page["escalation_id"])  # fmt: skip
    assert (page["patient_id"], page["grade"], page["detected_at"]) == (NEW, 3, when(11))
    assert (evidence["record"], evidence["state_before"]) == (handover, before)
    assert page["provenance"]["first_offset"] == evidence["provenance"]["first_offset"] == state.place.offset
    assert state.place.offset > decode_state(before).place.offset
    assert (state.reached_ms, state.as_of_ms) == (ms(11) - 1, ms(11))


def test_an_enrolled_patient_who_had_left_and_takes_over_one_who_leaves_is_not_remembered_as_forgotten():
    bed = under(Bed(watch_all=False, hands_over=False), NEW).admit(0, event_id="admit-8")
    bed.chart(0, "immunotherapy", product="axi-cel").chart(20, "encounter", action="discharge").until(2 * DAY)
    assert bed.partition.patients[NEW].forgotten
    under(bed, OLD).admit(2 * DAY).chart(2 * DAY + 5, "encounter", action="discharge")
    handover = written(merged(bed, 2 * DAY + 10))[0]
    bed.deliver(handover, 2 * DAY + 11)
    state = bed.partition.patients[NEW]
    assert (state.stay.status, state.forgotten) == ("discharged", False)
