"""What a receiver's Retry-After may say, and what it may not do to us."""

from datetime import UTC, datetime

import pytest

from services.notifier.channels.webhook.answers import retry_after_s

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("30", 30.0),
        ("Sun, 01 Mar 2026 08:01:00 GMT", 60.0),
        ("Sun, 01 Mar 2026 07:00:00 GMT", 0.0),
        ("soon", None),
        ("Fri, 31 Dec 99999999999999999999 23:59:59 GMT", None),
    ],
)
def test_retry_after(header, seconds):
    assert retry_after_s(header, now=NOW) == seconds
