import hashlib
import io

import pytest

from services.simulator.lines import write_ward
from services.simulator.scenarios import MIX, SCENARIOS, WELL, assign
from tests.unit.simulator.wards import bodies, plan


def written(of_plan):
    out = io.BytesIO()
    for _ in write_ward(of_plan, out):
        pass
    return out.getvalue()


# A change here is a change of every simulated ward: say so in the commit message.
@pytest.mark.parametrize(
    ("untidy", "sha256"),
    [
        (False, "b2bb1ff6f51ef4b34c59cbcdfeab7c5b259e2140af4b3f2b9550fd3038eeeebd"),
        (True, "54f7a88a6967811ceba8a8707a25e35f908373ba4515c8baa7cf66e250c6fdfe"),
    ],
)
def test_the_same_plan_gives_the_same_bytes_on_every_machine(untidy, sha256):
    small = plan(26, days=0.25, every_ms=120_000, is_untidy=untidy)

    assert hashlib.sha256(written(small)).hexdigest() == sha256


def test_another_seed_gives_another_ward():
    assert written(plan(2, days=0.1, seed=1)) != written(plan(2, days=0.1, seed=2))


@pytest.mark.parametrize("untidy", [False, True])
def test_a_patient_is_the_same_on_a_larger_ward(untidy):
    alone, crowded = plan(2, days=0.5, is_untidy=untidy), plan(9, days=0.5, is_untidy=untidy)

    assert bodies(alone, "sim-7-002") == bodies(crowded, "sim-7-002")


def test_a_finer_monitor_changes_nothing_that_people_chart():
    coarse, fine = (plan(8, days=0.5, every_ms=every_ms) for every_ms in (120_000, 60_000))

    charted = [[body for body in bodies(p) if "device_id" not in body] for p in (coarse, fine)]
    assert charted[0] == charted[1]


def test_a_ward_of_fifty_has_every_scenario():
    assert {scenario.name for scenario in assign(50, {})} == set(SCENARIOS)
    assert len(MIX) <= 50


def test_scenarios_asked_for_come_first_and_the_rest_is_well():
    chosen = assign(4, {"crs_3": 1, "crs_1": 2})

    assert [scenario.name for scenario in chosen] == ["crs_3", "crs_1", "crs_1", "well"]
    assert chosen[-1] is WELL


@pytest.mark.parametrize("counts", [{"crs_9": 1}, {"crs_1": 5}])
def test_an_unknown_scenario_or_too_many_patients_are_refused(counts):
    with pytest.raises(ValueError, match=r"crs_9|5 patients"):
        assign(4, counts)
