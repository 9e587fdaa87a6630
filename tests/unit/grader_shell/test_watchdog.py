"""When standing still is a fault: records wait, the broker answers, and nothing is applied for the limit."""

import queue
import time
from collections.abc import Sequence
from types import SimpleNamespace

import pytest

from services.grader import watchdog as watchdog_module
from services.grader.ownership import NOT_OPENED, Ownership
from services.grader.readiness import PROGRESS_WITHIN_S, progress
from services.grader.watchdog import Rebalance, Standstill, Watchdog
from tests.waiting import eventually


def test_standing_still_while_records_wait_is_noticed_at_the_limit():
    standstill = Standstill(limit_s=30)

    assert standstill.stuck({0: 100}, {0: 120}, now_s=0) == []
    assert standstill.stuck({0: 100}, {0: 150}, now_s=29) == []
    assert standstill.stuck({0: 100}, {0: 150}, now_s=30) == [0]


def test_a_quiet_partition_is_no_standstill():
    standstill = Standstill(limit_s=30)

    for now_s in (0, 60, 120):
        assert standstill.stuck({0: 100}, {0: 100}, now_s=now_s) == []


def test_what_came_at_the_end_of_a_long_look_has_not_waited_for_as_long_as_that_took():
    """Partitions without a leader are asked for one by one: a look at them takes longer than the limit."""
    standstill = Standstill(limit_s=30)
    standstill.stuck({0: 100, 1: 5}, {1: 5}, now_s=0)

    assert standstill.stuck({0: 100, 1: 65}, {0: 101, 1: 65}, now_s=60) == []
    assert standstill.stuck({0: 100, 1: 95}, {0: 101, 1: 95}, now_s=90) == [0]


def test_any_progress_counts_from_anew():
    standstill = Standstill(limit_s=30)
    standstill.stuck({0: 100}, {0: 200}, now_s=0)

    assert standstill.stuck({0: 101}, {0: 200}, now_s=29) == []
    assert standstill.stuck({0: 101}, {0: 200}, now_s=58) == []
    assert standstill.stuck({0: 101}, {0: 200}, now_s=59) == [0]


def test_a_long_record_is_progress_while_it_is_worked_on_and_others_wait_for_it():
    standstill = Standstill(limit_s=30)

    def stuck(now_s: int, slices: int) -> list[int]:
        return standstill.stuck({0: 5, 1: 7}, {0: 900, 1: 9}, now_s=now_s, slices={0: slices, 1: 3})

    assert not any(stuck(now_s, slices=now_s) for now_s in range(0, 120, 5))
    assert [stuck(now_s, slices=115) for now_s in (120, 150)] == [[1], [0, 1]]


def test_waiting_for_its_turn_while_another_works_off_a_backlog_counts_for_a_quarter():
    standstill = Standstill(limit_s=30)

    stuck = [standstill.stuck({0: 5, 1: now_s}, {0: 9, 1: 900}, now_s=now_s) for now_s in range(0, 125, 5)]

    assert stuck.index([0]) == 120 / 5


def test_a_partition_left_behind_while_the_others_have_nothing_to_do_is_noticed_at_the_limit():
    standstill = Standstill(limit_s=30)

    stuck = [standstill.stuck({0: 5, 1: now_s}, {0: 9, 1: now_s}, now_s=now_s) for now_s in range(0, 35, 5)]

    assert stuck.index([0]) == 30 / 5


def test_a_broker_that_did_not_answer_is_not_held_against_us():
    standstill = Standstill(limit_s=30)
    standstill.stuck({0: 100}, {0: 200}, now_s=0)
    standstill.forget()

    assert standstill.stuck({0: 100}, {0: 200}, now_s=60) == []


def test_a_partition_that_was_given_up_is_forgotten():
    standstill = Standstill(limit_s=30)
    standstill.stuck({0: 100, 1: 5}, {0: 200, 1: 5}, now_s=0)
    standstill.stuck({1: 6}, {1: 6}, now_s=20)

    assert standstill.stuck({0: 100, 1: 7}, {0: 200, 1: 7}, now_s=40) == []


