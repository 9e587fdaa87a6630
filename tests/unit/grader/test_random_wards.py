"""What holds in every ward, however unlikely."""

from typing import Any

import pytest

from schemas.bedside import RULES, TICK
from services.grader.engine import Output
from services.grader.engine.partition import Partition
from services.grader.engine.telling.rises import crs_shown
from tests.unit.grader.random_wards import Grader, Ward, is_valid, under_changing_rules, ward
from tests.vignettes.bed import valid

FEW, MANY = range(8), range(8, 400)
FROM_US = (TICK, RULES)  # and through no ingest


def pages_of(outputs: list[Output]) -> list[dict[str, Any]]:
    return [output.value for output in outputs if output.topic == "escalations"]


def told(outputs: list[Output]) -> list[Output]:
    """Without the states in them: the two ways keep other marks of the same past."""
    return [
        output._replace(value={name: item for name, item in (output.value or {}).items() if "state" not in name})
        for output in outputs
    ]


def unpaged(partition: Partition) -> list[str]:
    """Patients whose evidence shows more than anybody was paged for."""
    return [
        name
        for name, state in partition.patients.items()
        if state.is_here and partition.ward.pages(state.fold.chart)
        if min(state.fold.low, crs_shown(state.fold)) > state.sent.crs.reported
        or min(state.fold.icans_low, state.fold.icans_hold.level) > state.sent.icans.reported
    ]


def assert_sound(of: Ward) -> None:
    """Nothing shown goes unpaged, no id is used twice, nothing fails, and both ways of a record say the same."""
    quick, thorough = Grader(of), Grader(of, thorough=True)
    ids: dict[str, dict[str, Any]] = {}
    for minute, record in of.arrivals:
        if record["schema"] not in FROM_US and not is_valid(record):
            continue
        said = valid(quick.take(minute, record))
        assert told(said) == told(thorough.take(minute, record)), record
        assert not any(output.value["reason"] == "engine_fault" for output in said if output.topic == "rejected")
        for page in pages_of(said):
            assert page["escalation_id"] not in ids, (page, ids[page["escalation_id"]])
            ids[page["escalation_id"]] = page
        assert unpaged(quick.partition) == [], record
        assert all(state.fold.low <= state.fold.high for state in quick.partition.patients.values())


@pytest.mark.parametrize("seed", FEW)
def test_any_ward(seed):
    assert_sound(ward(seed))


@pytest.mark.parametrize("seed", FEW)
def test_any_ward_in_which_the_rules_change(seed):
    assert_sound(under_changing_rules(ward(seed), seed))


@pytest.mark.prove
@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", MANY)
def test_many_wards(seed):
    assert_sound(ward(seed))
    assert_sound(under_changing_rules(ward(seed), seed))


@pytest.mark.prove
@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", range(1000, 1100))
def test_a_restart_before_each_record_silences_nothing(seed):
    restarted = Grader(ward(seed), restarts=True)
    for minute, record in ward(seed).arrivals:
        if record["schema"] == "crs.tick.v1" or is_valid(record):
            restarted.take(minute, record)
            assert unpaged(restarted.partition) == []
