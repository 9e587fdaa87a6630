"""A grader that is killed or stopped loses nothing, and repeats only what has the same id."""

import pytest

from schemas.topics import ESCALATIONS
from tests.integration.grader.bedside import heart_rate, open_bedside, reading
from tests.integration.grader.grader_process import grader_process
from tests.waiting import eventually

pytestmark = pytest.mark.kafka
COUNTING = "tests.integration.grader.counting"
PATIENTS = 40


def readings(first: int, last: int) -> list[dict]:
    return [heart_rate(f"e{number}", f"p-{number % PATIENTS}") for number in range(first, last)]


def expected(last: int) -> set[str]:
    """Every third record of a patient escalates."""
    return {f"p-{patient}/{count}" for patient in range(PATIENTS) for count in range(3, last // PATIENTS + 1, 3)}


def ids(escalations: list[dict]) -> set[str]:
    return {escalation["escalation_id"] for escalation in escalations}


def test_killed_between_checkpoints_it_comes_back_to_the_same_ids(ward_topics, tmp_path):
    with (
        grader_process(ward_topics, tmp_path, module=COUNTING) as grader,
        open_bedside(ward_topics) as bedside,
        reading(ward_topics, ESCALATIONS) as escalations,
    ):
        for round_number in range(3):
            bedside.send(readings(round_number * 1200, (round_number + 1) * 1200))
            escalations.until(round_number * 400 + 100)
            grader.kill()
            grader.start()

        eventually(lambda: len(ids(escalations())) >= 1200, within=30)
        assert ids(escalations()) == expected(3600)


def test_stopped_in_order_it_repeats_nothing(ward_topics, tmp_path):
    with (
        grader_process(ward_topics, tmp_path, module=COUNTING) as grader,
        open_bedside(ward_topics) as bedside,
        reading(ward_topics, ESCALATIONS) as escalations,
    ):
        bedside.send(readings(0, 1200))
        escalations.until(400)
        code = grader.stop()
        bedside.send(readings(1200, 2400))
        grader.start()
        found = escalations.until(800)

        assert code == 0
        assert (ids(found), len(found)) == (expected(2400), 800)
