"""Whether the values of several signs are all within their bands, and what they add to the trends: asked once.

Of a steady monitor the same few values come again and again, in thousands of beds. Answers are shared by all patients
with the same bands.
"""

from functools import lru_cache
from typing import Any
from weakref import WeakSet

from msgspec import UNSET

from services.grader.engine.steady.bands import Band
from services.grader.engine.trends.trend_points import UNITS

MOST_ANSWERS = 50_000  # kept of all sets of bands together: some 10 MB
_BITS = 40  # of each sum in the number that holds all of them: room for a hundred million of the largest values
_ONE = (1 << _BITS) - 1

Values = tuple[Any, ...]  # as `schemas/rates.py` has them: UNSET for a sign that is not in the record


class Within:
    """The bands of the signs that rates can have, in their order; None for one that must not come.

    Attributes:
        sums: by values that lie within all of them, what each adds to its trend, side by side in one number, and the
            values themselves: one object for all who have them, which stays in the processor's cache.
    """

    __slots__ = ("__weakref__", "_bands", "sums")

    def __init__(self, bands: tuple[Band | None, ...]) -> None:
        self._bands = bands
        self.sums: dict[Values, tuple[int, Values]] = {}
        _ALL.sets.add(self)

    def look(self, values: Values) -> tuple[int, Values] | None:
        """What these values add, and they; None if one lies outside its band, is missing or too many."""
        if not all(map(_is_within, self._bands, values)):
            return None
        _ALL.one_more()
        values = tuple(map(_number, values))
        numbers = [0.0 if value is UNSET else value for value in values]
        packed = sum(round(number * UNITS) << (_BITS * place) for place, number in enumerate(numbers))
        found = self.sums[values] = packed, values
        return found


class _All:
    """All sets of bands in use, and how many answers they have together."""

    def __init__(self) -> None:
        self.sets: WeakSet[Within] = WeakSet()
        self.answers = 0

    def one_more(self) -> None:
        """Where there are too many already all are forgotten: they are found anew."""
        if self.answers >= MOST_ANSWERS:
            for one in self.sets:
                one.sums.clear()
            self.answers = 0
        self.answers += 1


_ALL = _All()


@lru_cache(maxsize=4096)
def _number(value: Any) -> Any:
    """The same object for all answers that hold a value: each of their own would take 24 bytes."""
    return value


def _is_within(band: Band | None, value: Any) -> bool:
    if band is None or value is UNSET:
        return band is None and value is UNSET
    return bool(band.low <= value < band.high) and value >= 0  # below zero the sum of others would not show it


def unpacked(packed: int, count: int) -> tuple[int, ...]:
    """The sums that lie side by side in a number."""
    return tuple([packed >> (_BITS * place) & _ONE for place in range(count)])


@lru_cache(maxsize=4096)
def within(bands: tuple[Band | None, ...]) -> Within:
    """The same for all patients with these bands."""
    return Within(bands)
