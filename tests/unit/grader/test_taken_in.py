"""Common records are taken in many at a time, up to the first that is none: that one has changed nothing yet."""

from typing import Any

import pytest

from schemas.rates import RATES, as_rates
from services.grader.engine.partition import Partition
from services.grader.engine.steady.lockstep import Lockstep
from services.grader.engine.steady.steady import Steady
from services.grader.engine.steady.taking_in import At
from tests.unit.grader.one_reading_more import NEXT, monitored_bed, said_next
from tests.vignettes.bed import ms
from tests.vignettes.starting_points import SECOND

FIRST = 1_000


def heard(second: int, **values: Any) -> tuple[At, dict[str, Any], int | None]:
    minute = NEXT + second * SECOND
    record = {**said_next(minute, **values), "event_id": f"next-{second}"}
    return At(FIRST + second, ms(minute)), record, ms(minute)


def partition() -> Partition:
    """With one patient, whose monitor is steady already."""
    return monitored_bed().partition


def test_all_of_them():
    engine = partition()
    found = engine.take_in(map(heard, range(1, 40)))
    assert (found.many, found.last, found.other) == (39, heard(39)[0], None)
    assert engine.clock_ms == ms(NEXT + 39 * SECOND)
    assert engine.patients["bed-7"].place.offset == FIRST + 39
    assert engine.take_in([]) == (0, None, None)


@pytest.mark.parametrize(
    "other",
    [
        heard(5, spo2_pct=80),
        (heard(5)[0], {"schema": "crs.tick.v1"}, None),
        (heard(5)[0], {**heard(5)[1], "patient_id": "bed-8"}, heard(5)[2]),
        heard(400),  # after its monitor went stale
    ],
)
def test_up_to_the_first_other_one(other):
    engine = partition()
    left = iter([*map(heard, range(1, 5)), other, heard(6)])
    found = engine.take_in(left)
    assert (found.many, found.last, found.other) == (4, heard(4)[0], other)
    assert engine.clock_ms == ms(NEXT + 4 * SECOND)
    assert next(left) == heard(6)  # nothing of what comes after was taken away


def test_none_of_those_that_are_covered():
    engine = partition()
    assert engine.take_in([heard(1)], FIRST + 2) == (0, None, heard(1))
    assert engine.take_in([heard(2)], FIRST + 2).many == 1


def test_rates_are_taken_in_as_the_records_they_were():
    one, two = partition(), partition()
    records = [heard(second, only=RATES, spo2_pct=80 if second == 9 else 97) for second in range(1, 12)]
    rates = [(at, as_rates(record), at_ms) for at, record, at_ms in records]
    before, after = one.take_in(records), two.take_in(rates)
    assert (after.many, after.last, after.other) == (8, before.last, rates[8])
    assert before.other == records[8]
    assert one.patients == two.patients


def test_whoever_was_taken_in_has_changed():
    engine = partition()
    engine.touched = set()
    engine.take_in([heard(1)])
    assert engine.touched == {"bed-7"}


def test_the_clock_never_goes_back():
    engine = partition()
    before = engine.clock_ms = ms(NEXT + 20 * SECOND)
    assert engine.take_in([heard(1), heard(2)]).many == 2
    assert engine.clock_ms == before


def test_a_fault_leaves_it_to_the_long_way(monkeypatch):
    engine = partition()
    monkeypatch.setattr(Steady, "take_apart", lambda *_: 1 // 0)
    monkeypatch.setattr(Lockstep, "take", lambda *_: 1 // 0)
    assert engine.take_in([heard(1)]) == (0, None, heard(1))
