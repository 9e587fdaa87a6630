"""What goes onto the topics besides the answers to records: estimates said again by a new owner, and tombstones."""

import pytest

from schemas.topics import ESTIMATES
from tests.integration.grader.bedside import Reading, open_bedside, reading
from tests.integration.grader.grader_process import grader_process
from tests.integration.grader.ward_events import charted, measured
from tests.waiting import eventually

pytestmark = pytest.mark.kafka
HASTY = "tests.integration.grader.hasty"


def tombstones(estimates: Reading) -> list[bytes]:
    return [record.key for record in estimates.records if record.value is None]


def test_a_new_owner_says_again_what_stands_and_nothing_of_who_was_forgotten(ward_topics, tmp_path):
    with (
        grader_process(ward_topics, tmp_path, module=HASTY) as grader,
        open_bedside(ward_topics) as bedside,
        reading(ward_topics, ESTIMATES) as estimates,
    ):
        bedside.send([measured(f"{bed}-t", bed, temperature_c=38.5) for bed in ("bed-7", "bed-8")])
        bedside.send([charted("left", "bed-8", kind="encounter", action="discharge")])
        eventually(lambda: estimates() and tombstones(estimates) == [b"bed-8"], within=20)
        before = len(estimates())
        assert grader.stop() == 0
        grader.start()
        again = estimates.until(before + 1)[before:]
        grader.wait_until_ready(30)

        (first,) = [one for one in again if one["patient_id"] == "bed-7"][:1]
        assert first["revision"] >= max(one["revision"] for one in estimates()[:before] if one["patient_id"] == "bed-7")
        assert {one["patient_id"] for one in estimates()[before:]} == {"bed-7"}
