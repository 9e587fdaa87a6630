"""Where a page's link leads: to the alarm as it stands, to the word that it is over, or to neither."""

from services.dashboard.board import Board
from services.dashboard.paged import paged
from services.dashboard.users import User
from tests.unit.dashboard.events import alarm, alarms, escalation, estimate, patient, resolved
from tests.unit.dashboard.test_board import NOW, folded

NURSE = User(username="nurse", name="Demo nurse", role="nurse", units=["4W"], password="-")
STRANGER = NURSE.model_copy(update={"units": ["5E"]})

SECOND, THIRD = escalation(7, 2, NOW), escalation(7, 3, NOW)


def found(board: Board, escalation_id: str = SECOND["escalation_id"], user: User = NURSE) -> dict:
    return paged(escalation_id, board.bed_of(escalation_id), user)


def test_an_open_alarm_is_found_with_its_bed_and_unit():
    board = folded(estimate(7, 2, 2, NOW), SECOND, alarms(7, alarm(SECOND), at_ms=NOW + 1))

    place = {"unit": "4W", "bed": "4W-07", "patient_id": patient(7)}
    assert found(board) == place | {"state": "open", "escalation_id": SECOND["escalation_id"]}


def test_an_escalation_that_the_notifier_has_not_taken_up_is_open():
    assert found(folded(SECOND))["state"] == "open"


def test_the_page_of_an_alarm_that_has_climbed_since_leads_to_it():
    board = folded(estimate(7, 3, 3, NOW), SECOND, THIRD, alarms(7, alarm(THIRD), at_ms=NOW))

    assert (found(board)["state"], found(board)["escalation_id"]) == ("open", THIRD["escalation_id"])


def test_another_concern_of_the_same_patient_is_not_the_pages_alarm():
    other = escalation(7, 1, NOW, kind="critical_value", sign="spo2_pct")
    over = resolved(7, SECOND["escalation_id"], at_ms=NOW)
    board = folded(estimate(7, 0, 0, NOW), SECOND, other, over, alarms(7, alarm(other), at_ms=NOW))

    assert found(board)["state"] == "over"


def test_an_alarm_that_is_over_still_names_the_bed():
    board = folded(estimate(7, 0, 0, NOW), SECOND, resolved(7, SECOND["escalation_id"], at_ms=NOW))

    assert found(board) == {"state": "over", "unit": "4W", "bed": "4W-07", "patient_id": patient(7)}


def test_a_bed_that_has_left_the_board_cannot_be_opened():
    over = resolved(7, SECOND["escalation_id"], at_ms=NOW, reason="discharged")
    board = folded(estimate(7, 2, 2, NOW, encounter="discharged"), SECOND, over)

    assert found(board) == {"state": "over", "unit": "4W", "bed": "4W-07"}


def test_what_nobody_has_heard_of_or_may_see_is_unknown():
    board = folded(estimate(7, 2, 2, NOW), SECOND)

    assert found(board, "made-up") == {"state": "unknown"}
    assert found(board, user=STRANGER) == {"state": "unknown"}
