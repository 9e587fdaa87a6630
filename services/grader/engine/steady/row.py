"""One sign of a steady patient, mutable: its newest reading, and what has gathered since it was last put away.

Put away means: turned into the immutable track, spans, newest reading and trend that the rest of the engine knows.
"""

from functools import lru_cache
from struct import Struct
from typing import NamedTuple

from services.grader.engine.durations import SECOND_MS
from services.grader.engine.past.history import MOST_SPANS, Span
from services.grader.engine.steady.bands import Band
from services.grader.engine.steady.gathered import GatheredRow, Points, Run
from services.grader.engine.trends.trend_points import UNITS

ABOUT_MS = 61 * SECOND_MS  # a reading that comes when the last one is about to go stale is looked at more closely
_POINT = Struct("<iIqq")  # index (a clock may be set before 1970), readings, sums of x and y


class Sums:
    """What a trend gathers: how many readings lie in the open point, the sums of their x and y, and points before.

    Those are packed: of a steady patient they are most of what an hour adds.
    """

    __slots__ = ("done", "how", "index", "n", "x", "y")

    def __init__(self, how: str) -> None:
        self.how = how
        self.index = self.n = self.x = self.y = 0
        self.done = b""

    def turn(self, index: int) -> None:
        """From here on readings lie in the point at `index`."""
        if self.n:
            self.done += _POINT.pack(self.index, self.n, self.x, self.y)
        self.index, self.n, self.x, self.y = index, 0, 0, 0

    def after(self, points: Points) -> None:
        """These were gathered before; the newest of them may grow on as another one at the same index."""
        self.done = b"".join([_POINT.pack(*point) for point in points])

    @property
    def points(self) -> Points:
        """All that was gathered, by point."""
        done = tuple(_POINT.iter_unpack(self.done))
        return (*done, (self.index, self.n, self.x, self.y)) if self.n else done


class Kind(NamedTuple):
    """What rows of many patients have in common.

    Attributes:
        sign: the wire name that records carry it under.
        series: what is graded; empty for a sign that is only shown.
        band: while values stay within it nothing can change.
        stale_ms: how long a reading stays fresh.
    """

    sign: str
    series: str
    band: Band
    stale_ms: int


@lru_cache(maxsize=4096)
def _kind(sign: str, series: str, band: Band, stale_ms: int) -> Kind:
    """One for all rows that are alike."""
    return Kind(sign, series, band, stale_ms)


class Row(Sums):
    """One series of a sign.

    Attributes:
        kind: what series, and between which values.
        name: under which the newest reading is known; empty where another row of the sign tells it.
        first_ms, step_ms, readings, started: the run since the last change of pace; started: the name of its first,
            empty while that is known already.
        runs: those before it; room: how many more there may be.
        goes_on: whether something was gathered of it before a restart.
    """

    __slots__ = (
        "at_ms", "event_id", "first_ms", "goes_on", "graded", "kind", "last_ms", "name", "readings", "room", "runs",
        "started", "step_ms", "value",
    )  # fmt: skip

    def __init__(self, sign: str, *, series: str, band: Band, stale_ms: int, last_ms: int, how: str) -> None:
        super().__init__(how)
        self.kind, self.name, self.last_ms = _kind(sign, series, band, stale_ms), "", last_ms
        self.value = self.graded = 0.0
        self.at_ms, self.event_id = 0, ""
        self.runs: tuple[Run, ...] = ()
        self.first_ms = self.step_ms = self.readings = self.room = 0
        self.started = ""
        self.goes_on = False

    @property
    def sign(self) -> str:
        """As in its kind."""
        return self.kind.sign

    @property
    def series(self) -> str:
        """As in its kind."""
        return self.kind.series

    def go_on(self, spans: tuple[Span, ...]) -> None:
        """Where the series stands; a run of evenly spaced readings can go on."""
        last = spans[-1]
        self.first_ms, self.step_ms, self.readings, self.started = (
            last.first_ms, _one_step(last.step_ms), last.readings, "",
        )  # fmt: skip
        self.room, self.runs = MOST_SPANS - len(spans), ()

    def follows(self, gathered: GatheredRow) -> bool:
        """Whether this row stands where that one ended."""
        runs = gathered.runs
        return (
            gathered.how == self.how and bool(runs) == bool(self.series) and (not runs or runs[-1][0] == self.first_ms)
        )

    def go_on_with(self, gathered: GatheredRow) -> None:
        """What was gathered before belongs to this row."""
        self.goes_on = True
        self.after(gathered.points)
        if gathered.runs:
            self.runs, self.started = gathered.runs[:-1], gathered.runs[-1][4]

    def may_go_on(self, placed_ms: int, at_ms: int, value: float) -> bool:
        """Whether a reading is one more of the same."""
        gap_ms = placed_ms - self.last_ms
        even = gap_ms in (0, self.step_ms) or self.room > 0
        _, _, (low, high), stale_ms = self.kind
        near = 0 <= gap_ms < stale_ms - ABOUT_MS
        return low <= value < high and near and self.at_ms < at_ms and even

    def gather(self, event_id: str, at_ms: int, placed_ms: int, value: float, x: int) -> None:
        """One more reading of the same; `x` is its second within its point of the trend."""
        if placed_ms > self.last_ms:
            if placed_ms - self.last_ms == self.step_ms:
                self.readings += 1
            elif self.series:
                self._change_pace(placed_ms, event_id)
            self.graded, self.last_ms = value, placed_ms
        self.value, self.at_ms, self.event_id = value, at_ms, event_id
        self.n += 1
        self.x += x
        self.y += round(value * UNITS)

    def _change_pace(self, placed_ms: int, event_id: str) -> None:
        """The reading at `placed_ms` does not follow evenly: the second of a run sets its step, another begins one."""
        if self.readings == 1:
            self.step_ms, self.readings = _one_step(placed_ms - self.last_ms), 2
            return
        self.runs = (*self.runs, (self.first_ms, self.step_ms, self.readings, self.graded, self.started))
        self.first_ms, self.step_ms, self.readings, self.started = placed_ms, 0, 1, event_id
        self.room -= 1

    def gathered(self) -> GatheredRow:
        """As plain data."""
        last = (self.first_ms, self.step_ms, self.readings, self.graded, self.started)
        return GatheredRow(
            self.name, self.series, self.value, self.graded, self.at_ms, self.last_ms, self.event_id,
            (*self.runs, last) if self.series else (), self.how, self.points if self.series and self.name else (),
        )  # fmt: skip


@lru_cache(maxsize=64)
def _one_step(step_ms: int) -> int:
    """The same number for all rows at this pace: each of its own would take 28 bytes."""
    return step_ms
