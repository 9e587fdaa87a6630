"""The sign-in over HTTP, without Kafka: it keeps where somebody wanted to go."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.dashboard.app import build_app
from services.dashboard.build import WEB
from services.dashboard.settings import DashboardSettings
from tests.browser.board_process import PASSWORD, USERS

LINK = "/?escalation=rise-07-2"
KEPT = "/sign-in?to=%2F%3Fescalation%3Drise-07-2"


class Client:
    """Asks the application itself; it is never started, so it reads nothing."""

    def __init__(self, asking: httpx.AsyncClient, runner: asyncio.Runner) -> None:
        self._asking = asking
        self._runner = runner

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self._runner.run(self._asking.get(path, **more))

    def sign_in(self, to: str, password: str = PASSWORD) -> httpx.Response:
        form = {"username": "charge", "password": password, "to": to}
        return self._runner.run(self._asking.post("/sign-in", data=form))


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    app = build_app(
        DashboardSettings(
            users_file=USERS, session_key_file=tmp_path / "session.key", static_dir=WEB, bootstrap_servers="nowhere:1"
        )
    )
    with asyncio.Runner() as runner:
        yield Client(httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://ward"), runner)


def test_a_link_is_kept_over_the_sign_in(client: Client):
    sent = client.get(LINK)
    page = client.get(sent.headers["location"])
    entered = client.sign_in(LINK)

    assert (sent.status_code, sent.headers["location"]) == (303, KEPT)
    assert f'<input type="hidden" name="to" value="{LINK}" />' in page.text
    assert (entered.status_code, entered.headers["location"]) == (303, LINK)


def test_a_wrong_password_does_not_lose_the_link(client: Client):
    refused = client.sign_in(LINK, "guess")

    assert refused.headers["location"] == KEPT.replace("?", "?why=wrong&", 1)


@pytest.mark.parametrize(
    "to", ["//elsewhere.example", "https://elsewhere.example/", "/\\elsewhere.example", "/sign-out"]
)
def test_signing_in_never_leads_elsewhere(client: Client, to: str):
    entered = client.sign_in(to)
    again = client.get("/sign-in", params={"to": to})

    assert [entered.headers["location"], again.headers["location"]] == ["/", "/"]


def test_a_board_that_still_reads_calls_nothing_over(client: Client):
    client.sign_in("/")
    answer = client.get("/api/paged", params={"escalation": "rise-07-2"})

    assert answer.status_code == 503


def test_an_endless_form_of_a_stranger_is_not_kept(client: Client):
    answer = client.sign_in("/", "x" * 200_000)

    assert answer.status_code == 413
