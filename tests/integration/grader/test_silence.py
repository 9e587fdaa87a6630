"""Time alone: a silent patient, a silent ward, a partition in which nothing comes at all, and a broker that stops."""

import time
import urllib.error

import pytest

from schemas.partitions import partition_for
from schemas.times import parse_time
from schemas.topics import ESCALATIONS, ESTIMATES
from services.runtime.broker import local_kafka
from tests.integration.grader.bedside import Reading, open_bedside, reading
from tests.integration.grader.grader_process import GraderProcess, grader_process
from tests.integration.grader.impatient import SILENT_S
from tests.integration.grader.ward_events import charted, measured
from tests.kafka import topics_of_its_own
from tests.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(200)]
IMPATIENT = "tests.integration.grader.impatient"
WARD = [f"bed-{number}" for number in range(60)]


def admitted(patient_id: str) -> list[dict]:
    return [
        charted(f"{patient_id}-admit", patient_id, kind="encounter", action="admit", unit="4W", age_years=60),
        charted(f"{patient_id}-dose", patient_id, kind="immunotherapy", product="axi-cel"),
    ]


def on_the_monitor(patient_id: str, number: int) -> dict:
    return {**measured(f"{patient_id}-m{number}", patient_id, heart_rate_bpm=80, spo2_pct=97), "source": "monitor"}


def silent(escalations: Reading) -> dict[str, dict]:
    """The page for each silent patient; one each."""
    pages = [told for told in escalations() if told["kind"] == "technical_silent"]
    assert len({told["patient_id"] for told in pages}) == len(pages)
    return {told["patient_id"]: told for told in pages}


def test_each_of_a_ward_that_falls_silent_at_once_is_paged_for_although_nothing_comes_any_more(ward_topics, tmp_path):
    alone = next(f"icu-{n}" for n in range(99) if partition_for(f"icu-{n}", ward_topics.partitions) == 3)
    here = [bed for bed in WARD if partition_for(bed, ward_topics.partitions) != 3]
    with (
        grader_process(ward_topics, tmp_path, module=IMPATIENT) as grader,
        open_bedside(ward_topics) as bedside,
        reading(ward_topics, ESCALATIONS) as escalations,
    ):
        grader.wait_until_ready()
        never_measured, measured_once = here[0], here[1:]
        bedside.send([event for bed in (*here, alone) for event in admitted(bed)])
        bedside.send([on_the_monitor(bed, 1) for bed in (*measured_once, alone)])
        sent_ms = time.time_ns() // 1_000_000
        pages = eventually(lambda: len(found := silent(escalations)) == len(here) + 1 and found, within=30)

        for told in pages.values():
            assert told["occurred_at"] == told["detected_at"]
            assert abs(parse_time(told["occurred_at"]) - sent_ms - SILENT_S * 1000) < 3000
        assert {never_measured, alone} <= pages.keys()
        bedside.send([on_the_monitor(bed, 2) for bed in here])
        ended = eventually(
            lambda: len(over := [told for told in escalations() if told["kind"] == "resolved"]) == len(here) and over,
            within=30,
        )
        assert {told["reason"] for told in ended} == {"data_returned"}
        assert {name for told in ended for name in told["resolves"]} == {pages[bed]["escalation_id"] for bed in here}


def test_who_falls_silent_while_nobody_grades_is_paged_for_as_of_then(ward_topics, tmp_path):
    with (
        grader_process(ward_topics, tmp_path, module=IMPATIENT) as grader,
        open_bedside(ward_topics) as bedside,
        reading(ward_topics, ESCALATIONS) as escalations,
        reading(ward_topics, ESTIMATES) as estimates,
    ):
        grader.wait_until_ready()
        bedside.send([*admitted("bed-7"), on_the_monitor("bed-7", 1)])
        eventually(estimates, within=30)
        grader.kill()
        killed_s = time.monotonic()
        assert not silent(escalations)
        eventually(lambda: time.monotonic() - killed_s > SILENT_S, within=30)
        grader.start()
        pages = eventually(lambda: silent(escalations), within=30)

        shown = [one for one in estimates() if "observed_at" in one["inputs"]["heart_rate_bpm"]]
        last_ms = parse_time(shown[0]["inputs"]["heart_rate_bpm"]["observed_at"])
        assert parse_time(pages["bed-7"]["occurred_at"]) - last_ms == pytest.approx(SILENT_S * 1000, abs=1000)


def ready(grader: GraderProcess) -> str:
    try:
        return grader.page("/readyz")
    except urllib.error.HTTPError as refusal:
        return refusal.read().decode()


@pytest.mark.prove
def test_a_broker_that_stops_is_said_and_a_ward_that_was_silent_meanwhile_is_paged_for(tmp_path):
    with (
        local_kafka() as broker,
        topics_of_its_own(broker.bootstrap_servers) as ward,
        grader_process(ward, tmp_path, module=IMPATIENT, send_timeout="PT60S") as grader,
        open_bedside(ward) as bedside,
        reading(ward, ESCALATIONS) as escalations,
    ):
        grader.wait_until_ready()
        bedside.send([event for bed in WARD for event in (*admitted(bed), on_the_monitor(bed, 1))])
        broker.pause()
        eventually(lambda: '"ready":false' in ready(grader), within=40)
        assert "the quietest applied something" in ready(grader)
        assert grader.process.poll() is None
        broker.resume()

        eventually(lambda: silent(escalations).keys() == {*WARD}, within=60)
        grader.wait_until_ready()
        assert "the process ends" not in grader.log()
