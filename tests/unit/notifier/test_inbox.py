"""The demo inbox: verifies, keeps, tells repeats, shows."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx
import orjson
import pytest
from standardwebhooks import Webhook

from services.notifier.inbox.app import LARGEST_BODY_BYTES, build_app
from services.notifier.inbox.settings import InboxSettings
from services.runtime.http import serving

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PAGE = {"type": "crs.alarm.raised", "timestamp": "2026-03-01T14:30:00.000Z", "data": {"priority": "high"}}


@pytest.fixture
def settings(tmp_path):
    return InboxSettings(secret=SECRET, store=tmp_path / "inbox.sqlite")


@pytest.fixture
def inbox(settings):
    with running(settings) as client:
        yield client


@contextmanager
def running(settings: InboxSettings) -> Iterator[httpx.Client]:
    with (
        serving(build_app(settings), host="127.0.0.1", port=0) as at,
        httpx.Client(base_url=at.url, trust_env=False) as client,
    ):
        yield client


def signed(page_id: str, body: str, *, secret: str = SECRET) -> dict[str, str]:
    now = datetime.now(UTC)
    return {
        "webhook-id": page_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(page_id, now, body),
    }


def post(inbox: httpx.Client, page_id: str, page: dict = PAGE):
    body = orjson.dumps(page).decode()
    return inbox.post("/pages", content=body, headers=signed(page_id, body))


def test_a_signed_page_is_kept_and_shown(inbox):
    assert post(inbox, "page_1").status_code == 204

    (page,) = inbox.get("/pages").json()
    assert (page["id"], page["times"], page["data"]) == ("page_1", 1, PAGE["data"])


def test_the_same_page_again_is_one_page(inbox):
    assert [post(inbox, name).status_code for name in ("page_1", "page_1", "page_2")] == [204, 204, 204]

    assert [(page["id"], page["times"]) for page in inbox.get("/pages").json()] == [("page_2", 1), ("page_1", 2)]


def test_pages_outlive_a_restart(settings):
    with running(settings) as client:
        post(client, "page_1")
    with running(settings) as client:
        post(client, "page_1")
        assert [(page["id"], page["times"]) for page in client.get("/pages").json()] == [("page_1", 2)]


@pytest.mark.parametrize(
    "spoil",
    [
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "nonsense"},
        {"webhook-signature": "v1,!"},
        {"webhook-timestamp": "1"},
        {"webhook-timestamp": "soon"},
        {"webhook-id": "page_2"},
        {"webhook-id": ""},
    ],
    ids=lambda spoiled: "-".join(*spoiled.items()),
)
def test_what_is_not_signed_by_our_notifier_is_refused(inbox, spoil):
    body = orjson.dumps(PAGE).decode()
    answer = inbox.post("/pages", content=body, headers=signed("page_1", body) | spoil)

    assert answer.status_code == 401
    assert inbox.get("/pages").json() == []


def test_bytes_that_are_no_text_are_refused(inbox):
    assert inbox.post("/pages", content=b"\xff\xfe", headers=signed("page_1", "{}")).status_code == 401


def test_a_body_larger_than_any_page_is_refused(inbox):
    body = "x" * (LARGEST_BODY_BYTES + 1)
    assert inbox.post("/pages", content=body, headers=signed("page_1", body)).status_code == 413


def test_the_page_loads_nothing_from_elsewhere(inbox):
    page = inbox.get("/")

    assert "default-src 'none'" in page.headers["content-security-policy"]
    for path in ("/web/inbox.js", "/web/inbox.css", "/web/bell.svg"):
        assert path in page.text
        assert inbox.get(path).status_code == 200
    assert "://" not in page.text
    assert "style=" not in page.text


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_health_answers(inbox, path):
    assert inbox.get(path).status_code == 200
