"""Another rule set comes into force by a record: a real grader switches there, and a killed one goes on under it."""

import json
import time

import pytest

from schemas.encoding import encode
from schemas.partitions import partition_for
from schemas.topics import ESCALATIONS, REJECTED
from services.grader.site_files import load_site
from tests.integration.grader.bedside import Bedside, open_bedside, reading
from tests.integration.grader.damage import StatePartition
from tests.integration.grader.grader_process import GraderProcess, grader_process
from tests.integration.grader.ward_events import charted, enrolled, measured
from tests.waiting import eventually

pytestmark = pytest.mark.kafka
GRADER = "services.grader"
STORED = "crs_checkpoint_timestamp_seconds{"


def activate(bedside: Bedside, rules_hash: str) -> None:
    record = {"schema": "crs.rules.v1", "rules_id": "site-2", "rules_hash": rules_hash, "activated_by": "dr-ito"}
    for partition in range(bedside.kafka.partitions):
        bedside.send_bytes(encode(record), partition=partition)


@pytest.mark.timeout(200)
def test_it_switches_at_the_record_and_remembers_through_a_kill(ward_topics, tmp_path):
    stricter = tmp_path / "stricter.json"
    stricter.write_text(json.dumps({"id": "site-2", "low_spo2_pct": 92}))
    wanted = load_site(stricter, None).hash
    with (
        grader_process(ward_topics, tmp_path, module=GRADER, rules_next=str(stricter)) as grader,
        open_bedside(ward_topics) as bedside,
        reading(ward_topics, ESCALATIONS) as escalations,
        reading(ward_topics, REJECTED) as rejected,
    ):

        def rises(patient_id: str) -> list[tuple[int, bool]]:
            found = [told for told in escalations() if (told["patient_id"], told["kind"]) == (patient_id, "crs_rise")]
            return [(told["grade"], told["rules"]["hash"] == wanted) for told in found]

        bedside.send([*enrolled("bed-7"), measured("t7", "bed-7", temperature_c=39.0, sbp_mmhg=118, spo2_pct=91)])
        eventually(lambda: rises("bed-7") == [(1, False)], within=60)
        activate(bedside, wanted)
        eventually(lambda: rises("bed-7") == [(1, False), (2, True)], within=30)
        # A tick a second makes every partition's checkpoint follow: the switch itself will not be read again.
        switched_s = time.time()
        eventually(lambda: len(stored_after(grader, switched_s)) == ward_topics.partitions, within=30)
        grader.kill()
        grader.start()
        bedside.send([*enrolled("bed-8"), measured("t8", "bed-8", temperature_c=39.0, sbp_mmhg=118, spo2_pct=91)])
        eventually(lambda: rises("bed-8") == [(2, True)], within=60)

        activate(bedside, "f" * 64)
        refused = rejected.until(ward_topics.partitions)
        assert {one["reason"] for one in refused} == {"unknown_rules"}
        bedside.send([measured("p8", "bed-8", heart_rate_bpm=0)])
        eventually(lambda: [told for told in escalations() if told["kind"] == "critical_value"], within=30)
        assert "a rule set that is not here was to be activated" in grader.log()
        # Said once: neither the switch nor the restart pages again what stood.
        assert rises("bed-7") == [(1, False), (2, True)]


def stored_after(grader: GraderProcess, at_s: float) -> list[str]:
    """Partitions with a checkpoint newer than this."""
    lines = [line.split() for line in grader.page("/metrics").splitlines() if line.startswith(STORED)]
    return [name for name, value in lines if float(value) > at_s]


@pytest.mark.timeout(200)
def test_who_is_rebuilt_from_the_log_is_graded_by_the_rules_that_were_in_force_then(ward_topics, tmp_path):
    """Else a rise that was said under the old rules is not counted, and the next real one carries its id."""
    looser = tmp_path / "looser.json"
    looser.write_text(
        json.dumps({"id": "site-2", "low_spo2_pct": 88, "signed_off_by": "Dr A", "signed_off_on": "2026-03-01"})
    )
    partition = partition_for("bed-7", ward_topics.partitions)
    with (
        grader_process(ward_topics, tmp_path, module=GRADER, rules_next=str(looser)) as grader,
        open_bedside(ward_topics) as bedside,
        reading(ward_topics, ESCALATIONS) as escalations,
    ):

        def rises() -> list[tuple[int, int]]:
            return [(told["grade"], told["rise"]) for told in escalations() if told["kind"] == "crs_rise"]

        bedside.send([*enrolled("bed-7"), measured("t7", "bed-7", temperature_c=39.0, sbp_mmhg=118, spo2_pct=97)])
        bedside.send([measured("wrong", "bed-7", spo2_pct=89)])
        eventually(lambda: rises()[-1:] == [(2, 1)], within=60)
        bedside.send([charted("taken-back", "bed-7", kind="retraction", retracts="wrong")])
        activate(bedside, load_site(looser, None).hash)
        eventually(lambda: grader.log().count("rule set activated") == ward_topics.partitions, within=30)
        assert grader.stop() == 0
        StatePartition(ward_topics, partition).spoil_bucket("bed-7")
        grader.start()
        eventually(lambda: "patients are back from the log" in grader.log(), within=60)
        bedside.send([measured("low", "bed-7", spo2_pct=82)])
        assert eventually(lambda: rises() if (2, 2) in rises() else None, within=30)[-1] == (2, 2)
