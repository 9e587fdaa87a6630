"""A patient whose stream says what it said before: such a record is a few comparisons and a few stores.

Everything that could make a record say more is decided beforehand (`settling.py`) and held here as limits: bands of
values, a time until which nothing is due. Whatever does not fit is left to the long way (`step.py`), with the state
that `putting_away.py` makes of what was gathered; a property test holds the two against each other. Mutable: owned by
one partition, and never part of a state.
"""

from collections.abc import Collection
from functools import lru_cache
from typing import Any

from schemas.rates import as_rates
from services.grader.engine.durations import MINUTE_MS, NOTHING_YET_MS, SECOND_MS
from services.grader.engine.ruleset.rules import RuleSet
from services.grader.engine.signs.oddities import contradict_each_other
from services.grader.engine.signs.readings import HEART_RATE, TEMPERATURE, pressure_source
from services.grader.engine.steady.gathered import Gathered
from services.grader.engine.steady.lockstep import LATEST_MS, Lockstep, Stream, in_step
from services.grader.engine.steady.row import ABOUT_MS, Row, Sums
from services.grader.engine.trends.trend_points import UNITS

Record = dict[str, Any]
_PRESSURE_SIGNS = ("sbp_mmhg", "dbp_mmhg", "map_mmhg")
_LOOKED_AT = (*_PRESSURE_SIGNS, TEMPERATURE)  # with what they come with: the line, the site


@lru_cache(maxsize=16)
def _point(point_min: float) -> tuple[int, int]:
    """How long a point of the trends is, in seconds and in milliseconds."""
    width_s = round(point_min * 60)
    return width_s, width_s * SECOND_MS


@lru_cache(maxsize=1024)
def _point_at(index: int, width_ms: int) -> tuple[int, int, int]:
    """A point of the trends, and from when until when it lasts: the same numbers for everybody."""
    return index, index * width_ms, (index + 1) * width_ms


