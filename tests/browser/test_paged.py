"""A page's link leads to the alarm, over the sign-in and from another site."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.board_process import PASSWORD, BoardProcess
from tests.browser.topics import WardTopics, now_ms
from tests.unit.dashboard.events import alarm, alarms, escalation, estimate

pytestmark = [pytest.mark.browser, pytest.mark.kafka]


def follow_link(page: Page, board: BoardProcess, escalation_id: str) -> None:
    """From a message on another site, as a messenger shows it."""
    page.goto("about:blank")
    page.set_content(f"<a href='{board.url}/?escalation={escalation_id}'>Open the board</a>")
    page.get_by_role("link").click()


def test_a_pages_link_opens_its_bed_and_says_calmly_when_it_is_over(
    browser: Browser, board: BoardProcess, ward: WardTopics, grader_ticks, picture
):
    raised = escalation(7, 2, now_ms())
    ward.put(*[estimate(number, 1, 1, now_ms()) for number in range(1, 7)], estimate(7, 2, 2, now_ms()))
    ward.put(raised, alarms(7, alarm(raised), at_ms=now_ms()))
    ward.elsewhere("9X").put(estimate(9, 1, 1, now_ms()))
    escalation_id = f"{ward.unit}/{raised['escalation_id']}"
    with browser.new_context(viewport={"width": 1920, "height": 1080}, locale="en-GB") as context:
        page = context.new_page()

        # Signed out: over the sign-in, a mistyped password included.
        follow_link(page, board, escalation_id)
        for password in ("guess", PASSWORD):
            page.fill("#username", "charge")
            page.fill("#password", password)
            page.click("button[type=submit]")
        arrived(page, ward, escalation_id)
        page.screenshot(path=picture.with_stem("paged"))
        page.keyboard.press("Escape")
        expect(page.locator("[data-bed='4W-07'] .name")).to_be_focused()

        # Signed in: straight there.
        follow_link(page, board, escalation_id)
        arrived(page, ward, escalation_id)

        ward.put(alarms(7, at_ms=now_ms(), revision=2))
        expect(page.locator("[data-bed='4W-07'] .alarm")).to_have_count(0)
        ward.put(escalation(7, 2, now_ms(), kind="resolved", escalation_id="end", resolves=[raised["escalation_id"]]))
        follow_link(page, board, escalation_id)
        notice = page.locator("[data-notice=paged]")
        expect(notice).to_contain_text("The alarm you were paged for is over: 4W-07 is shown as it is now.")
        expect(page.locator(".details h2")).to_have_text("Bed 4W-07")
        page.set_viewport_size({"width": 390, "height": 800})  # a telephone: the sentence is not behind the bed
        notice.get_by_role("button", name="Close").click(trial=True)
        page.screenshot(path=picture.with_stem("paged-over"))
        page.set_viewport_size({"width": 1920, "height": 1080})

        follow_link(page, board, "made-up")
        expect(notice).to_contain_text("is not on this board")
        expect(page.locator(".details")).to_have_count(0)
        notice.get_by_role("button", name="Close").click()
        expect(notice).to_have_count(0)


def arrived(page: Page, ward: WardTopics, escalation_id: str) -> None:
    expect(page.locator(".details h2")).to_be_focused()
    expect(page.locator(".details h2")).to_have_text("Bed 4W-07")
    expect(page.locator(".alarm-full.paged")).to_contain_text("You were paged for this alarm")
    expect(page.locator(".alarm-full.paged .alarm")).to_have_attribute("data-alarm", escalation_id)
    expect(page.locator(".tile.selected")).to_have_attribute("data-bed", "4W-07")
    expect(page.locator("header select")).to_have_value(ward.unit)
    expect(page.locator("[data-notice=paged]")).to_have_count(0)
    expect(page.locator(".tile")).to_have_count(7)
