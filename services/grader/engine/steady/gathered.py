"""What was gathered of a steady patient since the state was last whole: plain data, for a checkpoint and for the state.

It is put away the same whether the process went on or was started again meanwhile, by whatever rules.
"""

from typing import Any, NamedTuple

Run = tuple[int, int, int, float, str]  # first, step, readings, newest value, name of the first
Points = tuple[tuple[int, int, int, int], ...]  # of a trend: index, readings, sums of x and y


class GatheredRow(NamedTuple):
    """One series: its newest reading, its runs since (the first goes on from before), its points since.

    `name` is under which the newest reading is known, `series` what is graded; either may be empty. `graded` is the
    value that counts: of two in one second the first, while `value` is the newest.
    """

    name: str
    series: str
    value: float
    graded: float
    at_ms: int
    last_ms: int
    event_id: str
    runs: tuple[Run, ...]
    how: str
    points: Points


class Gathered(NamedTuple):
    """Records gathered: how many, the clock and the offset of the newest, its second, and the newest time in any.

    `shown_ms` is when the estimate was repeated last, 0 if it was not.
    """

    records: int
    clock_ms: int
    offset: int
    placed_ms: int
    arrived_ms: int
    shown_ms: int
    width_s: int
    most: int
    rows: tuple[GatheredRow, ...]
    pairs_how: str = ""
    pairs: Points = ()


def gathered_from(plain: list[Any]) -> Gathered:
    """What was stored as JSON."""
    *head, rows, how, pairs = plain
    return Gathered._make([*head, tuple(map(_row, rows)), how, tuple(map(tuple, pairs))])


def _row(plain: list[Any]) -> GatheredRow:
    *head, runs, how, points = plain
    return GatheredRow._make([*head, tuple(map(tuple, runs)), how, tuple(map(tuple, points))])
