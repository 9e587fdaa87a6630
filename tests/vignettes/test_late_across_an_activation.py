"""What comes late, is taken back or merged after other rules came into force is judged by the rules of its own time.

Every bed is compared with what it would have been had the same come on time.
"""

from dataclasses import replace

import pytest

from services.grader.engine.merging import leaving
from services.grader.engine.partition import Partition
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from tests.vignettes.bed import Bed, ms, when
from tests.vignettes.merges import NEW, OLD, merged, rises, under
from tests.vignettes.starting_points import HOUR, WELL, febrile_bed

TIGHTER = replace(DEFAULT_RULES, id="tighter", low_spo2_pct=92, adult_sbp_mmhg=95, fast_persistence_s=10)
LAXER = replace(DEFAULT_RULES, id="laxer", low_spo2_pct=88, adult_sbp_mmhg=80, fast_persistence_s=120, hold_min=10)
LAB = {"code": "1988-5", "value": 120, "unit": "mg/L"}


def bed(**options) -> Bed:
    return febrile_bed(ready=[TIGHTER, LAXER], **options)


def dip(found: Bed, minute: float, lasts_s: int, spo2_pct: int = 86) -> Bed:
    """A monitored saturation that is low for so long."""
    for second in range(0, lasts_s + 1, 5):
        found.monitor(minute + second / 60, spo2_pct=97 if second == lasts_s else spo2_pct)
    return found


def was_low(**options) -> Bed:
    """Nothing by the rules of that time, low by the tighter ones; over before those came into force."""
    found = dip(bed(**options).vitals(5, spo2_pct=91, sbp_mmhg=93), 7, 15).vitals(8, spo2_pct=97, sbp_mmhg=118)
    found.activate(10, TIGHTER.hash)
    assert (found.interval, found.said()) == ((1, 1), [])
    return found


def kept(found: Bed, patient: str = "bed-7") -> list[str]:
    entries = found.partition.patients[patient].history.entries
    return [name for name in entries if name.startswith("kept:")]


@pytest.mark.parametrize("restarted", [False, True])
def test_a_late_result_reveals_nothing_that_only_the_new_limits_call_low(restarted):
    found = was_low()
    if restarted:
        found.restarted()
    found.chart(3, "lab", arrives=15, **LAB)
    assert (found.interval, found.said()) == ((1, 1), [])


def test_the_new_limits_are_held_against_what_a_stream_said_last_before_them():
    found = bed()
    for minute in (6, 7, 8, 9, 9.9):
        found.monitor(minute, spo2_pct=91)
    found.activate(10, TIGHTER.hash).monitor(10.5, spo2_pct=97)
    assert found.said() == ["crs_rise 2 #1"]
    holds = found.partition.patients["bed-7"].fold.holds
    found.chart(3, "lab", arrives=11, **LAB)
    assert (found.partition.patients["bed-7"].fold.holds, kept(found), found.said()) == (holds, [], [])


@pytest.mark.parametrize("restarted", [False, True])
def test_a_late_result_withdraws_nothing_that_the_old_limits_called_low(restarted):
    def until(minute: float, *, late: bool) -> Bed:
        found = bed().chart(2, "lab", **LAB) if not late else bed()
        dip(found, 5, 60, spo2_pct=89).activate(10, LAXER.hash)
        assert found.said() == ["crs_rise 2 #1"]
        if restarted:
            found.restarted()
        if late:
            found.chart(2, "lab", arrives=15, **LAB)
        return found.monitor(minute, spo2_pct=97)

    for minute in (15.9, 16, 17, 40):
        late, on_time = until(minute, late=True), until(minute, late=False)
        assert (late.interval, late.said()) == (on_time.interval, on_time.said())
        assert late.partition.patients["bed-7"].fold.holds == on_time.partition.patients["bed-7"].fold.holds
        assert kept(late) == []


