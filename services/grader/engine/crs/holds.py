"""The held downgrade: a grade falls only after the lower one has been supported for 30 min (`clinical.md` 7.6(5)).

The hold is per component (`settled.md` 15). What rests on charted state falls by time alone; what rests on a measured
sign needs a supporting reading and another one at least 30 min later. Unknown neither completes nor breaks a hold.
"""

from services.grader.engine.value import Value


class MeasuredHold(Value, frozen=True):
    """A level established by readings, and the first reading since that supports a lower one."""

    level: int = 0
    supported_ms: int | None = None


class ChartedHold(Value, frozen=True):
    """The level charted now, and higher ones still held: (level, when it ended), highest first."""

    level: int = 0
    ended: tuple[tuple[int, int], ...] = ()

    @property
    def held(self) -> int:
        """The level that counts."""
        return self.ended[0][0] if self.ended else self.level


def hold_measured(hold: MeasuredHold, level: int, clear_ms: int | None, hold_ms: int) -> MeasuredHold:
    """After what the sign says now.

    Args:
        hold: before.
        level: what is established; 0 if nothing is.
        clear_ms: time of the newest reading that supports clearing, None without one.
        hold_ms: how long the lower level must be supported.
    """
    if level:
        return MeasuredHold(level)
    if hold.level == 0 or clear_ms is None:
        return hold
    if hold.supported_ms is None:
        return MeasuredHold(hold.level, clear_ms)
    return MeasuredHold() if clear_ms >= hold.supported_ms + hold_ms else hold


def hold_charted(hold: ChartedHold, level: int, at_ms: int, reached_ms: int, hold_ms: int) -> ChartedHold:
    """After what is charted now: the highest level of the last 30 min counts."""
    levels = (*hold.ended, (hold.level, at_ms))  # highest first
    ended = tuple(item for item in levels if item[0] > level and item[1] + hold_ms > reached_ms)
    return ChartedHold(level, ended)


def held_until(hold: MeasuredHold | ChartedHold, hold_ms: int) -> int | None:
    """When the level held falls at the earliest; None while nothing supports less."""
    if isinstance(hold, ChartedHold):
        return hold.ended[0][1] + hold_ms if hold.ended else None
    return None if hold.supported_ms is None else hold.supported_ms + hold_ms
