"""Rows whose readings come together, evenly: what they share is kept once, and told to each of them when somebody asks.

A monitor sends the same signs in every record, second by second. Then the time, the name and the pace of a reading are
the record's, and of each sign only its value is looked at.
"""

from collections.abc import Collection
from functools import lru_cache
from typing import NamedTuple

from schemas.rates import RATES, Rates
from services.grader.engine.durations import MINUTE_MS, SECOND_MS
from services.grader.engine.steady.bands import Band
from services.grader.engine.steady.row import Row
from services.grader.engine.steady.within import Values, unpacked, within

LATEST_MS = MINUTE_MS  # a record that took longer than this is looked at more closely
_PLACES = {sign: place for place, sign in enumerate(RATES)}


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
        within: whether values are within the bands of the rows, `sums` what it knows; `values` are the last, `y` their
            sums, side by side; each row's are at one of `places`.
        n: readings since the rows were told, all in the point of the trends; clock_ms, offset: of the last.
    """

    __slots__ = (
        "at_ms", "clock_ms", "event_id", "ids", "last_ms", "n", "offset", "places", "point_from_ms", "point_until_ms",
        "rows", "source", "step_ms", "sums", "until_ms", "values", "within", "y",
    )  # fmt: skip

    def __init__(self, rows: tuple[Row, ...], stream: Stream) -> None:
        self.rows, self.places = rows, _places(tuple([row.sign for row in rows]))
        self.source, self.ids, self.until_ms, self.point_from_ms, self.point_until_ms = stream
        self.within = within(tuple([_band(sign, rows) for sign in RATES]))
        self.sums = self.within.sums
        self.values: Values = ()
        first = rows[0]
        self.last_ms, self.step_ms, self.at_ms, self.event_id = first.last_ms, first.step_ms, first.at_ms, ""
        self.n = self.y = self.clock_ms = self.offset = 0

    def take(self, rates: Rates, at_ms: int, clock_ms: int, offset: int) -> bool:
        """Gather a record that is in step; False, and nothing is changed, where it takes a closer look."""
        placed_ms = at_ms - at_ms % SECOND_MS
        if (
            placed_ms - self.last_ms != self.step_ms
            or clock_ms >= self.until_ms
            or at_ms > clock_ms
            or clock_ms - placed_ms >= LATEST_MS
            or placed_ms >= self.point_until_ms
            or rates.source != self.source
            or (event_id := rates.event_id) in self.ids
        ):
            return False
        values = rates.heart_rate_bpm, rates.resp_rate_bpm, rates.spo2_pct
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
            sums, self.y = unpacked(self.y, len(RATES)), 0
            first = self.rows[0]
            readings, of_point, xs = first.readings + n, first.n + n, first.x + x
            for row, place in zip(self.rows, self.places, strict=True):
                row.value = row.graded = self.values[place]
                row.last_ms, row.at_ms, row.event_id = self.last_ms, self.at_ms, self.event_id
                row.readings = _one(row.readings + n, readings)
                row.n = _one(row.n + n, of_point)
                row.x = _one(row.x + x, xs)
                row.y += sums[place]
        return n


def _one(number: int, known: int) -> int:
    """The same number for rows that came together from the start: each of its own would take 32 bytes."""
    return known if number == known else number


def in_step(rows: tuple[Row, ...], stream: Stream) -> Lockstep | None:
    """The rows that were in the last record, if they go on evenly.

    Args:
        rows: all of one record that held rates only.
        stream: what they come in.
    """
    step_ms = rows[0].step_ms
    if not step_ms or any(row.step_ms != step_ms or not row.series for row in rows):
        return None
    return Lockstep(rows, stream)


@lru_cache(maxsize=64)
def _places(signs: tuple[str, ...]) -> tuple[int, ...]:
    """Where the value of each stands, the same for all patients with these signs."""
    return tuple([_PLACES[sign] for sign in signs])


def _band(sign: str, rows: tuple[Row, ...]) -> Band | None:
    """What all limits leave that a sign counts against; None if it has not come."""
    bands = [row.kind.band for row in rows if row.sign == sign]
    return Band(max(band.low for band in bands), min(band.high for band in bands)) if bands else None
