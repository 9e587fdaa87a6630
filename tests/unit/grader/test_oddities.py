"""Values that are odd and kept all the same: pressures that cannot all be right, and Fahrenheit."""

import pytest

from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.engine.signs.oddities import as_celsius, contradict_each_other


@pytest.mark.parametrize(
    ("sbp", "dbp", "mean", "odd"),
    [
        (None, None, None, False),
        (118, None, None, False),
        (None, 60, None, False),
        (118, 60, None, False),
        (118, 118 - DEFAULT_RULES.least_pulse_pressure_mmhg, None, False),
        (118, 119 - DEFAULT_RULES.least_pulse_pressure_mmhg, None, True),
        (118, None, 118, False),
        (118, None, 119, True),
        (None, 60, 60, False),
        (None, 60, 59, True),
        (118, 60, 80, False),
        (118, 60, 130, True),
        (118, 60, 50, True),
        (None, None, 80, False),
    ],
)
def test_pressures_of_one_observation_contradict_each_other(
    sbp: float | None, dbp: float | None, mean: float | None, odd: bool
) -> None:
    given = {"sbp_mmhg": sbp, "dbp_mmhg": dbp, "map_mmhg": mean}
    record = {name: value for name, value in given.items() if value is not None}
    assert contradict_each_other(record, DEFAULT_RULES) is odd


def test_fahrenheit_is_shown_in_celsius_between_its_ends() -> None:
    low, high = DEFAULT_RULES.fahrenheit_from, DEFAULT_RULES.fahrenheit_to
    assert as_celsius(101.3, DEFAULT_RULES) == 38.5
    assert None not in (as_celsius(low, DEFAULT_RULES), as_celsius(high, DEFAULT_RULES))
    assert (as_celsius(low - 0.1, DEFAULT_RULES), as_celsius(high + 0.1, DEFAULT_RULES)) == (None, None)
