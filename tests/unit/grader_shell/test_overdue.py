"""When an output that Kafka has not taken ends the process: at the limit, and only if Kafka had the time to say so."""

from services.grader.overdue import Overdue


def test_an_output_that_waits_for_the_limit_is_over_at_the_next_look():
    overdue = Overdue(limit_s=15)

    assert [overdue.is_over(0.5, now_s) for now_s in (14, 15, 15.5, 16.5)] == [False, False, False, True]


def test_outputs_that_are_taken_one_after_the_other_are_not_over_however_slowly():
    overdue = Overdue(limit_s=15)

    assert not any(overdue.is_over(now_s - 16, now_s) for now_s in range(16, 60))


def test_with_nothing_underway_nothing_is_over():
    overdue = Overdue(limit_s=15)

    assert not any(overdue.is_over(since_s, 20) for since_s in (0, None, 0, None))


def test_a_process_that_stood_still_itself_first_hears_what_kafka_said_meanwhile():
    overdue = Overdue(limit_s=15)

    assert [overdue.is_over(*look) for look in ((0, 1), (0, 120), (None, 121))] == [False, False, False]
