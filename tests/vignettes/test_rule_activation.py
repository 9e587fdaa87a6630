"""Another rule set comes into force while patients are standing: it switches there, and nothing is said twice."""

import json
from dataclasses import replace

import pytest

from services.grader.engine.partition import Partition
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.engine.ruleset.site_rules import overridden
from services.grader.replay import read_lines, replay
from tests.vignettes.bed import Bed, ms, when

DAY = 1440
WELL = {"sbp_mmhg": 118, "spo2_pct": 97, "heart_rate_bpm": 80, "resp_rate_bpm": 16}
STRICTER = overridden(DEFAULT_RULES, {"id": "site-2", "low_spo2_pct": 92})


def febrile(**options) -> Bed:
    bed = Bed(ready=[STRICTER], **options).admit().on_room_air().vitals(1, temperature_c=38.5, **WELL)
    assert bed.said() == ["crs_rise 1 #1"]
    return bed


def test_what_stands_is_held_against_the_new_limit_and_pages():
    bed = febrile().vitals(5, spo2_pct=91)
    assert bed.said() == []
    bed.activate(10, STRICTER.hash)
    assert bed.said() == ["crs_rise 2 #1"]
    page = bed.escalations("crs_rise")[-1]
    assert (page["rules"]["hash"], page["because"][-1]["threshold"]) == (STRICTER.hash, 92)
    assert (page["occurred_at"], page["late"]) == (when(10), False)


@pytest.mark.parametrize("name", ["a-1", "v-1"])
def test_what_was_taken_at_the_very_moment_is_held_against_the_new_limit_whatever_its_id(name):
    bed = febrile().vitals(10, spo2_pct=91, event_id=name).activate(10, STRICTER.hash)
    assert (bed.interval[0], bed.said()) == (2, ["crs_rise 2 #1"])


def test_an_unchanged_condition_is_never_paged_again():
    bed = febrile().vitals(5, sbp_mmhg=84).vitals(6, heart_rate_bpm=0).chart(7, "clinician_grade", crs=0, author="x")
    bed.vitals(8, sbp_mmhg=84)
    bed.said()
    bed.activate(10, STRICTER.hash)
    assert bed.said() == []
    assert bed.estimate["rules"] == {"id": "site-2", "hash": STRICTER.hash}
    bed.vitals(11, sbp_mmhg=83)
    assert bed.said() == []


def test_the_grade_falls_by_the_old_way_where_the_new_limits_are_laxer():
    """What was established stays said: it is held, and confirmed like any other improvement."""
    bed = febrile().activate(2, STRICTER.hash).vitals(5, spo2_pct=91)
    assert bed.said() == ["crs_rise 2 #1"]
    bed.activate(10, DEFAULT_RULES.hash)
    assert (bed.interval[0], bed.said()) == (2, [])
    bed.vitals(20, spo2_pct=91).vitals(50, spo2_pct=91)
    assert (bed.interval[0], bed.said()) == (1, ["resolved improved"])


@pytest.mark.parametrize("dosed", [False, True])
def test_who_is_forgotten_stays_so(dosed):
    """All that is left of a patient is a name that no id may come under twice: it is nobody on the board."""
    bed = Bed(ready=[STRICTER]).chart(0, "immunotherapy", product="axi-cel") if dosed else Bed(ready=[STRICTER])
    bed.vitals(1, temperature_c=38.5, **WELL).chart(2, "encounter", action="discharge").until(2 * DAY)
    assert (bed.outputs[-1].value, bed.partition.patients["bed-7"].forgotten) == (None, True)
    before = len(bed.outputs)
    bed.activate(3 * DAY, STRICTER.hash).until(100 * DAY)
    assert (bed.outputs[before:], bed.partition.patients) == ([], {})


def test_a_late_event_meets_the_limits_at_the_same_moment():
    bed = febrile().vitals(5, spo2_pct=91).activate(10, STRICTER.hash)
    bed.said()
    bed.vitals(4, heart_rate_bpm=90, arrives=15)
    assert (bed.interval[0], bed.said()) == (2, [])


