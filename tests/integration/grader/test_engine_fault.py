"""A record on which `step` itself fails costs that record alone: in a real process, end to end."""

import base64
import json

import pytest

from schemas.topics import ESCALATIONS, ESTIMATES, REJECTED
from tests.integration.grader.bedside import open_bedside, reading
from tests.integration.grader.grader_process import grader_process
from tests.integration.grader.ward_events import enrolled, measured
from tests.waiting import eventually

pytestmark = pytest.mark.kafka
FAILING = "tests.integration.grader.failing"


def test_it_costs_one_record_and_one_page_and_the_ward_goes_on(ward_topics, tmp_path):
    poison = measured("poison-1", "bed-7", temperature_c=38.125)
    with (
        grader_process(ward_topics, tmp_path, module=FAILING) as grader,
        open_bedside(ward_topics) as bedside,
        reading(ward_topics, ESCALATIONS) as escalations,
        reading(ward_topics, ESTIMATES) as estimates,
        reading(ward_topics, REJECTED) as rejected,
    ):
        bedside.send([*enrolled("bed-7"), *enrolled("bed-8"), poison])
        (refusal,) = rejected.until(1)
        fault = eventually(lambda: [told for told in escalations() if told["kind"] == "engine_fault"], within=30)
        eventually(lambda: "software fault" in json.dumps(estimates()), within=30)
        bedside.send([measured(f"{bed}-fever", bed, temperature_c=39.0) for bed in ("bed-7", "bed-8")])
        rises = eventually(
            lambda: len(found := [told for told in escalations() if told["kind"] == "crs_rise"]) == 2 and found,
            within=30,
        )

        assert (refusal["reason"], json.loads(base64.b64decode(refusal["bytes_base64"]))) == ("engine_fault", poison)
        assert [(told["patient_id"], told["priority"]) for told in fault] == [("bed-7", "high")]
        assert {told["patient_id"] for told in rises} == {"bed-7", "bed-8"}
        assert grader.process.poll() is None
        assert "38.125" not in grader.log()
