"""Two records of one patient are merged: nothing known is lost, nothing said is said again, nothing is hidden."""

import pytest

from tests.vignettes.bed import Bed, when
from tests.vignettes.merges import NEW, OLD, WELL, febrile, merged, of, under, written


def test_a_merged_patient_is_not_silenced_before_somebody_has_taken_over():
    bed = febrile(hands_over=False).chart(10, "encounter", action="merge", merged_into=NEW).vitals(11, sbp_mmhg=84)
    assert bed.said() == ["crs_rise 2 #1"]


def test_the_survivor_takes_over_and_the_old_name_is_resolved():
    bed = merged(febrile(), 10, event_id="merge-1")
    assert bed.said() == ["resolved merged"]
    (end,) = bed.escalations("resolved")
    assert (end["patient_id"], end["resolves"]) == (OLD, [bed.escalations("crs_rise")[0]["escalation_id"]])
    assert (bed.estimate["patient_id"], bed.estimate["grade"], bed.estimate["max_grade"]) == (NEW, 1, 1)
    assert bed.estimate["unit"] == "onc"
    assert bed.estimate["episode_id"] == bed.escalations("crs_rise")[0]["episode_id"]
    # The old estimate leaves the topic.
    assert [output.key for output in bed.outputs if output.topic == "estimates" and output.value is None] == [OLD]


def test_the_handover_says_what_the_design_asks_for():
    bed = merged(febrile(), 10, event_id="merge-1")
    handover, answer = written(bed)
    assert (handover["patient_id"], handover["merged_patient_id"], handover["merged_at"]) == (NEW, OLD, when(10))
    assert handover["escalations"][0]["escalation_id"] == bed.escalations("crs_rise")[0]["escalation_id"]
    assert (answer["handover_id"], answer["patient_id"], answer["acknowledges"]) == (handover["handover_id"], OLD, True)


def test_only_what_goes_above_what_was_said_pages():
    bed = merged(febrile().vitals(5, sbp_mmhg=84), 10)
    assert bed.said() == ["crs_rise 2 #1", "resolved merged"]
    bed.vitals(11, sbp_mmhg=83)
    assert bed.said() == []
    bed.chart(12, "vasopressor", drug="norepinephrine", rate=0.1)
    assert bed.said() == ["crs_rise 3 #1"]
    assert bed.escalations("crs_rise")[-1]["patient_id"] == NEW


def test_what_neither_showed_alone_pages_at_once():
    """Fever under one name, a vasopressor under the other: Grade 3 of one patient."""
    bed = under(febrile(), NEW).chart(2, "vasopressor", drug="norepinephrine", rate=0.1)
    merged(bed, 10)
    assert bed.said() == ["possible_crs", "crs_rise 3 #1 late", "resolved data_returned", "resolved merged"]
    page = bed.escalations("crs_rise")[-1]
    assert (page["patient_id"], page["priority"]) == (NEW, "high")


def test_both_in_an_episode_go_on_under_the_older_one():  # settled 20
    bed = under(febrile(), NEW).admit(2, event_id="admit-8", bed="8").on_room_air(2)
    bed.vitals(3, temperature_c=38.6, **WELL).vitals(4, sbp_mmhg=84)
    assert bed.said() == ["crs_rise 1 #1", "crs_rise 2 #1"]
    merged(bed, 10)
    assert bed.said() == ["resolved merged"]
    first = bed.escalations("crs_rise")[0]
    assert (first["patient_id"], bed.estimate["episode_id"]) == (OLD, first["episode_id"])
    assert (bed.estimate["grade"], bed.estimate["bed"]) == (2, "8")

    # The survivor's own rise is the survivor's to resolve, and a return counts on.
    bed.vitals(20, sbp_mmhg=118).vitals(51, sbp_mmhg=118)
    assert bed.said() == ["resolved improved"]
    bed.vitals(60, sbp_mmhg=84)
    assert bed.said() == ["crs_rise 2 #2"]


def test_a_rise_said_under_the_old_name_ends_in_silence_and_its_return_pages():
    bed = merged(febrile().vitals(5, sbp_mmhg=84), 10)
    bed.said()
    bed.vitals(20, sbp_mmhg=118).vitals(51, sbp_mmhg=118)
    assert (bed.interval[0], bed.said()) == (1, [])
    bed.vitals(60, sbp_mmhg=84)
    assert bed.said() == ["crs_rise 2 #2"]


def test_nothing_is_lowered_by_a_merge():
    """Normal pressures under the survivor's name confirm nothing about the grade that stands under the old one."""
    bed = febrile().vitals(5, sbp_mmhg=84)
    under(bed, NEW).vitals(6, sbp_mmhg=118).vitals(40, sbp_mmhg=118)
    bed.said()
    merged(bed, 41)
    assert (bed.interval[0], bed.said()) == (2, ["resolved merged"])
    bed.vitals(42, sbp_mmhg=118).vitals(72, sbp_mmhg=118)
    assert (bed.interval[0], bed.said()) == (1, [])


