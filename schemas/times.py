"""Times on the wire and in the process.

On the wire a time is an RFC 3339 string with a zone; we write UTC with milliseconds and a Z. In the process a time is a
whole number of milliseconds since 1970 in UTC, so that comparing two of them can never depend on a zone.
"""

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated

from pydantic import Field

# The shape only: whether the day exists is `parse_time`'s business, which runs once for each record.
RFC_3339 = (
    r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt]"
    r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$"
)

LONGEST = 40
_SHAPE = re.compile(RFC_3339, re.ASCII)
Time = Annotated[str, Field(pattern=RFC_3339, max_length=LONGEST, json_schema_extra={"format": "date-time"})]

EARLIEST_MS = -2_208_988_800_000  # 1900-01-01: nobody in the ward was observed before

# A ward at 1 Hz names the same few seconds thousands of times: in the shape in which we write it a time is two
# look-ups, of its first 19 signs and of all others.
_WHOLE_SECOND = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}")
_MOST_SECONDS = 10_000
SECONDS: dict[str, int] = {}  # milliseconds since 1970 of `2026-03-01T14:30:00`, once it was asked for
FRACTIONS = {"Z": 0} | {f".{milliseconds:03d}Z": milliseconds for milliseconds in range(1000)}


def parse_time(text: str) -> int:
    """Milliseconds since 1970 of an RFC 3339 time; finer digits are cut off, never rounded into the future.

    Raises:
        ValueError: the text has no zone, names a day that does not exist, or lies before 1900. It does not repeat it.
    """
    try:
        return SECONDS[text[:19]] + FRACTIONS[text[19:]]
    except KeyError:
        _remember(text[:19])
        return _parsed(text)


def parse_any_text(text: str) -> int:
    """The same of a text whose shape nobody has looked at yet.

    Raises:
        ValueError: also where it is not of that shape.
    """
    try:
        return SECONDS[text[:19]] + FRACTIONS[text[19:]]
    except KeyError:
        if len(text) > LONGEST or not _SHAPE.fullmatch(text):
            raise ValueError("not a time") from None
        return parse_time(text)


def _remember(second: str) -> None:
    """Only what has the one shape, after which nothing but a fraction and a zone can follow."""
    if second in SECONDS or not _WHOLE_SECOND.fullmatch(second):
        return
    try:
        at_ms = _parsed(second + "Z")
    except ValueError:
        return
    if len(SECONDS) >= _MOST_SECONDS:
        SECONDS.clear()
    SECONDS[second] = at_ms


def _parsed(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        raise ValueError("not a time") from None
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    seconds = int(moment.replace(microsecond=0).timestamp())
    at_ms = seconds * 1000 + moment.microsecond // 1000
    if at_ms < EARLIEST_MS:
        raise ValueError("a time before 1900")
    return at_ms


def format_time(at_ms: int) -> str:
    """The one way a time leaves us: `2026-03-01T14:30:00.000Z`."""
    seconds, milliseconds = divmod(at_ms, 1000)
    return f"{_second(seconds)}.{milliseconds:03d}Z"


@lru_cache(maxsize=4096)
def _second(seconds: int) -> str:
    """The same second is told again and again: of a ward's estimates, and of one patient's charts."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}"
