"""Counts of what is open, for /metrics and /readyz. No patient in any label."""

from collections import Counter

from sqlalchemy import Connection, func, select

from services.notifier.alarm import State
from services.notifier.ledger.settling import read_alarms
from services.notifier.ledger.tables import PAGES, SUBJECTS
from services.runtime.metrics import gauge


def publish_figures(connection: Connection, now_ms: int) -> None:
    """Set the gauges from the ledger."""
    count, oldest_ms = undelivered(connection)
    gauge("crs_pages_pending").set(count)
    gauge("crs_pages_oldest_age_seconds").set(0 if oldest_ms is None else max(now_ms - oldest_ms, 0) / 1000)
    bodies = connection.execute(select(SUBJECTS.c.alarms).where(SUBJECTS.c.alarms != "[]")).scalars()
    alarms = [alarm for body in bodies for alarm in read_alarms(body)]
    states = Counter(alarm.state for alarm in alarms)
    for state in State:
        if state is not State.CLOSED:
            gauge("crs_alarms_open").labels(state.value).set(states[state])
    asked = [alarm.raised_ms for alarm in alarms if alarm.state is State.UNACKNOWLEDGED]
    gauge("crs_unacknowledged_age_seconds").set(max(now_ms - min(asked), 0) / 1000 if asked else 0)


def undelivered(connection: Connection) -> tuple[int, int | None]:
    """How many pages still have to get through, and when the oldest of them was queued."""
    waiting = select(func.count(), func.min(PAGES.c.created_ms)).where(
        PAGES.c.state.in_(("queued", "sending")), PAGES.c.withdrawn.is_(False)
    )
    count, oldest_ms = connection.execute(waiting).one()
    return count, oldest_ms
