"""A merge that takes its time: what comes twice, wrongly or back in between, and a survivor who has long left."""

from schemas.encoding import encode
from services.grader.engine.merging.leaving import MOST_STATE_BYTES
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.engine.ruleset.site_rules import overridden
from tests.vignettes.bed import when
from tests.vignettes.merges import DAY, HOUR, NEW, OLD, febrile, merged, rises, under, written

STRICTER = overridden(DEFAULT_RULES, {"id": "site-2", "low_spo2_pct": 92})


def leaving(**options):
    """Merged, and nobody has answered yet: what follows comes under the old name."""
    return under(merged(febrile(hands_over=False, **options), 10), OLD)


def test_a_repeat_while_nobody_has_answered_is_passed_on_once():
    bed = leaving().vitals(11, sbp_mmhg=84, event_id="low").vitals(11, sbp_mmhg=84, event_id="low", arrives=12)
    assert bed.said() == ["crs_rise 2 #1"]
    assert [event["event_id"] for event in written(bed, "crs.vitals.v1")] == ["low"]


def test_what_is_refused_while_nobody_has_answered_is_not_passed_on():
    bed = leaving().vitals(11, sbp_mmhg=84, event_id="low").vitals(11, sbp_mmhg=48, event_id="low", arrives=12)
    assert bed.refused() == ["conflicting_event_id"]
    assert len(written(bed, "crs.vitals.v1")) == 1


def test_an_event_that_comes_back_to_the_name_it_was_sent_under_pages_and_is_not_sent_round():
    bed = merged(febrile(), 10)
    bed.said()
    before = len(bed.outputs)
    round_trip = {"schema": "crs.vitals.v1", "source": "manual", "observed_at": when(11), "sbp_mmhg": 84,
                  "patient_id": OLD, "forwarded_from": [OLD, NEW]}  # fmt: skip
    bed.send(round_trip, 11)
    assert (bed.refused(), bed.said()) == (["engine_fault"], ["engine_fault"])
    assert all(output.topic != "bedside" for output in bed.outputs[before:])


def test_rules_that_come_into_force_later_say_nothing_under_the_old_name():
    bed = febrile(ready=[STRICTER]).vitals(5, spo2_pct=91)
    merged(bed, 10)
    bed.said()
    before = bed.partition.patients[OLD]
    bed.activate(20, STRICTER.hash)
    assert (rises(bed, NEW), bed.said()) == ([2], ["crs_rise 2 #1"])
    # Only what would go on if the merge turned out to be an error has met them, at that time.
    after = bed.partition.patients[OLD]
    assert (after.fold, after.sent, after.revision) == (before.fold, before.sent, before.revision)
    assert [state.merge.left.fold.low for state in (before, after)] == [1, 2]


def test_a_survivor_who_left_before_the_handover_came_is_here_again_with_what_was_known():
    bed = (
        under(febrile(hands_over=False), NEW).admit(0, event_id="admit-8").chart(1, "immunotherapy", product="axi-cel")
    )
    merged(bed, 10)
    # The handover lies unread for two days; by then only the survivor's enrolment is remembered.
    bed.chart(20, "encounter", action="discharge").until(2 * DAY)
    bed.said()
    bed.deliver(written(bed)[0], 2 * DAY)
    assert rises(bed, NEW) == []  # it was said under the old name
    assert (bed.estimate["encounter"], bed.estimate["product"]) == ("admitted", "axi-cel")
    # Of days ago is what keeps the episode open; what happened since nobody knows.
    assert bed.interval == (1, 4)
    bed.vitals(2 * DAY + 1, sbp_mmhg=84)
    assert rises(bed, NEW) == [2]


def test_a_patient_with_more_drugs_than_a_handover_holds_goes_over_without_the_list():
    """A pump whose free text makes every bolus another drug: each is remembered, for something rests on it."""
    bed = febrile()
    for number in range(450):
        bed.chart(2 + 0.9 * number, "vasopressor", drug=f"bolus {number}", rate=0.1, event_id=f"{number:0>200}")
    assert len(encode(bed.known(OLD))) > MOST_STATE_BYTES
    assert (bed.interval, bed.said()) == ((1, 4), ["possible_crs"])
    merged(bed, 7 * HOUR)
    assert len(encode(written(bed)[0]["state"])) <= MOST_STATE_BYTES
    assert (bed.interval, bed.said(), bed.refused()) == ((1, 4), ["resolved merged"] * 2, [])
    # What ran runs on, and what was said was said.
    bed.vitals(7 * HOUR + 1, sbp_mmhg=84)
    assert (rises(bed, NEW), len(bed.partition.patients[NEW].fold.chart.pressors)) == ([2], 450)