def test_a_late_reading_that_was_low_then_pages_by_the_rules_of_then():
    found = bed().vitals(8, spo2_pct=97).activate(10, LAXER.hash).vitals(5, spo2_pct=89, arrives=15)
    assert found.said() == ["crs_rise 2 #1 late"]
    page = found.escalations("crs_rise")[-1]
    assert (page["occurred_at"], page["rules"]["hash"]) == (when(5), DEFAULT_RULES.hash)
    assert page["because"][-1]["threshold"] == 90
    assert found.estimate["rules"]["hash"] == LAXER.hash


def test_a_late_reading_that_was_normal_then_counts_from_when_the_limit_changed():
    found = bed().vitals(2, spo2_pct=97).activate(10, TIGHTER.hash).vitals(5, spo2_pct=91, arrives=15)
    assert found.said() == ["crs_rise 2 #1"]
    page = found.escalations("crs_rise")[-1]
    assert (page["occurred_at"], page["rules"]["hash"]) == (when(10), TIGHTER.hash)


def test_a_critical_value_of_before_is_told_with_the_limit_that_it_was_under():
    lower = replace(DEFAULT_RULES, id="lower", critical_spo2_pct=40)
    found = febrile_bed(ready=[lower]).vitals(8, spo2_pct=97).activate(10, lower.hash)
    found.vitals(5, spo2_pct=45, arrives=15)
    (page,) = found.escalations("critical_value")
    assert (page["occurred_at"], page["because"][0]["threshold"]) == (when(5), DEFAULT_RULES.critical_spo2_pct)


def test_a_retraction_reveals_nothing_that_only_the_new_limits_call_low():
    found = bed().vitals(4, heart_rate_bpm=90, event_id="slip")
    dip(found, 5, 15).activate(10, TIGHTER.hash).said()
    found.chart(12, "retraction", retracts="slip")
    assert (found.interval[0], found.said()) == (1, [])


def test_a_retraction_leaves_what_the_old_limits_called_low():
    found = dip(bed().vitals(4, heart_rate_bpm=90, event_id="slip"), 5, 60, spo2_pct=89).activate(10, LAXER.hash)
    assert found.said() == ["crs_rise 2 #1"]
    found.chart(20, "retraction", retracts="slip")
    assert (found.interval[0], found.said()) == (2, [])


