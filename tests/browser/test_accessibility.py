"""What axe-core finds, and a walk over the board without a mouse."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.invented_ward import invented_ward
from tests.browser.topics import WardTopics, now_ms
from tests.waiting import eventually

pytestmark = [pytest.mark.browser, pytest.mark.kafka]

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


def violations(page: Page) -> list[str]:
    """Each broken rule with the places that break it."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("(tags) => axe.run({ runOnly: tags }).then((result) => result.violations)", list(RULES))
    return [f"{v['id']} ({v['impact']}): {[n['target'] for n in v['nodes']][:5]}" for v in found]


@pytest.fixture
def full_page(page: Page, ward: WardTopics, grader_ticks) -> Page:
    page.emulate_media(reduced_motion="reduce")
    ward.put(*invented_ward(now_ms()))
    expect(page.locator(".tile")).to_have_count(36)
    return page


def test_the_board_breaks_no_rule(full_page: Page):
    assert violations(full_page) == []


def test_the_details_of_a_bed_break_no_rule(full_page: Page):
    full_page.locator("[data-bed='4W-17'] .name").click()
    expect(full_page.locator(".details")).to_be_visible()

    assert violations(full_page) == []


def test_the_sign_in_page_breaks_no_rule(page: Page):
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator(".sign-in")).to_be_visible()

    assert violations(page) == []


def test_every_button_that_answers_an_alarm_is_large_enough_for_a_gloved_finger(full_page: Page):
    boxes = [button.bounding_box() for button in full_page.locator(".acknowledge").all()]

    assert boxes
    assert all(box["height"] >= 44 and box["width"] >= 44 for box in boxes)


def test_a_bed_is_found_opened_and_answered_without_a_mouse(full_page: Page, ward: WardTopics):
    first = full_page.locator(".tile .name").first
    first.focus()
    full_page.keyboard.press("ArrowRight")
    expect(full_page.locator(".tile .name").nth(1)).to_be_focused()
    full_page.keyboard.press("End")
    expect(full_page.locator(".tile .name").last).to_be_focused()
    full_page.keyboard.press("Home")
    expect(first).to_be_focused()

    full_page.keyboard.press("Enter")
    expect(full_page.locator(".details h2")).to_be_focused()
    full_page.keyboard.press("Escape")
    expect(first).to_be_focused()

    full_page.keyboard.press("Tab")
    full_page.keyboard.press("Enter")
    [response] = eventually(ward.responses)
    assert response["action"] == "acknowledge"