def test_a_partition_that_is_ours_and_never_taken_over_is_noticed_after_four_times_the_limit():
    standstill = Standstill(limit_s=30)

    stuck = [standstill.stuck({0: now_s, 1: NOT_OPENED}, {0: now_s, 1: 9}, now_s=now_s) for now_s in range(0, 125, 5)]

    assert stuck.index([1]) == 120 / 5


def test_partitions_that_wait_while_another_one_reads_its_state_are_no_fault_for_as_long_as_that_may_take():
    standstill = Standstill(limit_s=30)
    reading = [standstill.stuck({0: 5, 1: NOT_OPENED}, {0: 900, 1: 9}, now_s=now_s) for now_s in range(0, 120, 5)]

    assert not any(reading)
    assert sorted(standstill.stuck({0: 5, 1: NOT_OPENED}, {0: 900, 1: 9}, now_s=120)) == [0, 1]


def test_a_partition_that_is_lost_while_another_one_reads_its_state_is_noticed_sooner_once_that_is_done():
    standstill = Standstill(limit_s=30)
    for now_s in range(0, 65, 5):
        standstill.stuck({0: 5, 1: NOT_OPENED}, {0: 900, 1: 9}, now_s=now_s)

    stuck = [standstill.stuck({0: 5, 1: 9}, {0: 900, 1: 9}, now_s=60 + now_s) for now_s in range(0, 30, 5)]

    assert stuck.index([0]) == 15 / 5


def test_many_partitions_that_are_taken_over_slowly_one_after_the_other_are_no_fault():
    standstill = Standstill(limit_s=30)
    many = range(10)

    def positions(now_s: int) -> dict[int, int]:
        """One more is taken over every minute."""
        return {number: now_s if now_s >= 60 * number else NOT_OPENED for number in many}

    assert not any(
        standstill.stuck(positions(now_s), dict.fromkeys(many, 900), now_s=now_s) for now_s in range(0, 600, 5)
    )


def test_a_group_that_is_divided_anew_without_end_is_noticed_at_the_limit():
    rebalance = Rebalance(limit_s=90)

    stuck = [rebalance.is_stuck(rebalancing=now_s >= 10, now_s=now_s) for now_s in range(0, 105, 5)]

    assert stuck.index(True) == 100 / 5


def test_a_group_that_is_divided_anew_now_and_then_is_no_fault():
    rebalance = Rebalance(limit_s=90)

    assert not any(rebalance.is_stuck(rebalancing=now_s % 90 != 0, now_s=now_s) for now_s in range(0, 900, 5))


def test_while_the_broker_does_not_answer_nobody_can_join_a_group():
    rebalance = Rebalance(limit_s=90)
    rebalance.is_stuck(rebalancing=True, now_s=0)
    rebalance.forget()

    assert not rebalance.is_stuck(rebalancing=True, now_s=120)
    assert rebalance.is_stuck(rebalancing=True, now_s=210)


@pytest.fixture
def looking(monkeypatch):
    """Starts a watchdog that looks without a pause; gives why it ended the process."""
    ends = queue.Queue[str]()
    watchdogs = []

    def end_process(why: str, *_, **__):
        ends.put(why)
        watchdogs[-1].stop()

    def look(*, log_ends=lambda _: {0: 7}, positions=lambda: {0: 7}, seen=lambda *_: None, rebalancing=lambda: False):
        watchdogs.append(
            Watchdog(
                positions,
                log_ends,
                limit_s=30,
                seen=seen,
                rebalancing=rebalancing,
                rebalance_limit_s=0.0,
                same_log=SimpleNamespace(note=lambda: None, look=lambda: None),
            )
        )
        watchdogs[-1].start()
        return ends

    monkeypatch.setattr(watchdog_module, "LOOK_EVERY_S", 0.01)
    monkeypatch.setattr(watchdog_module, "end_process", end_process)
    yield look
    watchdogs[-1].stop()


