"""From a pressed button to a response event, or the reason why not."""

import pytest

from services.dashboard.answering import Answer, Unsendable, response_of
from services.dashboard.users import User
from tests.unit.dashboard.events import alarm, alarms, escalation, estimate, patient
from tests.unit.dashboard.test_board import NOW, folded

RAISED = escalation(1, 2, NOW)


def user(role="charge_nurse", units=("*",)) -> User:
    return User(username="demo", name="Demo", role=role, units=list(units), password="x")


def answer(**more) -> Answer:
    base = {"response_id": "r-0000-01", "escalation_id": RAISED["escalation_id"], "action": "acknowledge"}
    return Answer.model_validate(base | {"seen": {"revision": 4, "grade": 2}} | more)


def bed():
    return folded(estimate(1, 2, 2, NOW), RAISED, alarms(1, alarm(RAISED, revision=4), at_ms=NOW)).beds[patient(1)]


def test_an_acknowledgement_carries_what_was_seen_and_by_whom():
    assert response_of(answer(), bed(), user(), now_ms=NOW) == {
        "schema": "crs.responses.v1",
        "response_id": "r-0000-01",
        "escalation_id": RAISED["escalation_id"],
        "patient_id": patient(1),
        "action": "acknowledge",
        "author": "Demo",
        "role": "charge_nurse",
        "at": "2026-03-01T14:30:00.000Z",
        "seen": {"revision": 4, "grade": 2},
    }


def test_a_snooze_ends_after_its_minutes():
    made = response_of(answer(action="snooze", reason="At the bedside", minutes=20), bed(), user(), now_ms=NOW)

    assert not isinstance(made, Unsendable)
    assert made["until"] == "2026-03-01T14:50:00.000Z"


@pytest.mark.parametrize(
    ("asked", "who", "status"),
    [
        ({}, user("viewer"), 403),
        ({}, user(units=["5E"]), 404),
        ({"escalation_id": "unknown"}, user(), 404),
        ({"action": "snooze", "minutes": 5}, user(), 422),
        ({"action": "snooze", "reason": "busy"}, user(), 422),
        ({"action": "note"}, user(), 422),
    ],
)
def test_what_cannot_be_sent_says_why(asked, who, status):
    refused = response_of(answer(**asked), bed(), who, now_ms=NOW)

    assert isinstance(refused, Unsendable)
    assert refused.status == status
