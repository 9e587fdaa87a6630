"""Rule values to milliseconds: rules speak the ward's units, the engine counts milliseconds."""

from functools import lru_cache

SECOND_MS = 1000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
# Before every time that the wire allows: dates of patients whose names were taken away may lie before 1970.
NOTHING_YET_MS = -(1 << 42)
NEVER_MS = 1 << 60


def seconds(value: float) -> int:
    """Seconds as milliseconds."""
    return round(value * SECOND_MS)


@lru_cache(maxsize=1024)  # one number for all patients who keep it
def minutes(value: float) -> int:
    """Minutes as milliseconds."""
    return round(value * MINUTE_MS)


@lru_cache(maxsize=1024)
def hours(value: float) -> int:
    """Hours as milliseconds."""
    return round(value * HOUR_MS)


def days(value: float) -> int:
    """Days as milliseconds."""
    return round(value * DAY_MS)
