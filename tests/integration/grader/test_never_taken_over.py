"""A partition that is assigned and never taken over: not ready, and the process ends so that it can begin anew."""

import urllib.error

import pytest

from tests.integration.grader.grader_process import grader_process
from tests.waiting import eventually

pytestmark = pytest.mark.kafka
MODULE = "tests.integration.grader.never_taking_over"


def test_it_is_not_ready_and_the_process_ends(ward_topics, tmp_path):
    with grader_process(ward_topics, tmp_path, module=MODULE, stall_limit="PT1S") as grader:

        def readiness() -> str:
            try:
                return grader.page("/readyz")
            except urllib.error.HTTPError as refusal:
                return refusal.read().decode()
            except OSError:
                return ""  # it does not listen yet

        eventually(lambda: "partitions are ours and not graded yet" in readiness(), within=30)

        assert grader.wait_for_end(within=60) == 1
        assert "nothing was applied for too long while records wait" in grader.log()
