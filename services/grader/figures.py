"""Figures that are looked up when somebody asks for them, or a few times a minute: nothing is counted on the way."""

from collections.abc import Mapping

from services.grader.ownership import NOT_OPENED, Ownership
from services.runtime.metrics import gauge


def show(ownership: Ownership) -> None:
    """From now on `/metrics` says what this process holds."""
    gauge("crs_patients").set_function(lambda: sum(owned.patients for owned in list(ownership.owned.values())))
    gauge("crs_unacknowledged_outputs").set_function(
        lambda: sum(owned.sender.unacknowledged for owned in list(ownership.owned.values()))
    )


class Lags:
    """How far each owned partition is behind its log; one that was given up is not shown any more."""

    def __init__(self) -> None:
        self._shown: set[int] = set()

    def __call__(self, positions: Mapping[int, int], ends: Mapping[int, int]) -> None:
        """Next offsets to apply and log ends, by partition."""
        behind = gauge("crs_partition_lag_records")
        known = {number: position for number, position in positions.items() if position != NOT_OPENED}
        for number, position in known.items():
            behind.labels(str(number)).set(max(ends.get(number, position) - position, 0))
        for number in self._shown - known.keys():
            behind.remove(str(number))
        self._shown = set(known)
