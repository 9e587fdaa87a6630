"""What a working grader says on /metrics."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from schemas.topics import ESCALATIONS
from tests.integration.grader.bedside import heart_rate, open_bedside, reading
from tests.integration.grader.grader_process import grader_process
from tests.waiting import eventually

pytestmark = pytest.mark.kafka
COUNTING = "tests.integration.grader.counting"
PATIENTS = 40


def figures(page: str) -> dict[str, float]:
    """Each sample's name with its value, summed over its labels."""
    said: dict[str, float] = {}
    for family in text_string_to_metric_families(page):
        for sample in family.samples:
            said[sample.name] = said.get(sample.name, 0.0) + sample.value
    return said


def test_a_grader_says_what_it_graded_what_it_holds_and_how_far_it_is_behind(ward_topics, tmp_path):
    with (
        grader_process(ward_topics, tmp_path, module=COUNTING) as grader,
        open_bedside(ward_topics) as bedside,
        reading(ward_topics, ESCALATIONS) as escalations,
    ):
        bedside.send([heart_rate(f"e{number}", f"p-{number % PATIENTS}") for number in range(1200)])
        escalations.until(400)

        # Patients are counted at a checkpoint, the lag at the watchdog's next look.
        eventually(lambda: "crs_partition_lag_records" in figures(grader.page("/metrics")), within=30)
        said = eventually(
            lambda: (now := figures(grader.page("/metrics"))).get("crs_patients") == PATIENTS and now, within=30
        )

        assert said["crs_events_graded_total"] >= 1200
        assert said["crs_event_age_seconds_count"] > 0
        assert said["crs_escalation_e2e_seconds_count"] == 400
        assert said["crs_unacknowledged_outputs"] >= 0
