"""A patient charted thousands of times a day still pages: what is said of them always fits into a record."""

import time

import pytest

from schemas.evidence import MOST_PART_BYTES
from schemas.times import format_time
from schemas.topics import ESCALATIONS, ESTIMATES, EVIDENCE
from tests.integration.grader.bedside import open_bedside, reading
from tests.integration.grader.grader_process import grader_process
from tests.integration.grader.recorded import graded, records_of
from tests.integration.grader.ward_events import enrolled, measured
from tests.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(600)]
GRADER = "services.grader"
BROKERS_OWN_LIMIT = 1024 * 1024  # what a broker takes unless it is told otherwise
DAY_S = 86_400


def hand_charted(patient_id: str, count: int) -> list[dict]:
    """So many readings of the last day, from an interface that gives long names."""
    now_s = time.time()
    return [
        {
            **measured(f"{number:08d}-{'interface-engine-message-' * 7}", patient_id, temperature_c=37.0, sbp_mmhg=118),
            "observed_at": format_time(int((now_s - DAY_S * 0.9 * (count - number) / count) * 1000)),
            "source": "interface",
            "spo2_pct": 97,
            "heart_rate_bpm": 80 + number % 5,
            "resp_rate_bpm": 14,
        }
        for number in range(count)
    ]


@pytest.mark.parametrize("count", [1_000, pytest.param(20_000, marks=pytest.mark.prove)])
def test_who_is_charted_all_day_still_pages_before_and_after_a_restart(new_ward_topics, tmp_path, count):
    ward = new_ward_topics(partitions=1)
    with (
        grader_process(ward, tmp_path, module=GRADER) as grader,
        open_bedside(ward) as bedside,
        reading(ward, ESCALATIONS) as escalations,
        reading(ward, EVIDENCE) as evidence,
        reading(ward, ESTIMATES) as estimates,
    ):

        def rises() -> list[int]:
            return [one["grade"] for one in escalations() if one["kind"] == "crs_rise"]

        bedside.send([*hand_charted("bed-7", count), *enrolled("bed-7")])
        bedside.send([measured("fever", "bed-7", temperature_c=39.0)])
        eventually(lambda: rises() == [1], within=30 + count / 100)
        assert grader.stop() == 0
        grader.start()
        bedside.send([measured("low", "bed-7", sbp_mmhg=80)])
        eventually(lambda: rises() == [1, 2], within=60)
        assert grader.stop() == 0
        said = graded(records_of(ward), ward.partitions)
        expected = [one.value for one in said if one.topic == "evidence"]
        eventually(lambda: len(evidence()) >= len(expected), within=10)

        assert evidence() == expected
        omitted = [one["state_before_omitted"] for one in evidence()]
        assert all(one["length"] > MOST_PART_BYTES and len(one["sha256"]) == 64 for one in omitted)
        assert {one["state_before"] for one in evidence()} == {None}
        estimates()
        largest = max(len(record.value) for seen in (escalations, evidence, estimates) for record in seen.records)
        assert largest < BROKERS_OWN_LIMIT / 2
