"""What the board makes of records: the newest word counts, whatever order it comes in."""

from schemas.topics import BEDSIDE
from services.dashboard.beds import Origin
from services.dashboard.board import Board
from services.dashboard.tiles import on_board, tile
from tests.unit.dashboard.events import (
    alarm,
    alarms,
    delivery,
    escalation,
    estimate,
    given,
    inputs,
    patient,
    resolved,
    vitals,
)

NOW = 1_772_375_400_000
MINUTE = 60_000


def folded(*events, board: Board | None = None, appended_ms: int = NOW) -> Board:
    board = board or Board()
    for offset, event in enumerate(events):
        board.fold(event, event.get("patient_id", "4W"), Origin("t", 0, offset, appended_ms + offset))
    return board


def shown(board: Board, number: int = 1) -> dict:
    return tile(board.beds[patient(number)])


def test_a_lower_revision_changes_nothing():
    board = folded(estimate(1, 2, 2, NOW, revision=5), estimate(1, 1, 1, NOW, revision=4))

    assert shown(board)["crs"]["low"] == 2


def test_a_new_owner_may_repeat_the_same_revision():
    board = folded(estimate(1, 2, 2, NOW, revision=5), estimate(1, 2, 2, NOW + 1, revision=5))

    assert shown(board)["revision"] == 5


def test_no_data_is_not_grade_0():
    crs = shown(folded(estimate(1, 0, 4, NOW)))["crs"]

    assert crs == {"low": 0, "high": 4, "known": False}


def test_a_live_reading_wins_over_an_older_one_of_the_estimate():
    board = folded(estimate(1, 0, 0, NOW), vitals(1, NOW + 1000, heart_rate_bpm=131))

    assert shown(board)["signs"]["heart_rate_bpm"]["value"] == 131
    assert shown(board)["signs"]["spo2_pct"]["value"] == 97


def test_an_older_live_reading_does_not_hide_what_the_grader_used():
    board = folded(vitals(1, NOW - 1000, heart_rate_bpm=131), estimate(1, 0, 0, NOW))

    assert shown(board)["signs"]["heart_rate_bpm"]["value"] == 84


def test_a_lost_sign_stays_lost_until_a_newer_reading_comes():
    lost = inputs(NOW, spo2_pct=given(91, NOW - 20 * MINUTE, "lost"))
    board = folded(vitals(1, NOW - 20 * MINUTE, spo2_pct=91), estimate(1, 0, 4, NOW, inputs=lost))
    assert shown(board)["signs"]["spo2_pct"]["state"] == "lost"

    folded(vitals(1, NOW + 1000, spo2_pct=95), board=board)
    assert shown(board)["signs"]["spo2_pct"]["state"] == "fresh"


def test_an_implausible_live_value_is_shown_and_flagged():
    board = folded(vitals(1, NOW, spo2_pct=45))

    assert (
        shown(board)["signs"]["spo2_pct"] | {"value": 45, "flags": ["implausible"]} == shown(board)["signs"]["spo2_pct"]
    )


def test_a_reading_from_far_in_the_future_is_not_believed():
    assert folded(vitals(1, NOW + 11 * MINUTE, spo2_pct=99)).beds[patient(1)].readings == {}


def test_a_retracted_reading_disappears_from_tile_and_trend():
    entered = vitals(1, NOW, temperature_c=40.1)
    error = {
        "schema": "crs.clinical.v1",
        "event_id": "r",
        "patient_id": patient(1),
        "recorded_at": entered["observed_at"],
        "kind": "retraction",
        "retracts": entered["event_id"],
    }
    bed = folded(entered, error).beds[patient(1)]

    assert tile(bed)["signs"] == {}
    assert bed.trends.since(0) == {"temperature_c": []}


def test_a_bed_is_known_from_its_admission_before_it_is_graded():
    admitted = {
        "schema": "crs.clinical.v1",
        "event_id": "a",
        "patient_id": patient(1),
        "recorded_at": "2026-03-01T14:30:00Z",
        "kind": "encounter",
        "action": "admit",
        "unit": "4W",
        "bed": "4W-01",
    }

    assert (shown(folded(admitted))["bed"], "crs" in shown(folded(admitted))) == ("4W-01", False)


def test_a_discharged_bed_stays_while_an_alarm_is_open():
    raised = escalation(1, 3, NOW)
    board = folded(estimate(1, 3, 3, NOW, encounter="discharged"))
    assert not on_board(board.beds[patient(1)])

    folded(raised, alarms(1, alarm(raised), at_ms=NOW), board=board)
    assert on_board(board.beds[patient(1)])


def test_a_tombstone_takes_the_bed_off_the_board():
    board = folded(estimate(1, 0, 0, NOW))

    bed = board.forget("crs.estimates.v1", patient(1))

    assert bed is not None
    assert not on_board(bed)


def test_ticks_say_how_far_each_partition_is():
    board = Board()
    for appended_ms in (NOW, NOW - 5):
        board.fold({"schema": "crs.tick.v1"}, "", Origin(BEDSIDE.name, 3, 1, appended_ms))

    assert board.ticks_ms == {3: NOW}


def test_an_escalation_of_a_whole_unit_has_a_tile_of_its_own():
    raised = escalation(1, 3, NOW, kind="unit_silent")
    del raised["patient_id"], raised["bed"], raised["grade"]
    board = Board()
    bed = board.fold(raised, "4W", Origin("t", 0, 0, NOW))

    assert bed is not None
    assert (tile(bed)["bed"], tile(bed)["alarms"][0]["headline"]) == (
        "whole unit",
        "More than half of the unit is silent",
    )


def test_a_delivery_that_comes_before_its_escalation_is_kept():
    raised = escalation(1, 2, NOW)
    early = delivery(raised, "delivered", NOW)
    del early["patient_id"]
    board = folded(early, raised)

    assert shown(board)["alarms"][0]["delivery"]["state"] == "delivered"


def test_a_resolved_escalation_that_nobody_took_up_is_not_shown():
    raised = escalation(1, 2, NOW)

    assert shown(folded(raised, resolved(1, raised["escalation_id"], at_ms=NOW)))["alarms"] == []
