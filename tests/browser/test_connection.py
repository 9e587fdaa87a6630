"""A board that shows the past must look like it: lost server, silent grader, signed out."""

import time

import pytest
from playwright.sync_api import Page, expect

from tests.browser.board_process import BoardProcess
from tests.browser.topics import WardTopics, now_ms
from tests.unit.dashboard.events import estimate

pytestmark = [pytest.mark.browser, pytest.mark.kafka]


def test_a_killed_server_is_said_within_five_seconds_and_a_new_one_found(
    page: Page, own_board: BoardProcess, ward: WardTopics, grader_ticks
):
    ward.put(estimate(1, 1, 1, now_ms()))
    expect(page.locator("[data-bed='4W-01']")).to_have_attribute("data-grade-low", "1")

    own_board.kill()
    killed = time.monotonic()
    lost = page.locator("[data-notice=lost]")
    expect(lost).to_be_visible(timeout=5_000)
    assert time.monotonic() - killed < 5
    expect(lost).to_contain_text("Last update")
    expect(page.locator("[data-bed='4W-01']")).to_be_visible()

    ward.put(estimate(1, 3, 3, now_ms(), revision=2))
    own_board.start()
    expect(lost).to_have_count(0, timeout=10_000)
    expect(page.locator("[data-bed='4W-01']")).to_have_attribute("data-grade-low", "3")


def test_a_server_that_hangs_is_said_within_five_seconds_too(page: Page, own_board: BoardProcess, ward: WardTopics):
    ward.put(estimate(1, 1, 1, now_ms()))
    expect(page.locator("[data-bed='4W-01']")).to_be_visible()

    with own_board.frozen():
        expect(page.locator("[data-notice=lost]")).to_be_visible(timeout=5_000)

    expect(page.locator("[data-notice=lost]")).to_have_count(0, timeout=10_000)


def test_a_grader_that_stopped_is_said_while_vitals_go_on(page: Page, ward: WardTopics, grader_ticks):
    ward.put(estimate(1, 1, 1, now_ms()))
    notice = page.locator("[data-notice=grading]")
    expect(page.locator("[data-bed='4W-01']")).to_be_visible()
    expect(notice).to_have_count(0, timeout=5_000)

    grader_ticks.set()

    expect(notice).to_contain_text("Grading stopped at", timeout=20_000)
    expect(page.locator("[data-bed='4W-01'] .stopped")).to_contain_text("Not graded since")


def test_a_board_that_is_asked_to_stop_ends_at_once_and_cleanly(page: Page, own_board: BoardProcess):
    expect(page.locator(".link")).to_contain_text("Live")

    assert own_board.stop() == 0
    assert "error" not in own_board.log.read_text()