def broken(*_):
    raise RuntimeError("a fault of ours")


@pytest.mark.parametrize("place", ["positions", "seen", "rebalancing"])
def test_a_watchdog_that_can_look_no_more_ends_the_process(looking, place):
    assert looking(**{place: broken}).get(timeout=5) == "the watchdog cannot look any more"


def test_a_process_that_never_comes_back_into_its_group_ends(looking):
    why = looking(positions=dict, rebalancing=lambda: True).get(timeout=5)

    assert why == "the group has not given us our partitions for too long"


def test_a_log_that_ends_before_what_was_graded_of_it_ends_the_process(looking):
    why = looking(positions=lambda: {0: 7, 1: 7}, log_ends=lambda _: {0: 7, 1: 6}).get(timeout=5)

    assert why == "the log ends before what was graded of it"


def test_a_leader_that_knows_less_for_a_moment_does_not_end_the_process(looking):
    looks = queue.Queue[None]()

    def log_ends(_):
        looks.put(None)
        return {0: 6 if looks.qsize() % 2 else 7}

    ended = looking(log_ends=log_ends)

    eventually(lambda: looks.qsize() > 6, within=5)
    assert ended.empty()


@pytest.mark.parametrize(
    "worker",
    [
        {"positions": dict},  # a spare one: more workers than partitions
        {"positions": dict, "rebalancing": lambda: True, "log_ends": broken},
    ],
)
def test_a_worker_that_has_nothing_to_do_lives_and_so_does_one_whose_broker_is_away(looking, worker):
    looks = queue.Queue[None]()

    def log_ends(asked):
        looks.put(None)
        return worker.get("log_ends", lambda _: {})(asked)

    ended = looking(**{**worker, "log_ends": log_ends})

    eventually(lambda: looks.qsize() > 5, within=5)
    assert ended.empty()


def test_a_worker_is_not_ready_while_a_partition_of_its_own_is_not_graded():
    ownership = worker(assigned=[3, 4])

    assert ownership.positions() == {3: NOT_OPENED, 4: NOT_OPENED}
    look = progress(ownership, ticks=True)()
    assert not look.ok
    assert look.detail == "2 partitions are ours and not graded yet, 0 are graded"


def worker(*partitions: SimpleNamespace, assigned: Sequence[int] = ()) -> Ownership:
    owned = {partition.number: partition for partition in partitions}
    ownership = Ownership(SimpleNamespace(fetch=None), declare_safe=print, assigned=lambda: {*owned, *assigned})
    ownership.owned = owned
    ownership.tick()
    return ownership


def partition(number: int, *, quiet_s: float = 0, next_offset: int = 0, mending: int | None = None) -> SimpleNamespace:
    """As much of one as readiness looks at; `mending` is how far those who are missing have come."""
    way = None if mending is None else SimpleNamespace(next=mending)
    return SimpleNamespace(number=number, progress_s=time.monotonic() - quiet_s, next=next_offset, mending=way)


@pytest.mark.parametrize(("ticks", "ok"), [(True, False), (False, True)])
def test_a_partition_in_which_even_time_stands_still_is_not_ready(ticks, ok):
    quiet = worker(partition(3), partition(4, quiet_s=PROGRESS_WITHIN_S + 0.1))

    look = progress(quiet, ticks=ticks)()

    assert look.ok is ok
    assert look.detail.startswith("2 partitions, the quietest applied something 15.1 s ago")
    assert progress(worker(partition(3), partition(4, quiet_s=PROGRESS_WITHIN_S - 1)), ticks=True)().ok


def test_a_worker_whose_patients_are_not_all_back_yet_is_not_ready_and_says_why():
    mending = worker(partition(3), partition(4, next_offset=500, mending=120), partition(7, next_offset=9, mending=9))

    look = progress(mending, ticks=True)()

    assert not look.ok
    assert look.detail == (
        "stored state could not be read: patients of partition 4, 7 are rebuilt from the log and not graded yet, "
        "380 records to go"
    )
