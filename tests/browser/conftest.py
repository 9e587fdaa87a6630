"""A real Chromium, a real board and real Kafka under it."""

import itertools
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from services.dashboard.build import build
from services.runtime.kafka_source import Kafka
from services.runtime.settings import KafkaSettings
from tests.browser.board_process import PASSWORD, BoardProcess
from tests.browser.chromium import FLAGS, chromium
from tests.browser.topics import BOARD_TOPICS, WardTopics
from tests.kafka import topics_of_its_own

UNITS = itertools.count(4)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium a module; one a run would hold the event loop that other tests need for their own."""
    found = chromium()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=found.path, env=dict(found.environment), args=list(FLAGS), chromium_sandbox=False
        )
        yield started
        started.close()


@pytest.fixture(scope="session")
def board_topics(kafka: Kafka) -> Iterator[KafkaSettings]:
    """Topics that all browser tests of a run share; each test has a unit of its own in them."""
    with topics_of_its_own(kafka.bootstrap_servers, only=BOARD_TOPICS) as settings:
        yield settings


@pytest.fixture(scope="session")
def shared_board(board_topics: KafkaSettings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BoardProcess]:
    """The board that all tests share which do not stop it."""
    yield from _running(board_topics, tmp_path_factory.mktemp("board"))


@pytest.fixture
def own_board(board_topics: KafkaSettings, tmp_path: Path) -> Iterator[BoardProcess]:
    """A board to be stopped, killed and frozen."""
    yield from _running(board_topics, tmp_path)


def _running(kafka: KafkaSettings, folder: Path) -> Iterator[BoardProcess]:
    build()
    process = BoardProcess(kafka, folder)
    try:
        process.start()
        yield process
    finally:
        process.close()


@pytest.fixture
def ward(board_topics: KafkaSettings) -> Iterator[WardTopics]:
    """A unit of this test's own on the topics under the board."""
    topics = WardTopics(board_topics, f"{next(UNITS)}W")
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
def board(request: pytest.FixtureRequest) -> BoardProcess:
    """The board behind `page`: a test's own if it asks for one, else the shared one."""
    wanted = "own_board" if "own_board" in request.fixturenames else "shared_board"
    return request.getfixturevalue(wanted)


@pytest.fixture
def page(browser: Browser, board: BoardProcess, ward: WardTopics) -> Iterator[Page]:
    """The unit's page on a large screen, signed in as the charge nurse."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="en-GB")
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda fault: faults.append(str(fault)))
    opened.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
    sign_in(opened, board, ward.unit)
    yield opened
    context.close()
    assert not faults, faults


def sign_in(page: Page, board: BoardProcess, unit: str, username: str = "charge") -> None:
    page.goto(board.url)
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_selector("header")
    page.goto(f"{board.url}/?unit={unit}")
    page.wait_for_selector("[data-link=live]")
