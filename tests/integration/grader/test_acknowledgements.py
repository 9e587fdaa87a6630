"""An output that Kafka took into its hands and never acknowledges: the process ends, and another one says it again."""

import pytest

from schemas.topics import ESCALATIONS
from tests.integration.grader.bedside import open_bedside, reading
from tests.integration.grader.grader_process import grader_process
from tests.integration.grader.ward_events import enrolled, measured
from tests.waiting import eventually

pytestmark = pytest.mark.kafka
NEVER_ACKNOWLEDGED = "tests.integration.grader.never_acknowledged"


def test_an_output_that_is_never_acknowledged_ends_the_process_and_is_repeated(ward_topics, tmp_path):
    with (
        open_bedside(ward_topics) as bedside,
        reading(ward_topics, ESCALATIONS) as escalations,
    ):
        with grader_process(ward_topics, tmp_path, module=NEVER_ACKNOWLEDGED, send_timeout="PT2S") as deaf:
            deaf.wait_until_ready()
            bedside.send(
                [*enrolled("bed-7"), measured("fever", "bed-7", temperature_c=39.0, sbp_mmhg=118, spo2_pct=97)]
            )

            assert deaf.wait_for_end(within=30) == 1
            assert "Kafka did not take an output or a checkpoint in time" in deaf.log()
        (page,) = eventually(escalations, within=10)
        with grader_process(ward_topics, tmp_path, module="services.grader"):
            again = eventually(lambda: escalations()[1:], within=30)

        assert [told["escalation_id"] for told in again] == [page["escalation_id"]]
