"""When standing still is a fault: records wait, the broker answers, and nothing is applied for the limit."""

from services.grader.ownership import NOT_OPENED, Ownership
from services.grader.readiness import progress
from services.grader.watchdog import Standstill


def test_standing_still_while_records_wait_is_noticed_at_the_limit():
    standstill = Standstill(limit_s=30)

    assert standstill.stuck({0: 100}, {0: 120}, now_s=0) == []
    assert standstill.stuck({0: 100}, {0: 150}, now_s=29) == []
    assert standstill.stuck({0: 100}, {0: 150}, now_s=30) == [0]


def test_a_quiet_partition_is_no_standstill():
    standstill = Standstill(limit_s=30)

    for now_s in (0, 60, 120):
        assert standstill.stuck({0: 100}, {0: 100}, now_s=now_s) == []


def test_any_progress_counts_from_anew():
    standstill = Standstill(limit_s=30)
    standstill.stuck({0: 100}, {0: 200}, now_s=0)

    assert standstill.stuck({0: 101}, {0: 200}, now_s=29) == []
    assert standstill.stuck({0: 101}, {0: 200}, now_s=58) == []
    assert standstill.stuck({0: 101}, {0: 200}, now_s=59) == [0]


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


def test_a_worker_is_not_ready_while_a_partition_of_its_own_is_not_graded():
    ownership = Ownership(opener=None, declare_safe=print)

    ownership.tick([3, 4])

    assert ownership.positions() == {3: NOT_OPENED, 4: NOT_OPENED}
    look = progress(ownership, ticks=True)()
    assert not look.ok
    assert look.detail == "2 partitions are ours and not graded yet, 0 are graded"
