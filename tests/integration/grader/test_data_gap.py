"""Records that retention took before they were graded: paged for, counted, and graded on from what is left."""

import pytest

from schemas.ids import fault_id
from schemas.partitions import partition_for
from schemas.topics import BEDSIDE, ESCALATIONS
from tests.integration.grader.bedside import open_bedside, reading
from tests.integration.grader.damage import take_away
from tests.integration.grader.grader_process import grader_process
from tests.integration.grader.ward_events import enrolled, measured
from tests.waiting import eventually

pytestmark = pytest.mark.kafka
GRADER = "services.grader"


@pytest.mark.timeout(200)
def test_each_patient_of_the_partition_is_paged_for_and_graded_on(ward_topics, tmp_path):
    partition = partition_for("bed-7", ward_topics.partitions)
    with (
        grader_process(ward_topics, tmp_path, module=GRADER) as grader,
        open_bedside(ward_topics) as bedside,
        reading(ward_topics, ESCALATIONS) as escalations,
    ):
        bedside.send([*enrolled("bed-7"), measured("fever", "bed-7", temperature_c=39.0, sbp_mmhg=118, spo2_pct=97)])
        eventually(lambda: [told for told in escalations() if told["kind"] == "crs_rise"], within=60)
        assert grader.stop() == 0
        bedside.send([measured(f"lost-{number}", "bed-7", heart_rate_bpm=90) for number in range(5)])
        begin = take_away(ward_topics, BEDSIDE, partition)
        grader.start()
        (gap,) = eventually(lambda: [told for told in escalations() if told["kind"] == "data_gap"], within=60)

        lies = gap["provenance"]
        assert (gap["patient_id"], gap["priority"], lies["last_offset"]) == ("bed-7", "high", begin - 1)
        assert gap["escalation_id"] == fault_id("bed-7", "data_gap", lies["first_offset"])
        bedside.send([measured("low", "bed-7", sbp_mmhg=80)])
        ends = eventually(
            lambda: [told for told in escalations() if gap["escalation_id"] in told.get("resolves", ())], within=60
        )
        assert ends[0]["reason"] == "data_returned"
        assert [told["grade"] for told in escalations() if told["kind"] == "crs_rise"] == [1, 2]
        assert f"crs_lost_records_total {float(begin - lies['first_offset'])}" in grader.page("/metrics")