def test_what_comes_later_under_the_old_name_is_passed_on():
    bed = merged(febrile(), 10)
    bed.said()
    under(bed, OLD).vitals(11, sbp_mmhg=84, event_id="late-1")
    assert bed.said() == ["crs_rise 2 #1"]
    assert bed.escalations("crs_rise")[-1]["patient_id"] == NEW
    (passed,) = written(bed, "crs.vitals.v1")
    assert (passed["event_id"], passed["patient_id"], passed["forwarded_from"]) == ("late-1", NEW, [OLD])


def test_late_data_of_the_old_name_still_find_their_place():
    bed = merged(febrile(), 10)
    bed.said()
    under(bed, OLD).vitals(8, arrives=12, sbp_mmhg=84)
    assert bed.said() == ["crs_rise 2 #1 late"]


def test_a_retraction_under_the_old_name_finds_its_event():
    bed = merged(febrile().vitals(5, sbp_mmhg=84, event_id="wrong"), 10)
    bed.said()
    under(bed, OLD).chart(12, "retraction", retracts="wrong")
    assert (under(bed, NEW).interval[0], bed.said()) == (1, [])


@pytest.mark.parametrize("sent_again_under", [OLD, NEW])
@pytest.mark.parametrize("source", ["manual", "monitor"])
def test_an_event_from_before_the_merge_is_known_under_either_name(sent_again_under, source):
    bed = merged(febrile().vitals(9, source=source, event_id="again", heart_rate_bpm=91), 10)
    bed.said()
    revision = bed.partition.patients[NEW].revision
    under(bed, sent_again_under).vitals(9, source=source, event_id="again", heart_rate_bpm=91, arrives=11)
    assert (bed.partition.patients[NEW].revision, bed.refused()) == (revision, [])
    bed.vitals(9, source=source, event_id="again", heart_rate_bpm=92, arrives=12)
    assert bed.refused() == ["conflicting_event_id"]


def test_the_same_handover_again_changes_nothing_and_is_answered_again():
    bed = merged(febrile(), 10)
    bed.said()
    handover = written(bed)[0]
    before = bed.partition.encoded(NEW)
    bed.deliver(handover, 11)
    assert (bed.partition.encoded(NEW), bed.said()) == (before, [])
    assert len(written(bed)) == 3


def test_an_answer_that_comes_late_lets_go_then():
    bed = merged(febrile(hands_over=False), 10)
    handover = written(bed)[0]
    under(bed, OLD).vitals(11, sbp_mmhg=84)
    assert bed.said() == ["crs_rise 2 #1"]  # nobody has answered
    passed = written(bed, "crs.vitals.v1")[0]
    bed.deliver(handover, 20).deliver(passed, 20)
    assert of(bed, NEW)[-1] == "crs_rise"  # twice in between is better than not at all
    bed.deliver(written(bed)[-1], 21)
    assert bed.said()[-1] == "resolved merged"
    assert len(bed.escalations("resolved")[-1]["resolves"]) == 2
    sent = len(bed.escalations())
    bed.vitals(30, sbp_mmhg=60)
    assert len(bed.escalations()) == sent


@pytest.mark.parametrize("cut", ["before the answer", "after the answer"])
def test_a_restart_in_between_changes_nothing(cut):
    plain = merged(febrile().vitals(5, sbp_mmhg=84), 10).vitals(12, sbp_mmhg=70).chart(13, "oxygen", device="bipap")
    bed = merged(febrile(hands_over=False).vitals(5, sbp_mmhg=84), 10)
    if cut == "before the answer":
        bed.restarted()
    bed.deliver(written(bed)[0], 10)
    bed.deliver(written(bed)[1], 10)
    bed.hands_over = True
    if cut == "after the answer":
        bed.restarted()
    bed.vitals(12, sbp_mmhg=70).chart(13, "oxygen", device="bipap")
    assert bed.said() == plain.said()
    assert [item["escalation_id"] for item in bed.escalations()] == [
        item["escalation_id"] for item in plain.escalations()
    ]


def test_a_reading_is_held_against_what_is_normal_under_the_other_name():  # settled 14
    bed = under(Bed(), OLD).chart(1, "baseline", sbp_mmhg=150)
    under(bed, NEW).admit(0, event_id="a8").on_room_air().vitals(2, temperature_c=38.6, sbp_mmhg=118, spo2_pct=97)
    bed.vitals(50, sbp_mmhg=95, spo2_pct=97).said()
    under(bed, OLD).chart(10, "encounter", action="merge", merged_into=NEW, arrives=60)
    under(bed, NEW).until(62)
    assert "crs_rise 2 #1" in bed.said()
