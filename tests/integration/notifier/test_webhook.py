"""The webhook channel against a real HTTP receiver that behaves badly."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from services.notifier.channels import Outcome
from services.notifier.channels.webhook.answers import judge, retry_after_s
from services.notifier.channels.webhook.channel import WebhookChannel
from services.notifier.retrying import wait_s
from tests.integration.notifier.receiver import SECRET, Reply, receiving

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

ANSWERS = [
    # what the receiver says                       status  Retry-After                        result    asked_s
    ("it has it", 200, None, "sent", None),
    ("it has taken it", 202, None, "sent", None),
    ("it has nothing to add", 204, "60", "sent", None),
    ("it has moved for good", 301, None, "failed", None),
    ("it has moved for now", 307, None, "failed", None),
    ("the page is malformed", 400, None, "failed", None),
    ("the secret is wrong", 401, None, "failed", None),
    ("we are not welcome", 403, None, "failed", None),
    ("nobody lives there", 404, None, "failed", None),
    ("it waited too long for us", 408, None, "retry", None),
    ("it is gone for good", 410, "5", "failed", None),
    ("the page is too large", 413, None, "failed", None),
    ("it has too much to do", 429, "7", "retry", 7.0),
    ("too much until a date", 429, "Sun, 01 Mar 2026 12:00:30 GMT", "retry", 30.0),
    ("too much, and nonsense", 429, "soon", "retry", None),
    ("it fails", 500, None, "retry", None),
    ("what is behind it fails", 502, None, "retry", None),
    ("it is closed for a while", 503, "120", "retry", 120.0),
    ("what is behind it is slow", 504, None, "retry", None),
]


@pytest.mark.parametrize(
    ("status", "retry_after", "result", "asked_s"), [row[1:] for row in ANSWERS], ids=[row[0] for row in ANSWERS]
)
def test_every_answer_has_one_meaning(status, retry_after, result, asked_s):
    assert judge(status, retry_after, now=NOON) == Outcome(result, str(status), asked_s)


def test_a_date_in_the_past_asks_for_no_wait():
    assert retry_after_s("Sun, 01 Mar 2026 11:00:00 GMT", now=NOON) == 0.0


@pytest.mark.parametrize(
    ("attempt", "asked_s", "chance", "expected_s"),
    [(1, None, 0.0, 1.0), (2, None, 0.0, 2.0), (3, None, 1.0, 5.0), (50, None, 0.0, 30.0), (1, 20.0, 0.0, 20.0),
     (5, 2.0, 0.0, 15.0), (1, 86_400.0, 0.0, 120.0)],
)  # fmt: skip
def test_waits_grow_to_half_a_minute_and_a_receiver_may_ask_for_two(attempt, asked_s, chance, expected_s):
    assert wait_s(attempt, Outcome("retry", "503", asked_s), chance=chance) == expected_s


def test_the_library_of_the_standard_accepts_what_we_sign():
    signed = Webhook(SECRET).sign(
        "msg_crs_1", datetime.fromtimestamp(1772375400, UTC), '{"type":"crs.escalation.raised"}'
    )
    assert signed == "v1,kvgYGatBKAWAso4gi8hdgVS/UwtnMzCU5HN3qfzkW48="


def test_a_page_arrives_signed_and_a_second_attempt_differs_only_in_its_time():
    with receiving() as receiver, channel(receiver.url) as webhook:
        assert webhook.send("page_1", '{"type":"crs.alarm.raised"}').result == "sent"
        assert webhook.send("page_1", '{"type":"crs.alarm.raised"}').result == "sent"

    first, second = receiver.got
    assert (first.id, first.body) == (second.id, second.body) == ("page_1", b'{"type":"crs.alarm.raised"}')


def test_a_redirect_is_not_followed():
    with receiving() as elsewhere, receiving() as receiver, channel(receiver.url) as webhook:
        receiver.script = lambda _: Reply(307, (("location", elsewhere.url),))
        assert webhook.send("page_1", "{}") == Outcome("failed", "307")
        assert elsewhere.got == []


def test_a_receiver_that_never_answers_costs_the_timeout_and_no_more():
    with receiving() as receiver, channel(receiver.url, seconds=0.3) as webhook:
        receiver.script = lambda _: Reply(None)
        began = time.monotonic()
        assert webhook.send("page_1", "{}") == Outcome("retry", "timeout")
        assert time.monotonic() - began < 2


def test_a_receiver_that_drips_its_answer_cannot_hold_the_line():
    with dripping() as url, channel(url, seconds=0.5) as webhook:
        began = time.monotonic()
        assert webhook.send("page_1", "{}") == Outcome("retry", "timeout")
        assert time.monotonic() - began < 2


def test_nobody_listening_is_no_connection():
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
    with channel(url) as webhook:
        assert webhook.send("page_1", "{}") == Outcome("retry", "no connection")


@contextmanager
def channel(url: str, *, seconds: float = 5) -> Iterator[WebhookChannel]:
    webhook = WebhookChannel(url, SECRET, timeout=timedelta(seconds=seconds))
    yield webhook
    webhook.close()


@contextmanager
def dripping() -> Iterator[str]:
    """A server that sends one byte of its status line every 50 ms."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            connection, _ = listener.accept()
            with connection:
                for byte in b"HTTP/1.1 200 OK\r\n" * 40:
                    if over.wait(0.05):
                        return
                    try:
                        connection.send(bytes([byte]))
                    except OSError:
                        return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        over.set()
        thread.join(timeout=5)
