"""The board as a nurse meets it."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.invented_ward import invented_ward
from tests.browser.topics import WardTopics, now_ms
from tests.unit.dashboard.events import alarm, alarms, because, escalation, estimate, given, vitals
from tests.waiting import eventually

# Tiles whose content is taller than they are: something a nurse would not see.
OVERFLOWING = """() => [...document.querySelectorAll(".inside")]
  .filter((inside) => inside.scrollHeight > inside.clientHeight + 1)
  .map((inside) => `${inside.closest(".tile").dataset.bed}: ${inside.scrollHeight} > ${inside.clientHeight}`)"""

FITS = "() => ((list) => list.scrollHeight <= list.clientHeight)(document.querySelector('.tiles'))"

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
    eventually(lambda: page.evaluate(FITS), what="no bed is below the edge")
    # Seven open alarms: once the order is settled, the last of them is the seventh tile.
    expect(tiles.nth(6).locator(".acknowledge")).to_be_visible(timeout=10_000)
    expect(tiles.first).to_have_attribute("data-bed", "4W-04")
    overflowing = page.evaluate(OVERFLOWING)
    page.screenshot(path=picture)
    assert overflowing == []


def test_an_uncertain_grade_is_a_range_and_no_data_is_not_grade_0(page: Page, ward: WardTopics):
    ward.put(
        estimate(1, 1, 4, now_ms(), missing=["vasopressor"]),
        estimate(2, 0, 4, now_ms(), inputs={}, missing=["temperature_c"]),
        estimate(3, 0, 0, now_ms()),
    )

    expect(page.locator("[data-bed='4W-01'] .grade.crs b")).to_have_text("1\u20134")
    expect(page.locator("[data-bed='4W-02'] .grade.crs b")).to_have_text("?")
    expect(page.locator("[data-bed='4W-02'] .missing")).to_have_text("Never measured: temperature")
    expect(page.locator("[data-bed='4W-03'] .grade.crs b")).to_have_text("0")


def test_each_vital_shows_its_age_and_what_is_wrong_with_it(page: Page, ward: WardTopics):
    at = now_ms()
    found = {
        "temperature_c": given(38.2, at - 5 * 3_600_000, "stale", "manual"),
        "spo2_pct": given(93, at - 20 * 60_000, "lost"),
        "heart_rate_bpm": {"state": "never"},
    }
    ward.put(estimate(5, 1, 4, at, inputs=found), vitals(5, at, resp_rate_bpm=31))

    signs = page.locator("[data-bed='4W-05'] .signs")
    expect(signs.locator("[data-sign=temperature_c]")).to_have_class("stale")
    expect(signs.locator("[data-sign=temperature_c] small")).to_have_text("5h 00 old")
    expect(signs.locator("[data-sign=spo2_pct] s")).to_have_text("93")
    expect(signs.locator("[data-sign=heart_rate_bpm] .value")).to_have_text("never")
    expect(signs.locator("[data-sign=resp_rate_bpm] .value")).to_have_text("31")


def test_an_older_revision_does_not_take_a_grade_back(page: Page, ward: WardTopics):
    at = now_ms()
    ward.put(estimate(1, 3, 3, at, revision=9), estimate(1, 1, 1, at, revision=8), estimate(2, 0, 0, at))

    expect(page.locator("[data-bed='4W-02']")).to_be_visible()
    expect(page.locator("[data-bed='4W-01']")).to_have_attribute("data-grade-low", "3")


def test_the_most_urgent_bed_comes_first(page: Page, ward: WardTopics, grader_ticks):
    ward.put(estimate(1, 0, 0, now_ms()), estimate(2, 0, 0, now_ms()), estimate(3, 0, 0, now_ms()))
    expect(page.locator(".tile")).to_have_count(3)
    raised = escalation(3, 2, now_ms())
    ward.put(estimate(3, 2, 2, now_ms(), revision=2), raised, alarms(3, alarm(raised), at_ms=now_ms()))

    expect(page.locator(".tile").first).to_have_attribute("data-bed", "4W-03", timeout=10_000)


def test_nothing_moves_under_the_pointer(page: Page, ward: WardTopics, grader_ticks):
    ward.put(estimate(1, 0, 0, now_ms()), estimate(2, 0, 0, now_ms()))
    page.locator("[data-bed='4W-01']").hover()
    raised = escalation(2, 4, now_ms())
    ward.put(estimate(2, 4, 4, now_ms(), revision=2), raised, alarms(2, alarm(raised), at_ms=now_ms()))

    expect(page.locator(".waiting")).to_be_visible(timeout=10_000)
    expect(page.locator(".tile").first).to_have_attribute("data-bed", "4W-01")
    page.locator(".waiting").click()
    expect(page.locator(".tile").first).to_have_attribute("data-bed", "4W-02")


def test_an_empty_unit_says_so(page: Page):
    expect(page.locator("main")).to_contain_text("No patients here yet")


def test_a_discharged_patient_leaves_the_board(page: Page, ward: WardTopics):
    ward.put(estimate(1, 0, 0, now_ms()), estimate(2, 0, 0, now_ms()))
    expect(page.locator(".tile")).to_have_count(2)
    ward.put(estimate(1, 0, 0, now_ms(), revision=2, encounter="discharged"))

    expect(page.locator(".tile")).to_have_count(1)


def test_a_bed_opens_with_reasons_trend_and_alarms(page: Page, ward: WardTopics, grader_ticks, picture):
    at = now_ms()
    ward.put(*[vitals(4, at - minutes * 60_000, heart_rate_bpm=90 + minutes % 30) for minutes in range(90, 0, -1)])
    ward.put(*invented_ward(now_ms()))
    expect(page.locator(".tile")).to_have_count(36)
    page.locator("[data-bed='4W-04'] .name").click()

    details = page.locator(".details")
    expect(details).to_contain_text("Norepinephrine running")
    expect(details).to_contain_text("rapid response")
    expect(details.locator(".trend canvas")).to_have_count(5)
    expect(page.locator(".tile").first).to_have_attribute("data-bed", "4W-04")
    page.screenshot(path=picture.with_stem("details"))
    page.keyboard.press("Escape")
    expect(details).to_have_count(0)
    expect(page.locator("[data-bed='4W-04'] .name")).to_be_focused()
