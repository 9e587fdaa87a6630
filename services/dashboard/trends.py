"""Six hours of each sign, one reading a minute: enough for a line that a person looks at. Gaps stay gaps."""

from typing import NamedTuple

KEPT_MS = 6 * 3_600_000
BUCKET_MS = 60_000


class Point(NamedTuple):
    """The newest reading of one minute."""

    observed_ms: int
    value: float
    event_id: str


class Trends:
    """Readings by sign and minute. They may come in any order: history is read while the present goes on."""

    __slots__ = ("_minutes",)

    def __init__(self) -> None:
        self._minutes: dict[str, dict[int, Point]] = {}

    def add(self, sign: str, point: Point) -> None:
        """Keep the reading if it is the newest of its minute."""
        minutes = self._minutes.setdefault(sign, {})
        minute = point.observed_ms // BUCKET_MS
        known = minutes.get(minute)
        if known is None or known.observed_ms <= point.observed_ms:
            minutes[minute] = point
        if len(minutes) > 2 * KEPT_MS // BUCKET_MS:
            oldest = max(minutes) - KEPT_MS // BUCKET_MS
            self._minutes[sign] = {at: kept for at, kept in minutes.items() if at >= oldest}

    def retract(self, event_id: str) -> None:
        """Forget what an event charted in error had said."""
        for minutes in self._minutes.values():
            for minute in [at for at, point in minutes.items() if point.event_id == event_id]:
                del minutes[minute]

    def since(self, from_ms: int) -> dict[str, list[tuple[int, float]]]:
        """Per sign its readings from then on, oldest first, as (time, value)."""
        return {
            sign: [
                (point.observed_ms, point.value) for _, point in sorted(minutes.items()) if point.observed_ms >= from_ms
            ]
            for sign, minutes in self._minutes.items()
        }
