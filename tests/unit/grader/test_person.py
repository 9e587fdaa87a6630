"""Age in completed months, however it is known (`clinical.md` 10.1(4))."""

import time

import pytest

from schemas.times import parse_time
from services.grader.engine.person import YEAR_MS, Person
from tests.vignettes.bed import Bed
from tests.vignettes.starting_points import WELL


@pytest.fixture(autouse=True)
def own_zone(monkeypatch):
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("day", "months"),
    [
        ("2024-02-28T12:00:00Z", 0),
        ("2024-02-29T00:00:00Z", 0),
        ("2024-03-28T23:59:59Z", 0),
        ("2024-03-29T00:00:00Z", 1),
        ("2024-12-29T00:00:00Z", 10),
        ("2025-01-28T12:00:00Z", 10),
        ("2025-02-28T12:00:00Z", 11),
        ("2025-03-01T12:00:00Z", 12),
        ("2036-02-29T12:00:00Z", 144),
        ("2023-12-01T12:00:00Z", 0),  # a birth date in the future is no age below zero
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland", "America/New_York"])
def test_months_since_birth_are_completed_months_wherever_the_process_runs(day, months, zone, monkeypatch):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    assert Person(birth_date="2024-02-29").age_months(parse_time(day)) == months


def test_a_birth_date_wins_over_a_charted_age():
    assert Person(birth_date="2024-02-29", age_years=60).age_months(parse_time("2025-03-01T12:00:00Z")) == 12


@pytest.mark.parametrize(("years", "months"), [(0.5, 6), (6, 72), (0.25, 3), (0, 0), (1 / 12, 1), (0.7, 8), (1.1, 13)])
def test_a_charted_age_is_in_completed_months(years, months):
    assert Person(age_years=years, age_charted_ms=1000).age_months(1000) == months
    assert Person(age_years=years, age_charted_ms=1000).age_months(0) == months  # nobody is younger before the chart


def test_a_charted_age_grows():
    person = Person(age_years=6, age_charted_ms=YEAR_MS)
    assert person.age_months(2 * YEAR_MS) == 84
    assert person.age_months(2 * YEAR_MS - 60_000) == 83
    assert Person().age_months(0) is None


def test_a_toddler_known_by_birth_date_is_hypotensive_below_her_own_limit():
    bed = Bed().admit(age_years=None, birth_date="2024-02-01").on_room_air()  # two years: below 74
    bed.vitals(1, temperature_c=38.5, **{**WELL, "sbp_mmhg": 74})
    assert bed.interval == (1, 1)
    bed.vitals(2, sbp_mmhg=73)
    assert bed.interval == (2, 2)
