"""Connected boards, and what each may see: a board follows one unit, or all units of its user."""

from collections.abc import Iterator
from contextlib import contextmanager

from services.dashboard.outbox import Frame, Outbox

ALL_UNITS = "*"
NO_UNIT = ""


def shows(units: frozenset[str], unit: str) -> bool:
    """Whether somebody who may see these units sees this one."""
    return ALL_UNITS in units or unit in units or unit == NO_UNIT


class Subscription:
    """One connected board."""

    def __init__(self, units: frozenset[str], outbox: Outbox) -> None:
        self.units = units
        self.outbox = outbox

    def follows(self, unit: str) -> bool:
        """Whether this board shows the unit; a patient whose unit nobody charted is on every board."""
        return shows(self.units, unit)


class Hub:
    """Hands each frame to the boards that show its unit."""

    def __init__(self, *, alarm_limit: int = 1000) -> None:
        self._alarm_limit = alarm_limit
        self._subscriptions: set[Subscription] = set()

    def __len__(self) -> int:
        return len(self._subscriptions)

    @contextmanager
    def subscribed(self, units: frozenset[str]) -> Iterator[Subscription]:
        """A subscription for as long as the board stays connected."""
        subscription = Subscription(units, Outbox(alarm_limit=self._alarm_limit))
        self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)

    def followed(self, unit: str) -> bool:
        """Whether anybody looks: nothing is serialised for nobody."""
        return any(subscription.follows(unit) for subscription in self._subscriptions)

    def publish(self, unit: str, frame: Frame) -> None:
        """To every board that shows the unit."""
        for subscription in self._subscriptions:
            if subscription.follows(unit):
                subscription.outbox.put(frame)

    def broadcast(self, frame: Frame) -> None:
        """To every board."""
        for subscription in self._subscriptions:
            subscription.outbox.put(frame)

    def close(self) -> None:
        """End all streams: the process is about to stop."""
        for subscription in self._subscriptions:
            subscription.outbox.close()