def test_a_retraction_leaves_what_counted_by_the_old_rules_however_coarsely_it_is_told_since():
    """A stream that hovers is told more coarsely, by the rules of each stretch."""
    slower = replace(DEFAULT_RULES, id="slower", fast_persistence_s=90, deep_persistence_s=60)
    found = febrile_bed(ready=[slower]).chart(4, "lab", event_id="slip", **LAB)
    seconds = iter(range(300, 10**6))
    for spo2_pct, lasts_s in ((97, 20), (88, 45), (97, 20)):
        for _ in range(lasts_s):
            found.monitor(next(seconds) / 60, spo2_pct=spo2_pct)
    assert found.said() == ["crs_rise 2 #1"]
    found.activate(next(seconds) / 60, slower.hash)
    for number in range(500):
        found.monitor(next(seconds) / 60, spo2_pct=(97, 89.5)[number // 5 % 2])
    found.chart(next(seconds) / 60, "retraction", retracts="slip")
    assert (found.interval, found.said()) == ((2, 2), [])


def test_a_retraction_leaves_what_the_new_rules_were_held_against_however_much_came_since():
    """Readings at odd times are joined in the end, but not with those of before the activation."""
    found = bed().chart(4, "lab", event_id="slip", **LAB)
    second = 300
    for number in range(130):
        if number == 6:
            found.activate(second / 60, TIGHTER.hash)
        second += 12 + number % 3
        found.monitor(second / 60, spo2_pct=91 if number < 6 else 97)
    assert found.said() == ["crs_rise 2 #1"]
    assert len(found.partition.patients["bed-7"].history.spans["spo2_pct"]) < 50
    found.chart(second / 60, "retraction", retracts="slip")
    assert (found.interval[0], found.said()) == (2, [])


def test_readings_under_a_limit_charted_in_error_are_judged_by_the_rules_of_their_time():
    """A usual pressure of 200 made 93 low; without it that was normal, until the limits changed."""
    found = bed().chart(4, "baseline", sbp_mmhg=200, event_id="slip").vitals(5, sbp_mmhg=93).vitals(8, sbp_mmhg=150)
    assert found.said() == ["crs_rise 2 #1"]
    found.activate(10, TIGHTER.hash).chart(15, "retraction", retracts="slip")
    assert (found.interval, found.said()) == ((1, 1), ["resolved retracted"])


def test_a_retraction_after_days_leaves_the_oldest_fold_to_the_rules_of_its_time():
    found = bed().chart(2, "baseline", sbp_mmhg=110, event_id="slip")
    for hour in range(2, 73):
        spo2_pct = 91 if hour < 64 else 97
        found.on_room_air(hour * HOUR).vitals(hour * HOUR, **WELL | {"temperature_c": 38.5, "spo2_pct": spo2_pct})
    found.activate(73 * HOUR, TIGHTER.hash)
    assert found.partition.patients["bed-7"].marks[0].tracks["spo2_pct"].value == 91
    found.said()
    before = found.interval
    found.chart(73.5 * HOUR, "retraction", retracts="slip")
    assert (found.interval, found.said()) == (before, [])
    assert found.partition.patients["bed-7"].marks[0].low == 1


def test_rules_that_run_out_sooner_do_so_from_when_they_came():
    sooner = replace(DEFAULT_RULES, id="sooner", spot_lost_min=60, pressor_confirmed_h=1, device_confirmed_h=1)
    for arrives in (3, 180):
        found = febrile_bed(ready=[sooner])
        if arrives == 3:
            found.chart(3, "lab", **LAB)
        found.activate(180, sooner.hash)
        if arrives > 3:
            found.chart(3, "lab", arrives=arrives, **LAB)
        assert found.partition.patients["bed-7"].fold.gap_ms == ms(180)


def test_where_nobody_has_the_old_rules_any_more_those_of_now_judge():
    found = was_low()
    stored, clock_ms = found.partition.encoded("bed-7"), found.partition.clock_ms
    found.partition = Partition(TIGHTER, watch_all=True)
    found.partition.restore({"bed-7": stored}, clock_ms)
    found.chart(3, "lab", arrives=15, **LAB)
    assert found.said() == ["crs_rise 2 #1"]
    page = found.escalations("crs_rise")[-1]
    assert (page["occurred_at"], page["rules"]["hash"]) == (when(7 + 10 / 60), TIGHTER.hash)


def test_who_turns_out_to_be_somebody_admitted_since_keeps_the_rules_of_then():
    found = was_low()
    under(found, NEW).admit(12, event_id="admit-8")
    merged(found, 14).chart(3, "lab", arrives=15, **LAB)
    assert (rises(found, NEW), found.said()) == ([], ["resolved merged"])


def test_a_history_folded_up_for_a_handover_is_judged_by_the_rules_of_then(monkeypatch):
    monkeypatch.setattr(leaving, "MOST_STATE_BYTES", 3_000)
    found = merged(was_low(), 14)
    assert (found.partition.patients[NEW].fold.low, rises(found, NEW)) == (1, [])


def test_who_stands_alone_again_meets_the_rules_that_came_meanwhile_when_they_came():
    found = dip(bed(), 4, 15).vitals(8, spo2_pct=91)
    merged(found, 10, event_id="merge-1").activate(20, TIGHTER.hash)
    assert found.said() == ["resolved merged", "crs_rise 2 #1"]
    assert found.partition.patients[OLD].place == found.partition.patients[NEW].place  # read again, it counts once
    under(found, OLD).chart(30, "retraction", retracts="merge-1")
    assert (found.interval[0], found.said()) == (2, ["crs_rise 2 #1 late"])
    assert found.escalations("crs_rise")[-1]["occurred_at"] == when(20)
