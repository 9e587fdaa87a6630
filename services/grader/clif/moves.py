"""Admission, moves between units and discharge, as encounter events."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from services.grader.clif.events import Event, Stay, charted
from services.grader.clif.reasons import Rows
from services.grader.clif.stays import Stays
from services.grader.clif.tables import ADT, HOSPITALIZATION, Row
from services.grader.clif.words import word

# A unit that charts more rarely than this on average charts elsewhere: hand-charted signs are lost after so long.
CHARTED_EVERY_MS = 8 * 3_600_000


class Move(NamedTuple):
    """A patient's time on a unit."""

    stay_id: str
    from_ms: int
    until_ms: int
    unit: str | None


def moves_of(rows: Iterable[Row], stays: Stays) -> dict[str, list[Move]]:
    """By stay, in the order of time; the last unit lasts until the discharge."""
    arrivals: dict[str, list[tuple[int, str | None]]] = {stay_id: [] for stay_id in stays.known}
    for row in rows:
        if stays.use(ADT, row["hospitalization_id"], row["in_dttm"]) is not None:
            unit = row["location_name"] or word(row["location_category"])
            arrivals[row["hospitalization_id"]].append((row["in_dttm"], unit))
    return {stay_id: list(_moves(stays.known[stay_id], found)) for stay_id, found in arrivals.items()}


def _moves(stay: Stay, arrivals: Sequence[tuple[int, str | None]]) -> Iterator[Move]:
    for index, (from_ms, unit) in enumerate(arrivals):
        following = arrivals[index + 1][0] if index + 1 < len(arrivals) else stay.discharged_ms
        yield Move(stay.stay_id, from_ms, from_ms if following is None else following, unit)


def uncharted_units(moves: Iterable[Move], moments_ms: Mapping[str, Sequence[int]]) -> frozenset[str | None]:
    """Units whose vitals these tables do not hold, by all their patients together.

    An extract of intensive care holds next to nothing of the ward a patient came from. Silence there says something
    about the extract and nothing about the patient.

    Args:
        moves: of all stays.
        moments_ms: for each stay, when signs were charted, in order.
    """
    lasted_ms, moments = Counter[str | None](), Counter[str | None]()
    for move in moves:
        times = moments_ms.get(move.stay_id, ())
        lasted_ms[move.unit] += move.until_ms - move.from_ms
        moments[move.unit] += bisect_left(times, move.until_ms) - bisect_left(times, move.from_ms)
    return frozenset(unit for unit, lasted in lasted_ms.items() if lasted > moments[unit] * CHARTED_EVERY_MS)


def encounter_events(
    stays: Stays, moves: Mapping[str, Sequence[Move]], uncharted: frozenset[str | None], unused: Rows
) -> Iterator[Event]:
    """Admission with age, each move, discharge, in the order of time.

    CLIF's admission is often later than the first bed (the emergency department): the earlier of both admits.
    """
    found: list[Event] = []
    for stay_id, stay in stays.known.items():
        for move in moves[stay_id]:
            if move.unit in uncharted:
                unused.count(ADT, "uncharted_unit")
        found += _of_stay(stay, moves[stay_id], uncharted)
    return iter(sorted(found, key=lambda event: event.at_ms))


def _of_stay(stay: Stay, moves: Sequence[Move], uncharted: frozenset[str | None]) -> Iterator[Event]:
    age = {} if stay.age_years is None else {"age_years": stay.age_years}
    admitted_ms = min(stay.admitted_ms, moves[0].from_ms) if moves else stay.admitted_ms
    yield _encounter(stay, admitted_ms, "admit", **age)
    for move in moves:
        unit = {} if move.unit is None else {"unit": move.unit}
        yield _encounter(stay, move.from_ms, "off_unit" if move.unit in uncharted else "transfer", **unit)
    if stay.discharged_ms is not None:
        yield _encounter(stay, stay.discharged_ms, "discharge")


def _encounter(stay: Stay, at_ms: int, action: str, **fields: Any) -> Event:
    return charted(HOSPITALIZATION, stay, at_ms, "encounter", action=action, **fields)