def test_a_rule_set_that_is_not_here_is_refused_and_grading_goes_on():
    bed = febrile().activate(10, "f" * 64)
    assert bed.refused() == ["unknown_rules"]
    bed.vitals(11, sbp_mmhg=84)
    assert bed.said() == ["crs_rise 2 #1"]
    assert bed.escalations()[-1]["rules"]["hash"] == DEFAULT_RULES.hash


def test_the_rules_in_force_again_change_nothing():
    bed = febrile()
    before = bed.partition.encoded("bed-7")
    bed.activate(10, DEFAULT_RULES.hash)
    assert (bed.partition.encoded("bed-7"), bed.said()) == (before, [])


def test_a_restart_goes_on_under_the_rules_that_were_in_force():
    bed = febrile().activate(10, STRICTER.hash)
    states = {"bed-7": bed.partition.encoded("bed-7")}
    clock_ms, hash_then = bed.partition.clock_ms, bed.partition.rules_hash
    bed.partition = Partition(watch_all=True, ready=[STRICTER])
    assert bed.partition.resume(hash_then)
    bed.partition.restore(states, clock_ms)
    bed.vitals(11, spo2_pct=91)
    assert bed.said() == ["crs_rise 2 #1"]
    assert Partition().resume(hash_then) is False


def test_an_activation_read_again_after_a_restore_does_not_count_twice():
    """A bucket may have been stored after the record where the whole checkpoint begins."""
    bed = febrile().activate(10, STRICTER.hash)
    activation = {"schema": "crs.rules.v1", "rules_id": "n", "rules_hash": STRICTER.hash, "activated_by": "dr-ito"}
    again = Partition(watch_all=True, ready=[STRICTER])
    again.restore({"bed-7": bed.partition.encoded("bed-7")}, ms(9))
    lies = bed.partition.patients["bed-7"].place
    assert again.apply(activation, clock_ms=ms(10), origin=lies) == []
    assert again.encoded("bed-7") == bed.partition.encoded("bed-7")
    assert again.rules_hash == STRICTER.hash


def test_a_patient_who_left_meets_the_new_limits_on_coming_back():
    bed = febrile().vitals(5, spo2_pct=91).chart(8, "encounter", action="discharge").activate(10, STRICTER.hash)
    bed.said()
    bed.chart(12, "encounter", action="cancel_discharge")
    assert bed.said() == ["crs_rise 2 #1"]


def test_a_replay_switches_at_the_line_that_says_so():
    vitals = {"schema": "crs.vitals.v1", "patient_id": "bed-7", "source": "manual"}
    lines = [
        {**vitals, "event_id": "1", "observed_at": when(1), "temperature_c": 38.5, **WELL, "spo2_pct": 91},
        {"schema": "crs.rules.v1", "rules_id": "n", "rules_hash": STRICTER.hash, "activated_by": "dr-ito",
         "received_at": when(5)},
        {**vitals, "event_id": "2", "observed_at": when(6), "heart_rate_bpm": 80},
    ]  # fmt: skip
    engine = Partition(watch_all=True, ready=[STRICTER])
    shown = list(replay(read_lines(json.dumps(line).encode() for line in lines), engine))
    rises = [item for item in shown if item.get("kind") == "crs_rise"]
    assert [(item["grade"], item["detected_at"]) for item in rises] == [(1, when(1)), (2, when(5))]


def test_a_line_that_activates_rules_needs_the_time_it_arrived():
    activation = {"schema": "crs.rules.v1", "rules_id": "n", "rules_hash": "x", "activated_by": "dr-ito"}
    (bad,) = read_lines([json.dumps(activation).encode()])
    assert bad.sentence() == "line 1: received_at: missing_field"


def test_a_lower_fever_limit_does_not_reach_a_patch_that_was_lost_hours_ago():
    lower = replace(DEFAULT_RULES, id="lower", fever_c=37.8)
    bed = Bed(ready=[lower]).admit().on_room_air().vitals(1, source="wearable", temperature_c=37.8, **WELL)
    bed.vitals(200, **WELL).said()
    assert bed.activate(240, lower.hash).until(260).said() == []
