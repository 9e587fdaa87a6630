"""Whatever dies, stops or comes twice: what is said is what one undisturbed process says."""

import os

import pytest

from services.runtime.broker import local_kafka
from tests.chaos.proving import Enough, prove
from tests.chaos.rounds import play, short_round
from tests.chaos.tally import Tally

pytestmark = pytest.mark.kafka
SEED = int(os.environ.get("CHAOS_SEED", "1"))


@pytest.mark.timeout(400)
def test_killed_twice_at_each_crash_point_it_loses_nothing(capsys):
    tally = Tally(SEED)
    with local_kafka() as broker:
        play(broker, tally, short_round())

    with capsys.disabled():
        print(f"\n{tally.table()}")  # noqa: T201
    assert (tally.escalations["lost"], tally.escalations["wrong"]) == (0, 0), tally.differences
    assert min(tally.crash_points.values()) >= 2
    assert tally.escalations["expected"] > 200


@pytest.mark.prove
@pytest.mark.timeout(3 * 3600)
def test_a_thousand_faults_lose_nothing(tmp_path, capsys):
    enough = Enough(faults=1000, each=20, escalations=500)
    tally = prove(enough, SEED, tmp_path / "tally.json", most_rounds=20)

    with capsys.disabled():
        print(f"\n{tally.table()}")  # noqa: T201
    assert (tally.escalations["lost"], tally.escalations["wrong"]) == (0, 0), tally.differences
    assert enough.reached(tally)
