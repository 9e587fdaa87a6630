"""The times of many records, read together: each as it would be read alone, and None where it would be refused."""

import pytest

from schemas import times
from schemas.times import parse_time, parse_times

AT_MS = 1772375400000  # 2026-03-01T14:30:00Z


@pytest.fixture(autouse=True)
def nothing_known_yet(monkeypatch):
    monkeypatch.setattr(times, "_SECONDS", {})


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([], []),
        (["2026-03-01T14:30:00Z"], [0]),
        (["2026-03-01T14:30:00.250Z", "2026-03-01T14:30:00.000Z", "2026-03-01T14:30:01.5Z"], [250, 0, 1500]),
        (["2026-03-01T15:30:00+01:00", "2026-03-01t14:30:00z"], [0, 0]),
        (["2026-02-30T14:30:00Z", "2026-03-01T14:30:00Z"], [None, 0]),
        (["", "today", "2026-03-01T14:30:00"], [None, None, None]),
        (["2026-03-01T14:30:00Z", "1899-12-31T23:59:59Z"], [0, None]),
    ],
)
def test_times_read_together_are_those_read_one_by_one(texts, expected):
    wanted = [None if one is None else AT_MS + one for one in expected]
    for _ in ("for the first time", "known by now"):
        assert parse_times(texts) == wanted
    assert [_alone(text) for text in texts] == wanted


def _alone(text: str) -> int | None:
    try:
        return parse_time(text)
    except ValueError:
        return None


def test_seconds_are_forgotten_together_when_they_are_too_many(monkeypatch):
    monkeypatch.setattr(times, "_MOST_SECONDS", 3)
    for second in range(7):
        assert parse_time(f"2026-03-01T14:30:0{second}Z") == AT_MS + 1000 * second
        assert len(times._SECONDS) <= 3
