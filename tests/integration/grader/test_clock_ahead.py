"""A broker whose clock was hours ahead for a moment: the ward is graded on at that time, and told of it."""

import pytest

from schemas.encoding import encode
from schemas.topics import ESCALATIONS, ESTIMATES, EVIDENCE, REJECTED
from tests.integration.grader.bedside import open_bedside, reading
from tests.integration.grader.grader_process import grader_process
from tests.integration.grader.past_hours import open_past, stamped_topics
from tests.integration.grader.ward_events import enrolled, measured
from tests.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(100)]
GRADER = "services.grader"
HOURS_AHEAD = 3
OUTPUTS = (ESTIMATES, ESCALATIONS, EVIDENCE)


def test_what_follows_from_a_record_that_came_hours_too_early_by_the_brokers_clock_is_taken(kafka, tmp_path):
    with (
        stamped_topics(kafka.bootstrap_servers, partitions=1) as ward,
        grader_process(ward, tmp_path, module=GRADER, ticks="false") as grader,
        open_past(ward) as broker,
        open_bedside(ward) as bedside,
        reading(ward, ESTIMATES) as estimates,
        reading(ward, ESCALATIONS) as escalations,
        reading(ward, EVIDENCE) as evidence,
        reading(ward, REJECTED) as rejected,
    ):
        bedside.send(enrolled("bed-7"))
        broker.tick(-60 * HOURS_AHEAD)
        bedside.send([measured("fever", "bed-7", temperature_c=39.0)])
        bedside.send_bytes(encode({"schema": "of nobody"}), key=b"bed-7")

        eventually(lambda: [told["grade"] for told in escalations() if told["kind"] == "crs_rise"] == [1], within=30)
        eventually(lambda: evidence() and estimates(), within=10)
        assert len(rejected.until(1)) == 1
        assert grader.process.poll() is None
        eventually(lambda: "clock is or was ahead" in grader.log(), within=5)
