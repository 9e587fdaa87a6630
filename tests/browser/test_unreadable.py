"""What nobody could read is said on the board, with what a nurse can do about it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from schemas.topics import ESTIMATES
from services.runtime.kafka_source import Kafka
from services.runtime.settings import KafkaSettings
from tests.browser.board_process import BoardProcess
from tests.browser.topics import BOARD_TOPICS, WardTopics, now_ms
from tests.kafka import topics_of_its_own
from tests.unit.dashboard.events import estimate

pytestmark = [pytest.mark.browser, pytest.mark.kafka]


@pytest.fixture
def board_topics(kafka: Kafka) -> Iterator[KafkaSettings]:
    """Topics of this test alone: garbage stays in them, and every board that reads them says so."""
    with topics_of_its_own(kafka.bootstrap_servers, only=BOARD_TOPICS) as settings:
        yield settings


def test_messages_that_cannot_be_read_are_said_with_their_time_and_what_to_do(
    page: Page, own_board: BoardProcess, ward: WardTopics
):
    notice = page.locator("[data-notice=unreadable]")
    ward.put(estimate(1, 2, 2, now_ms()))
    expect(page.locator("[data-bed='4W-01']")).to_have_attribute("data-grade-low", "2")
    expect(notice).to_have_count(0)

    ward.put_raw(ESTIMATES, "p1", b"{")

    expect(notice).to_contain_text("A message to this board could not be read, sent at")
    expect(notice).to_contain_text("compare with the monitors")

    ward.put_raw(ESTIMATES, "p1", b"[]")

    expect(notice).to_contain_text("2 messages to this board could not be read, the last one sent at")
    expect(page.locator("[data-bed='4W-01']")).to_have_attribute("data-grade-low", "2")
