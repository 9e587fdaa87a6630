"""A real Chromium, a real board and real Kafka under it."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from services.dashboard.build import build
from services.runtime.settings import KafkaSettings
from tests.browser.board_process import PASSWORD, BoardProcess
from tests.browser.chromium import FLAGS, chromium
from tests.browser.topics import WardTopics


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the run."""
    found = chromium()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=found.path, env=dict(found.environment), args=list(FLAGS), chromium_sandbox=False
        )
        yield started
        started.close()


@pytest.fixture
def board(ward_topics: KafkaSettings, tmp_path: Path) -> Iterator[BoardProcess]:
    """A board of its own on topics of its own."""
    build()
    process = BoardProcess(ward_topics, tmp_path)
    try:
        process.start()
        yield process
    finally:
        process.close()


@pytest.fixture
def ward(ward_topics: KafkaSettings) -> Iterator[WardTopics]:
    """The topics under the board."""
    topics = WardTopics(ward_topics)
    yield topics
    topics.close()


@pytest.fixture
def grader_ticks(ward: WardTopics) -> Iterator[threading.Event]:
    """Ticks once a second, as a working grader writes them, until the event is set."""
    stopped = threading.Event()

    def tick() -> None:
        while not stopped.wait(1.0):
            ward.tick()

    ward.tick()
    ticking = threading.Thread(target=tick)
    ticking.start()
    yield stopped
    stopped.set()
    ticking.join()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """Where the picture of the board goes: CRSWATCH_BOARD_PICTURE, or nowhere that stays."""
    return Path(os.environ.get("CRSWATCH_BOARD_PICTURE") or tmp_path / "board.png")


@pytest.fixture
def page(browser: Browser, board: BoardProcess) -> Iterator[Page]:
    """The board's page on a large screen, signed in as the charge nurse."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="en-GB")
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda fault: faults.append(str(fault)))
    opened.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
    sign_in(opened, board)
    yield opened
    context.close()
    assert not faults, faults


def sign_in(page: Page, board: BoardProcess, username: str = "charge") -> None:
    page.goto(board.url)
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_selector("header")
