"""What each answer of a receiver means for the page. Pure.

Only 2xx is success: 202 says no more than that the receiver took it, which is all a webhook can say. A redirect is a
failure and is never followed: the page would go where nobody allowed it to go. 410 is the receiver's word that it is
gone for good.
"""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from services.notifier.channels import Outcome

# Anything else below 500 will not get better by asking again: the next hop is called instead.
RETRIED = frozenset({408, 409, 423, 425, 429})


def judge(status: int, retry_after: str | None, *, now: datetime) -> Outcome:
    """The outcome of an attempt that was answered with this status."""
    if 200 <= status < 300:
        return Outcome("sent", str(status))
    if status in RETRIED or status >= 500:
        return Outcome("retry", str(status), retry_after_s(retry_after, now=now))
    return Outcome("failed", str(status))


def retry_after_s(header: str | None, *, now: datetime) -> float | None:
    """Seconds from a Retry-After header, which is a number or a date; None where it is neither."""
    if header is None:
        return None
    if header.strip().isdecimal():
        return float(header)
    try:
        moment = parsedate_to_datetime(header)
    except (ValueError, OverflowError):  # a year beyond any calendar
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((moment - now).total_seconds(), 0.0)
