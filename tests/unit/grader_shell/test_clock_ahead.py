"""A clock that is ahead is shown, and told once each time."""

import logging
import time

import pytest
from prometheus_client import REGISTRY

from services.grader.clock_ahead import TOLD_FROM_S, ClockAhead

PARTITION = 7


def ahead_of_now(seconds: float) -> int:
    return round((time.time() + seconds) * 1000)


def shown() -> float | None:
    return REGISTRY.get_sample_value("crs_partition_clock_ahead_seconds", {"partition": str(PARTITION)})


def test_a_clock_that_is_far_ahead_is_told_once_and_again_when_it_happens_again(caplog):
    clock = ClockAhead(PARTITION)

    told = []
    for seconds in (0, 2 * TOLD_FROM_S, 2 * TOLD_FROM_S, 0, 2 * TOLD_FROM_S):
        clock.look(ahead_of_now(seconds))
        told.append(len(caplog.records))

    assert told == [0, 1, 1, 1, 2]
    assert {(record.levelno, record.partition) for record in caplog.records} == {(logging.ERROR, PARTITION)}


@pytest.mark.parametrize("seconds", [1.0, TOLD_FROM_S / 2])
def test_a_clock_that_is_a_little_ahead_is_only_shown(caplog, seconds):
    ClockAhead(PARTITION).look(ahead_of_now(seconds))

    assert shown() == pytest.approx(seconds, abs=0.9)
    assert caplog.records == []


def test_a_clock_that_is_behind_as_while_catching_up_is_not_ahead():
    ClockAhead(PARTITION).look(ahead_of_now(-3600))

    assert shown() == 0


def test_of_a_partition_that_was_given_up_nothing_is_shown():
    clock = ClockAhead(PARTITION)
    clock.look(ahead_of_now(60))

    clock.forget()
    clock.forget()

    assert shown() is None
