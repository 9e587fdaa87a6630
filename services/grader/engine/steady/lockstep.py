"""Rows whose readings come together, evenly: what they share is kept once, and told to each of them when somebody asks.

A monitor sends the same signs in every record, second by second. Then the time, the name and the pace of a reading are
the record's, and of each sign only its value is looked at.
"""

from collections.abc import Callable, Collection, Mapping, Set
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple, Protocol

from schemas.bedside import Vitals
from services.grader.engine.durations import MINUTE_MS, SECOND_MS
from services.grader.engine.steady.bands import Band
from services.grader.engine.steady.row import Row
from services.grader.engine.steady.within import unpacked, within

LATEST_MS = MINUTE_MS  # a record that took longer than this is looked at more closely
_ALWAYS = len(Vitals.__required_keys__)


class Stream(NamedTuple):
    """What the records of a steady stream have in common: their source, none of these names, an end, the trend's point.

    See `Steady` for each.
    """

    source: str
    ids: Collection[str]
    until_ms: int
    point_from_ms: int
    point_until_ms: int


class Lockstep:
    """Rows in step. All that a record is held against is here, in one piece: looking for it is most of the work.

    Attributes:
        source, ids, until_ms, point_from_ms, point_until_ms: of the stream.
        values_of: the values of the rows in a record; KeyError if one is missing. `values` are the last.
        within: whether values are within the bands of the rows, `sums` what it knows; `y` are their sums, side by side.
        loose: names that a record must not have, other signs above all; fields: how many one has that has nothing else.
        n: readings since the rows were told, all in the point of the trends; clock_ms, offset: of the last.
    """

    __slots__ = (
        "at_ms", "clock_ms", "event_id", "fields", "ids", "last_ms", "loose", "n", "offset", "point_from_ms",
        "point_until_ms", "rows", "source", "step_ms", "sums", "until_ms", "values", "values_of", "within", "y",
    )  # fmt: skip

    def __init__(self, rows: tuple[Row, ...], loose: Set[str], stream: Stream) -> None:
        self.rows, self.loose = rows, loose
        self.source, self.ids, self.until_ms, self.point_from_ms, self.point_until_ms = stream
        self.fields = _ALWAYS + len({row.sign for row in rows})
        self.values_of = _getter(tuple([row.sign for row in rows]))
        self.within = within(tuple([Band(row.low, row.high) for row in rows]))
        self.sums = self.within.sums
        self.values: tuple[float, ...] = ()
        first = rows[0]
        self.last_ms, self.step_ms, self.at_ms, self.event_id = first.last_ms, first.step_ms, first.at_ms, ""
        self.n = self.y = self.clock_ms = self.offset = 0

    def take(self, record: Mapping[str, Any], at_ms: int, clock_ms: int, offset: int) -> bool:
        """Gather a record that is in step; False, and nothing is changed, where it takes a closer look."""
        placed_ms = at_ms - at_ms % SECOND_MS
        if (
            placed_ms - self.last_ms != self.step_ms
            or clock_ms >= self.until_ms
            or at_ms > clock_ms
            or clock_ms - placed_ms >= LATEST_MS
            or placed_ms >= self.point_until_ms
            or record["source"] != self.source
            or (event_id := record["event_id"]) in self.ids
        ):
            return False
        try:
            values = self.values_of(record)
        except KeyError:
            return False
        more = len(record) - self.fields  # than a monitor's record of these signs has, with or without its device
        if more and (more != 1 or "device_id" not in record) and not self.loose.isdisjoint(record):
            return False
        known = self.sums.get(values) or self.within.look(values)
        if known is None:
            return False
        y, self.values = known
        self.y += y
        self.n += 1
        self.last_ms, self.at_ms, self.event_id = placed_ms, at_ms, event_id
        self.clock_ms, self.offset = clock_ms, offset
        return True

    def tell(self) -> int:
        """Tell the rows what they share; how many readings that was."""
        n, self.n = self.n, 0
        if n:
            # Evenly up to the last one: their seconds within the point are a sum that nobody has to add up.
            last_x, step_x = (self.last_ms - self.point_from_ms) // SECOND_MS, self.step_ms // SECOND_MS
            x = n * last_x - step_x * (n * (n - 1) // 2)
            sums, self.y = unpacked(self.y, len(self.rows)), 0
            for row, value, y in zip(self.rows, self.values, sums, strict=True):
                row.value = row.graded = value
                row.last_ms, row.at_ms, row.event_id = self.last_ms, self.at_ms, self.event_id
                row.readings += n
                row.n += n
                row.x += x
                row.y += y
        return n


def in_step(rows: tuple[Row, ...], names: Set[str], stream: Stream) -> Lockstep | None:
    """The rows that were in the last record, if they go on evenly.

    Args:
        rows: all of one record.
        names: of everything else that a record must not have.
        stream: what they come in.
    """
    step_ms = rows[0].step_ms
    if not step_ms or any(row.step_ms != step_ms or not row.series for row in rows):
        return None
    return Lockstep(rows, names, stream)


class _Getter(Protocol):
    def __call__(self, record: Mapping[str, Any], /) -> tuple[float, ...]: ...


@lru_cache(maxsize=1024)
def _getter(signs: tuple[str, ...]) -> _Getter:
    one: Callable[[Mapping[str, Any]], Any] = itemgetter(*signs)
    return one if len(signs) > 1 else lambda record: (one(record),)


@lru_cache(maxsize=1024)
def shared(names: frozenset[str]) -> frozenset[str]:
    """One set for all patients alike: of a hundred thousand nearly all have the same signs."""
    return names
