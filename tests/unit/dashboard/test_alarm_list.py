"""The alarms of a bed: the notifier's word, what it has not taken up, what somebody just sent."""

from services.dashboard.alarm_list import alarms_of, reach
from services.dashboard.beds import Bed
from services.dashboard.board import Board
from tests.unit.dashboard.events import alarm, alarms, delivery, escalation, patient
from tests.unit.dashboard.test_board import NOW, folded


def bed_of(board: Board) -> Bed:
    return board.beds[patient(1)]


def response(raised, response_id="r-1", action="acknowledge"):
    return {
        "schema": "crs.responses.v1",
        "response_id": response_id,
        "escalation_id": raised["escalation_id"],
        "patient_id": patient(1),
        "action": action,
        "author": "Demo nurse",
        "role": "nurse",
        "at": raised["detected_at"],
        "seen": {"revision": 1},
    }


def test_an_escalation_without_the_notifiers_word_is_not_taken():
    [listed] = alarms_of(bed_of(folded(escalation(1, 3, NOW))))

    assert (listed["state"], listed["revision"], listed["headline"]) == ("not_taken", 0, "CRS grade 3")


def test_a_younger_word_of_the_notifier_that_does_not_list_it_is_its_decision():
    board = folded(escalation(1, 3, NOW), alarms(1, at_ms=NOW))

    assert alarms_of(bed_of(board)) == []


def test_an_older_word_of_the_notifier_says_nothing_about_a_newer_escalation():
    board = folded(alarms(1, at_ms=NOW), escalation(1, 3, NOW))

    assert [listed["state"] for listed in alarms_of(bed_of(board))] == ["not_taken"]


def test_the_most_urgent_unanswered_alarm_comes_first():
    low, high, answered = escalation(1, 1, NOW), escalation(1, 3, NOW), escalation(1, 4, NOW)
    record = alarms(1, alarm(low), alarm(answered, state="acknowledged"), alarm(high), at_ms=NOW)

    assert [listed["grade"] for listed in alarms_of(bed_of(folded(record)))] == [3, 1, 4]


def test_sent_is_shown_until_the_notifier_answers_it():
    raised = escalation(1, 2, NOW)
    board = folded(raised, alarms(1, alarm(raised), at_ms=NOW), response(raised))
    assert alarms_of(bed_of(board))[0]["sent"]["author"] == "Demo nurse"

    answer = {"response_id": "r-1", "outcome": "refused", "reason": "the grade rose"}
    folded(alarms(1, alarm(raised, responses=[answer]), at_ms=NOW, revision=2), board=board)
    [listed] = alarms_of(bed_of(board))
    assert "sent" not in listed
    assert listed["refused"]["reason"] == "the grade rose"


def test_an_older_alarms_record_does_not_bring_an_alarm_back():
    raised = escalation(1, 2, NOW)
    board = folded(
        alarms(1, alarm(raised, state="acknowledged"), at_ms=NOW, revision=2),
        alarms(1, alarm(raised), at_ms=NOW - 1, revision=1),
    )

    assert alarms_of(bed_of(board))[0]["state"] == "acknowledged"


def test_a_page_reached_as_far_as_its_best_attempt():
    raised = escalation(1, 2, NOW)
    attempts = [delivery(raised, "failed", NOW), delivery(raised, "delivered", NOW, attempt=2)]

    assert reach(attempts)["state"] == "delivered"
    assert reach(attempts[:1])["state"] == "failed"
