"""What an untidy ward does, and what it never does."""

from collections import Counter

import pytest

from services.simulator.ward import arrivals
from tests.unit.simulator.wards import plan

MINUTE_MS = 60_000


@pytest.fixture(scope="module")
def tidy():
    return list(arrivals(plan(30, days=2, every_ms=300_000)))


@pytest.fixture(scope="module")
def untidy():
    return list(arrivals(plan(30, days=2, every_ms=300_000, is_untidy=True)))


def vitals(arrived, source):
    return [arrival for arrival in arrived if arrival.body.get("source") == source]


def test_nothing_is_lost_on_the_way(tidy, untidy):
    delivered = {arrival.body["event_id"] for arrival in untidy}

    # What is still on its way when the file ends is late, not lost: the last hours do not count.
    ends_ms = max(arrival.received_ms for arrival in untidy) - 9 * 60 * MINUTE_MS
    assert {arrival.body["event_id"] for arrival in tidy if arrival.at_ms < ends_ms} <= delivered


def test_some_messages_come_twice_and_unchanged(untidy):
    times = Counter(arrival.body["event_id"] for arrival in untidy)

    assert 0 < sum(count > 1 for count in times.values()) < len(untidy) / 50
    assert max(times.values()) == 2


def test_charts_are_written_down_later_and_some_hours_later(untidy):
    late_min = [(arrival.received_ms - arrival.at_ms) / MINUTE_MS for arrival in vitals(untidy, "manual")]

    assert sum(minutes > 0 for minutes in late_min) > len(late_min) / 20
    assert 60 < max(late_min) < 24 * 60


def test_monitor_readings_overtake_each_other():
    for_one = [a.at_ms for a in vitals(arrivals(plan(1, is_untidy=True)), "monitor")]

    assert for_one != sorted(for_one)


def test_some_clocks_run_ahead_by_less_than_two_minutes(untidy):
    ahead_s = {(a.at_ms - a.received_ms) / 1000 for a in vitals(untidy, "monitor") if a.at_ms > a.received_ms}

    assert ahead_s
    assert max(ahead_s) < 120


def test_retractions_name_a_reading_and_some_overtake_it(untidy):
    arrived = {}
    overtaking = []
    for arrival in untidy:
        arrived.setdefault(arrival.body["event_id"], arrival.received_ms)
        if arrival.body.get("kind") == "retraction" and arrival.body["retracts"] not in arrived:
            overtaking.append(arrival.body["retracts"])

    retracted = [a.body["retracts"] for a in untidy if a.body.get("kind") == "retraction"]
    assert set(retracted) <= set(arrived)
    assert 0 < len(overtaking) < len(retracted)


def test_admissions_are_never_late(untidy):
    assert all(a.received_ms == a.at_ms for a in untidy if a.body.get("kind") == "encounter")
