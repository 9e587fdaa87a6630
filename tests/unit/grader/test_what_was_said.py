"""What is remembered of pages: how many rises went out by scope and grade, what is open, whether anything went out."""

import pytest

from services.grader.engine.telling.sent import Ladder, OpenAlarm, Sent

COUNTED = Ladder(2, {"first": {"1": 2, "3": 1}, "second": {"2": 1}})


@pytest.mark.parametrize(("scope", "highest"), [("first", 3), ("second", 2), ("third", 0)])
def test_the_highest_grade_sent_in_a_scope(scope, highest):
    assert COUNTED.highest(scope) == highest


@pytest.mark.parametrize(
    ("scope", "grade", "number"), [("first", 1, 3), ("first", 2, 1), ("first", 3, 2), ("second", 2, 2), ("third", 1, 1)]
)
def test_rises_are_counted_by_scope_and_grade(scope, grade, number):
    assert COUNTED.next_rise(scope, grade) == number


def test_what_was_counted_under_one_name_counts_under_the_other_too():
    both = {"1": 2, "3": 1, "2": 1}
    assert COUNTED.renamed("first", "second").counts == {"first": {"1": 2, "3": 1}, "second": both}
    assert COUNTED.renamed("third", "second").counts == COUNTED.counts
    assert COUNTED.renamed("second", "third").counts == {**COUNTED.counts, "third": {"2": 1}}
    assert COUNTED.renamed("third", "fourth") is COUNTED


SAID = [
    Sent(crs=COUNTED),
    Sent(icans=COUNTED),
    Sent(alarms={"technical_silent|": OpenAlarm("x", "technical_silent")}),
    Sent(spells={"stay|critical_value|spo2_pct": 1}),
    Sent(missing_paged=("sbp_mmhg",)),
]


@pytest.mark.parametrize("sent", SAID)
def test_any_page_is_something(sent):
    assert not sent.is_nothing


def test_what_was_looked_at_and_not_paged_for_is_nothing():
    assert Sent(critical={"spo2_pct": ((1, 2),)}, missing_scope="stay", watched_ms=5).is_nothing


def test_each_incident_stands_beside_what_stood():
    silent = OpenAlarm("silent", "technical_silent")
    before = Sent(alarms={"technical_silent|": silent})
    assert not before.has_incident
    sent = before.with_incident("data_gap", 7, "gap-7")
    assert sent.has_incident
    assert sent.with_incident("engine_fault", 9, "fault-9").alarms == {
        "technical_silent|": silent,
        "data_gap|#7": OpenAlarm("gap-7", "data_gap"),
        "engine_fault|#9": OpenAlarm("fault-9", "engine_fault"),
    }
