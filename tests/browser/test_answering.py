"""Acknowledging on the board: a response on the topic, "sent" on the screen, and the notifier's word when it comes."""

import pytest
from playwright.sync_api import Page, expect

from schemas.times import format_time
from tests.browser.board_process import BoardProcess
from tests.browser.conftest import sign_in
from tests.browser.topics import WardTopics, now_ms
from tests.unit.dashboard.events import alarm, alarms, escalation, estimate
from tests.waiting import eventually

pytestmark = [pytest.mark.browser, pytest.mark.kafka]


def raise_alarm(ward: WardTopics, number: int = 7, grade: int = 2):
    raised = escalation(number, grade, now_ms())
    ward.put(
        estimate(number, grade, grade, now_ms()),
        raised,
        alarms(number, alarm(raised, revision=3), at_ms=now_ms()),
    )
    return raised


def test_a_press_becomes_a_response_and_stays_sent_until_the_notifier_answers(page: Page, ward: WardTopics):
    raised = raise_alarm(ward)
    strip = page.locator("[data-bed='4W-07'] .alarm")
    strip.get_by_role("button", name="Acknowledge CRS grade 2, bed 4W-07").click()

    expect(strip).to_contain_text("Acknowledgement sent by Demo charge nurse")
    [response] = eventually(ward.responses)
    assert response["escalation_id"] == f"{ward.unit}/{raised['escalation_id']}"
    assert response["action"] == "acknowledge"
    assert response["seen"] == {"revision": 3, "grade": 2}
    assert (response["author"], response["role"]) == ("Demo charge nurse", "charge_nurse")

    outcome = {"response_id": response["response_id"], "outcome": "accepted"}
    taken = alarm(
        raised, state="acknowledged", revision=4, actor="Demo charge nurse", acted_at=format_time(now_ms()),
        until=format_time(now_ms() + 1_800_000), responses=[outcome],
    )  # fmt: skip
    ward.put(alarms(7, taken, at_ms=now_ms(), revision=2))
    expect(strip).to_have_attribute("data-state", "acknowledged")
    expect(strip).to_contain_text("Demo charge nurse")
    expect(strip.get_by_role("button")).to_have_count(0)


def test_a_refused_answer_says_why_and_can_be_given_again(page: Page, ward: WardTopics):
    raised = raise_alarm(ward)
    strip = page.locator("[data-bed='4W-07'] .alarm")
    strip.get_by_role("button").click()
    [response] = eventually(ward.responses)

    outcome = {"response_id": response["response_id"], "outcome": "refused", "reason": "the grade rose meanwhile"}
    ward.put(alarms(7, alarm(raised, revision=4, responses=[outcome]), at_ms=now_ms(), revision=2))

    expect(strip).to_contain_text("Not accepted: the grade rose meanwhile")
    expect(strip.get_by_role("button")).to_be_enabled()


def test_a_snooze_carries_its_reason_and_its_end(page: Page, ward: WardTopics):
    raise_alarm(ward)
    page.locator("[data-bed='4W-07'] .name").click()
    page.locator(".answer select[name=minutes]").select_option("20")
    page.locator(".answer").get_by_role("button", name="Snooze").click()

    [response] = eventually(ward.responses)
    assert (response["action"], response["reason"]) == ("snooze", "At the bedside")
    assert "until" in response


def test_a_note_reaches_the_topic(page: Page, ward: WardTopics):
    raise_alarm(ward, grade=4)
    page.locator("[data-bed='4W-07'] .name").click()
    expect(page.locator(".answer")).to_contain_text("cannot be snoozed")
    page.locator(".answer input[name=text]").fill("Team is on its way")
    page.keyboard.press("Enter")

    [response] = eventually(ward.responses)
    assert (response["action"], response["text"]) == ("note", "Team is on its way")


def test_a_viewer_sees_the_alarm_but_has_no_button(page: Page, board: BoardProcess, ward: WardTopics):
    page.get_by_role("button", name="Sign out").click()
    sign_in(page, board, ward.unit, "viewer")
    raise_alarm(ward)

    strip = page.locator("[data-bed='4W-07'] .alarm")
    expect(strip).to_contain_text("CRS grade 2")
    expect(strip.get_by_role("button")).to_have_count(0)


def test_a_wrong_password_is_told_and_lets_nobody_in(page: Page, board: BoardProcess):
    page.get_by_role("button", name="Sign out").click()
    page.fill("#username", "charge")
    page.fill("#password", "guess")
    page.click("button[type=submit]")

    expect(page.get_by_role("alert")).to_have_text("Name or password is wrong.")
