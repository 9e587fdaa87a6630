"""The board as a nurse meets it."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.invented_ward import invented_ward
from tests.browser.topics import WardTopics, now_ms
from tests.unit.dashboard.events import because, estimate

# Tiles whose content is taller than they are: something a nurse would not see.
OVERFLOWING = """() => [...document.querySelectorAll(".inside")]
  .filter((inside) => inside.scrollHeight > inside.clientHeight + 1)
  .map((inside) => `${inside.closest(".tile").dataset.bed}: ${inside.scrollHeight} > ${inside.clientHeight}`)"""

pytestmark = [pytest.mark.browser, pytest.mark.kafka]


def test_an_estimate_on_the_topic_becomes_a_tile(page: Page, ward: WardTopics):
    ward.put(estimate(12, 2, 2, now_ms(), because=[because("Fever 38.9 °C")]))

    tile = page.locator("[data-bed='4W-12']")
    expect(tile).to_have_attribute("data-grade-low", "2")
    expect(tile.locator(".why")).to_contain_text("Fever 38.9 °C")


def test_thirty_six_beds_fit_on_one_screen(page: Page, ward: WardTopics, grader_ticks, picture):
    ward.put(*invented_ward(now_ms()))

    tiles = page.locator(".tile")
    expect(tiles).to_have_count(36)
    page.wait_for_function(
        "document.querySelector('.tiles').scrollHeight <= document.querySelector('.tiles').clientHeight"
    )
    overflowing = page.evaluate(OVERFLOWING)
    page.screenshot(path=picture)
    assert overflowing == []