class Steady:
    """The gathered part of one patient.

    Attributes:
        source: of the stream.
        rows: what may go on, by series; signs in `others` may not.
        placed_ms: second of the newest record; from_ms: an earlier one is late.
        repeat_ms: the clock at which an estimate is due again; changes_ms: at which a reading may establish what is
            pending; until_ms: the earlier one.
        pause_ms: a longer one between two records is looked at more closely.
        ids: of events known in full: another event must not carry one of them.
        pairs: of temperature and heart rate, where the stream carries a temperature.
        rate: beside them a heart rate that is no row: value and time.
        static_ms: when time alone changes something, however the stream goes on; silent_ms: how long it may pause.
        said: the estimate that was repeated last, without its trend, if it may be said again (`repeating.py`).
        count: records gathered; clock_ms, offset: of the newest.
    """

    __slots__ = (
        "arrived_ms", "changes_ms", "clock_ms", "count", "from_ms", "ids", "line", "lock", "mixed", "offset", "others",
        "pairs", "pause_ms", "placed_ms", "point_from_ms", "point_until_ms", "rate", "repeat_ms", "rows", "rules",
        "said", "shown_ms", "silent_ms", "site", "source", "static_ms", "until_ms", "width_ms", "width_s",
    )  # fmt: skip

    def __init__(
        self, *, source: str, rows: tuple[Row, ...], others: frozenset[str], from_ms: int, placed_ms: int,
        repeat_ms: int, changes_ms: int, pause_ms: int, ids: Collection[str], line: str, site: str | None,
        pairs: Sums | None, rate: tuple[float, int] | None, static_ms: int, silent_ms: int, rules: RuleSet,
    ) -> None:  # fmt: skip
        self.source, self.rows, self.others = source, rows, others
        self.from_ms, self.placed_ms, self.pause_ms = from_ms, placed_ms, pause_ms
        self.repeat_ms, self.changes_ms, self.until_ms = repeat_ms, changes_ms, min(repeat_ms, changes_ms)
        self.ids, self.line, self.site, self.pairs, self.rate = ids, line, site, pairs, rate
        self.static_ms, self.silent_ms, self.rules = static_ms, silent_ms, rules
        self.width_s, self.width_ms = _point(rules.trend_point_min)
        # Whether a record may hold more than rates and a saturation, which need no second look.
        self.mixed = any(row.sign in _LOOKED_AT for row in rows)
        self.point_from_ms = self.point_until_ms = NOTHING_YET_MS
        self.arrived_ms = NOTHING_YET_MS
        self.count = self.clock_ms = self.offset = self.shown_ms = 0
        self.lock: Lockstep | None = None
        self.said: Record | None = None

    def take(self, record: Record, at_ms: int, clock_ms: int, offset: int) -> bool:
        """Gather a record if it changes nothing but values and times; False, and nothing is changed, otherwise."""
        lock = self.lock
        if lock is not None and (rates := as_rates(record)) is not None and lock.take(rates, at_ms, clock_ms, offset):
            return True
        return self.take_apart(record, at_ms, clock_ms, offset)

    def take_apart(self, record: Record, at_ms: int, clock_ms: int, offset: int) -> bool:
        """The same of a record that is not in step: signs come each at its own pace."""
        placed_ms = at_ms - at_ms % SECOND_MS
        if (
            clock_ms >= self.until_ms
            or at_ms > clock_ms
            or clock_ms - placed_ms >= LATEST_MS
            or record["source"] != self.source
            or record["event_id"] in self.ids
        ):
            return False
        self._unlock()
        if placed_ms < self.from_ms or clock_ms - self.placed_ms >= self.pause_ms or not self.others.isdisjoint(record):
            return False
        found = [(row, record[sign]) for row in self.rows if (sign := row.kind.sign) in record]
        if not found or (self.mixed and not self._agrees(record, found)):
            return False
        if not all(row.may_go_on(placed_ms, at_ms, value) for row, value in found):
            return False
        if placed_ms >= self.point_until_ms:
            self._turn(placed_ms)
        x = (placed_ms - self.point_from_ms) // SECOND_MS
        for row, value in found:
            row.gather(record["event_id"], at_ms, placed_ms, value, x)
        if self.pairs is not None and TEMPERATURE in record:
            self._pair(record, placed_ms, self.pairs)
        self.from_ms = self.placed_ms = placed_ms
        self.clock_ms, self.offset = clock_ms, offset
        self.arrived_ms = max(at_ms, self.arrived_ms)
        self.count += 1
        self._lock(self.rows if len(found) == len(self.rows) else tuple([row for row, _ in found]))
        return True

    def _lock(self, rows: tuple[Row, ...]) -> None:
        """From here on the rows of the last record are expected together."""
        step_ms = rows[0].step_ms
        slow = step_ms + LATEST_MS > self.pause_ms or any(step_ms >= row.kind.stale_ms - ABOUT_MS for row in rows)
        if slow or any(row.sign in _LOOKED_AT for row in rows):
            return
        stream = Stream(self.source, self.ids, self.until_ms, self.point_from_ms, self.point_until_ms)
        self.lock = in_step(rows, stream)

    def _tell(self) -> None:
        """Tell all rows what those in step share."""
        lock = self.lock
        if lock is not None and (count := lock.tell()):
            self.count += count
            self.clock_ms, self.offset = lock.clock_ms, lock.offset
            self.from_ms = self.placed_ms = lock.last_ms
            self.arrived_ms = max(lock.at_ms, self.arrived_ms)

    def _unlock(self) -> None:
        self._tell()
        self.lock = None

    def shown(self, clock_ms: int, repeat_ms: int) -> None:
        """The estimate was repeated; when it is due again."""
        self.shown_ms, self.repeat_ms = clock_ms, repeat_ms
        self._until(min(repeat_ms, self.changes_ms))

    def repeat(self) -> None:
        """Take the record that comes now, although the estimate is due again with it."""
        self._until(self.changes_ms)

    def _until(self, until_ms: int) -> None:
        self.until_ms = until_ms
        if self.lock is not None:
            self.lock.until_ms = until_ms

    def go_on(self, gathered: Gathered) -> bool:
        """Go on with what was gathered before, in the state that it led to; False, and all is as it was, if it cannot.

        What came before a restart then stays as it was stored, and the state it began with need not be stored again.
        """
        rows = {(row.name, row.series): row for row in self.rows}
        pairs = self.pairs or Sums("")
        if (
            (gathered.width_s, gathered.most) != (self.width_s, self.rules.trend_points)
            or (gathered.pairs and gathered.pairs_how != pairs.how)
            or not all(
                (row.name, row.series) in rows and rows[row.name, row.series].follows(row) for row in gathered.rows
            )
        ):
            return False
        for row in gathered.rows:
            rows[row.name, row.series].go_on_with(row)
        pairs.after(gathered.pairs)
        self.count, self.clock_ms, self.offset = gathered.records, gathered.clock_ms, gathered.offset
        self.arrived_ms, self.shown_ms = gathered.arrived_ms, gathered.shown_ms
        return True

    @property
    def due_ms(self) -> int:
        """Time alone changes nothing before this; a lower bound."""
        self._tell()
        stale_ms = min(row.last_ms + row.kind.stale_ms for row in self.rows)
        return min(self.static_ms, self.placed_ms + self.silent_ms, stale_ms)

    def gathered(self) -> Gathered | None:
        """Everything since the state was whole; None if that is nothing."""
        self._tell()
        if not self.count:
            return None
        how, pairs = ("", ()) if self.pairs is None else (self.pairs.how, self.pairs.points)
        rows = tuple([row.gathered() for row in self.rows if row.n or row.done or row.goes_on])
        return Gathered(
            self.count, self.clock_ms, self.offset, self.placed_ms, self.arrived_ms, self.shown_ms, self.width_s,
            self.rules.trend_points, rows, how, pairs,
        )  # fmt: skip

    def _agrees(self, record: Record, found: list[tuple[Row, float]]) -> bool:
        """Whether something graded is in it, of the pressure line and the temperature site that spoke before."""
        if not any(row.series for row, _ in found):
            return False
        if TEMPERATURE in record and record.get("temperature_site") != self.site:
            return False
        if not any(sign in record for sign in _PRESSURE_SIGNS):
            return True
        return pressure_source(record) == self.line and not contradict_each_other(record, self.rules)

    def _turn(self, placed_ms: int) -> None:
        """Another point of the trends begins."""
        index, self.point_from_ms, self.point_until_ms = _point_at(placed_ms // self.width_ms, self.width_ms)
        for row in self.rows:
            row.turn(index)
        if self.pairs is not None:
            self.pairs.turn(index)

    def _pair(self, record: Record, placed_ms: int, pairs: Sums) -> None:
        """A temperature with the heart rate it came with, or with the newest one if that is close to it."""
        rate = record.get(HEART_RATE)
        if rate is None:
            known = next(((row.value, row.at_ms) for row in self.rows if row.sign == HEART_RATE), self.rate)
            if known is None or abs(known[1] - placed_ms) > round(self.rules.trend_pair_min * MINUTE_MS):
                return
            rate = known[0]
        pairs.n += 1
        pairs.x += round(record[TEMPERATURE] * UNITS)
        pairs.y += round(rate * UNITS)
