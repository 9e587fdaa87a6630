"""A stream gathered quickly says what the long way says, record by record, whatever interrupts it and wherever."""

import pytest
from msgspec.structs import replace

from services.grader.engine.state import PatientState
from tests.unit.grader.random_streams import bed
from tests.unit.grader.random_wards import Grader, Ward, is_valid
from tests.unit.grader.test_random_wards import told

FEW = (1, 2, 3, 4, 5, 7, 8, 9, 10)  # short ones
MANY = [seed for seed in range(1000) if seed not in FEW]
WARD = Ward([], watch_all=True, unit_profile=None)


def assert_same_state(one: PatientState, two: PatientState) -> None:
    """But for the folds they may start from again, and the ids that were not yet tidied up."""
    alike = [replace(state, marks=(), history=replace(state.history, seen={})) for state in (one, two)]
    assert alike[0] == alike[1]


def assert_alike(seed: int) -> None:
    quick, thorough, restarted = Grader(WARD), Grader(WARD, thorough=True), Grader(WARD, restarts=True)
    clock = 0.0
    for minute, record in bed(seed):
        clock = max(clock, minute)
        if record["schema"] != "crs.tick.v1" and not is_valid(record):
            continue
        said = told(thorough.take(clock, record))
        assert told(quick.take(clock, record)) == said, record
        assert told(restarted.take(clock, record)) == said, record
    for name, state in thorough.partition.patients.items():
        assert_same_state(quick.partition.patients[name], state)


@pytest.mark.parametrize("seed", FEW)
def test_any_stream(seed):
    assert_alike(seed)


@pytest.mark.prove
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", MANY)
def test_many_streams(seed):
    assert_alike(seed)
