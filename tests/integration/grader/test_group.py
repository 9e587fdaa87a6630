"""Being in the group: never left for lack of a fetch, and where it is never joined the process ends."""

import pytest

from schemas.topics import ESTIMATES
from tests.integration.grader.bedside import open_bedside, reading
from tests.integration.grader.grader_process import grader_process
from tests.integration.grader.ward_events import enrolled
from tests.waiting import eventually

pytestmark = pytest.mark.kafka
FETCHING_NOTHING = "tests.integration.grader.fetching_nothing"
NEVER_JOINING = "tests.integration.grader.never_joining"


def ticks(grader) -> float:
    lines = grader.page("/metrics").splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith("crs_ticks_total"))


def test_a_worker_that_has_not_fetched_for_long_stays_in_its_group(ward_topics, tmp_path):
    with (
        grader_process(ward_topics, tmp_path, module=FETCHING_NOTHING) as grader,
        open_bedside(ward_topics) as bedside,
        reading(ward_topics, ESTIMATES) as estimates,
    ):
        grader.wait_until_ready()
        before = ticks(grader)
        # Ticks go only to partitions that are ours; meanwhile there were a few heartbeats, one a second.
        eventually(lambda: ticks(grader) > before + 4 * ward_topics.partitions, within=30)
        bedside.send(enrolled("bed-7"))
        (estimate, *_) = eventually(estimates, within=10)
        assert estimate["patient_id"] == "bed-7"


def test_a_worker_that_never_comes_into_its_group_ends(ward_topics, tmp_path):
    with grader_process(ward_topics, tmp_path, module=NEVER_JOINING, stall_limit="PT1S") as grader:
        assert grader.wait_for_end(within=60) == 1
        assert "the group has not given us our partitions for too long" in grader.log()
