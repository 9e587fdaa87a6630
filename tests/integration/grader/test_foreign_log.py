"""A bedside log that is not the one the state was made of: taken away under a grader, or another in its place."""

import json
from dataclasses import replace

import pytest

from schemas.ids import fault_id
from schemas.partitions import partition_for
from schemas.topics import BEDSIDE, ESCALATIONS, GRADER_STATE
from services.grader.manifest import MANIFEST_KEY, Newest
from services.runtime.kafka_clients import admin
from services.runtime.refusing import NOT_NOW
from services.runtime.topics import create_topics, topic_name
from tests.integration.grader.bedside import open_bedside, reading
from tests.integration.grader.damage import StatePartition, take_away
from tests.integration.grader.grader_process import grader_process
from tests.integration.grader.ward_events import enrolled, measured
from tests.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(200)]
GRADER = "services.grader"


def test_records_taken_away_in_mid_run_end_the_process_and_the_next_one_pages_for_them(ward_topics, tmp_path):
    partition = partition_for("bed-7", ward_topics.partitions)
    with (
        grader_process(ward_topics, tmp_path, module=GRADER, ticks="false") as grader,
        open_bedside(ward_topics) as bedside,
        reading(ward_topics, ESCALATIONS) as escalations,
    ):

        def of_kind(kind: str) -> list[dict]:
            return [told for told in escalations() if told["kind"] == kind]

        bedside.send([*enrolled("bed-7"), measured("fever", "bed-7", temperature_c=39.0, sbp_mmhg=118, spo2_pct=97)])
        eventually(lambda: of_kind("crs_rise"), within=60)
        stored = f'crs_checkpoint_timestamp_seconds{{partition="{partition}"}}'
        eventually(lambda: stored in grader.page("/metrics"), within=30)
        grader.pause()
        # The broker answers the fetch that is waiting there with this one, so it is not among what is lost.
        bedside.send([measured("fetched", "bed-7", heart_rate_bpm=90)])
        bedside.send([measured(f"lost-{number}", "bed-7", heart_rate_bpm=90) for number in range(5)])
        begin = take_away(ward_topics, BEDSIDE, partition)
        bedside.send([measured("low", "bed-7", sbp_mmhg=80)])
        grader.resume()
        assert grader.wait_for_end(within=60) == 1
        assert "records are missing from the log" in grader.log()
        grader.start()
        (gap,) = eventually(lambda: of_kind("data_gap"), within=60)
        eventually(lambda: [told["grade"] for told in of_kind("crs_rise")] == [1, 2], within=60)

        lies = gap["provenance"]
        assert (gap["patient_id"], lies["last_offset"]) == ("bed-7", begin - 1)
        assert gap["escalation_id"] == fault_id("bed-7", "data_gap", lies["first_offset"])


def test_a_bedside_topic_created_anew_is_refused_and_nothing_is_written(ward_topics, tmp_path):
    with (
        grader_process(ward_topics, tmp_path, module=GRADER) as grader,
        open_bedside(ward_topics) as bedside,
        reading(ward_topics, ESCALATIONS) as escalations,
    ):
        bedside.send([*enrolled("bed-7"), measured("fever", "bed-7", temperature_c=39.0, sbp_mmhg=118, spo2_pct=97)])
        eventually(escalations, within=60)
        assert grader.stop() == 0
        before = escalations()
        name = topic_name(ward_topics.topic_prefix, BEDSIDE)
        client = admin(ward_topics)
        try:
            client.delete_topics([name])
            eventually(lambda: name not in client.list_topics(), within=30)
        finally:
            client.close()
        create_topics(ward_topics, (BEDSIDE,))
        bedside.send([measured("again", "bed-7", temperature_c=39.0)])
        grader.start()

        assert grader.wait_for_end(within=60) == 1
        assert "a partition could not be restored" in grader.log()
        assert "ForeignState" in grader.log()
        assert escalations() == before


def test_a_log_that_lost_records_which_were_graded_is_refused_whatever_came_instead(ward_topics, tmp_path):
    state = StatePartition(ward_topics, partition_for("bed-7", ward_topics.partitions))
    with (
        grader_process(ward_topics, tmp_path, module=GRADER) as grader,
        open_bedside(ward_topics) as bedside,
        reading(ward_topics, ESCALATIONS) as escalations,
    ):
        bedside.send([*enrolled("bed-7"), measured("fever", "bed-7", temperature_c=39.0, sbp_mmhg=118, spo2_pct=97)])
        eventually(escalations, within=60)
        assert grader.stop() == 0
        manifest = state.manifest()
        offset, stamp_ms = manifest.newest
        assert offset == manifest.next - 1
        for other in (Newest(offset, stamp_ms + 1), Newest(offset + 1_000, stamp_ms)):
            state.write(MANIFEST_KEY, replace(manifest, newest=other).encode())
            grader.start()

            assert grader.wait_for_end(within=60) == 1
        assert grader.log().count("the bedside log has lost records that were graded") == 2

        # What the README tells an operator to do: the patients are graded anew from what the log still has.
        state.write(MANIFEST_KEY, b"")
        grader.start()
        bedside.send([measured("low", "bed-7", sbp_mmhg=80)])
        eventually(
            lambda: [told["grade"] for told in escalations() if told["kind"] == "crs_rise"] == [1, 1, 2], within=60
        )
        assert len({told["escalation_id"] for told in escalations()}) == 2


def test_partitions_added_to_the_bedside_topic_end_the_process_and_no_setting_makes_it_go_on(ward_topics, tmp_path):
    more = ward_topics.partitions + 1
    with (
        grader_process(ward_topics, tmp_path, module=GRADER) as grader,
        open_bedside(ward_topics) as bedside,
        reading(ward_topics, ESCALATIONS) as escalations,
    ):
        bedside.send([*enrolled("bed-7"), measured("fever", "bed-7", temperature_c=39.0, sbp_mmhg=118, spo2_pct=97)])
        eventually(escalations, within=60)
        partition = partition_for("bed-7", ward_topics.partitions)
        eventually(
            lambda: f'crs_checkpoint_timestamp_seconds{{partition="{partition}"}}' in grader.page("/metrics"), within=30
        )
        client = admin(ward_topics)
        try:
            client.create_partitions(
                {topic_name(ward_topics.topic_prefix, topic): more for topic in (BEDSIDE, GRADER_STATE)}
            )
        finally:
            client.close()

        assert grader.wait_for_end(within=60) == 1
        (ended,) = [line for line in map(json.loads, grader.log().splitlines()) if line["level"] == "critical"]
        assert "the bedside topic got more partitions" in ended["message"]
        assert (ended["count"], ended["partitions"]) == (more, ward_topics.partitions)
        assert ended["topic"] == topic_name(ward_topics.topic_prefix, BEDSIDE)

        grader.start()
        assert grader.wait_for_end(within=60) == NOT_NOW
        assert f"has {more} partitions, CRSWATCH_PARTITIONS says {ward_topics.partitions}" in grader.log()

    with grader_process(ward_topics.model_copy(update={"partitions": more}), tmp_path, module=GRADER) as corrected:
        assert corrected.wait_for_end(within=60) == 1
        assert "the state was made with another number of partitions" in corrected.log()
