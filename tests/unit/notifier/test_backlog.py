"""When it may be decided."""

from datetime import timedelta

from services.notifier.backlog import Backlog


def test_nothing_is_decided_before_everything_was_heard():
    now = [0.0]
    backlog = Backlog(limit=timedelta(seconds=10), clock=lambda: now[0])
    assert not backlog.may_decide()

    backlog.caught_up()
    assert backlog.may_decide()
    backlog.behind()
    assert not backlog.may_decide()


def test_a_backlog_that_does_not_end_keeps_nobody_silent():
    now = [0.0]
    backlog = Backlog(limit=timedelta(seconds=10), clock=lambda: now[0])
    now[0] = 9.9
    backlog.behind()
    assert not backlog.may_decide()
    now[0] = 10.0
    assert backlog.may_decide()
    assert backlog.reading
