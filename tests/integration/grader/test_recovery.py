"""Killed again and again while a ward worsens, the grader says what one undisturbed process says."""

from collections.abc import Iterable
from contextlib import closing

import pytest

from schemas.topics import ESCALATIONS, ESTIMATES, EVIDENCE
from services.grader.engine.estimate import fingerprint
from services.grader.settings import GraderSettings
from services.runtime.kafka_clients import admin
from tests.integration.grader.bedside import open_bedside, reading
from tests.integration.grader.grader_process import grader_process
from tests.integration.grader.recorded import graded, records_of
from tests.integration.grader.ward_events import enrolled, worsening
from tests.waiting import eventually

pytestmark = pytest.mark.kafka
GRADER = "services.grader"
BEDS = [f"bed-{number}" for number in range(24)]


def newest(estimates: list[dict]) -> dict[str, dict]:
    """The estimate that a reader is left with: it drops a lower revision."""
    left: dict[str, dict] = {}
    for estimate in estimates:
        before = left.get(estimate["patient_id"])
        if before is None or estimate["revision"] >= before["revision"]:
            left[estimate["patient_id"]] = estimate
    return left


def are_in(wanted: Iterable[dict], found: list[dict]) -> bool:
    return all(estimate in found for estimate in wanted)


def said_by(estimates: dict[str, dict]) -> dict[str, str]:
    return {patient_id: fingerprint(estimate) for patient_id, estimate in estimates.items()}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("end", ["kill", "stop"])
def test_nothing_is_lost_nothing_is_wrong(ward_topics, tmp_path, end):
    with (
        grader_process(ward_topics, tmp_path, module=GRADER) as grader,
        open_bedside(ward_topics) as bedside,
        reading(ward_topics, ESCALATIONS) as escalations,
        reading(ward_topics, ESTIMATES) as estimates,
        reading(ward_topics, EVIDENCE) as evidence,
    ):
        bedside.send([event for bed in BEDS for event in enrolled(bed)])
        for step in zip(*(worsening(bed) for bed in BEDS), strict=True):
            before = len(escalations())
            bedside.send([event for events in step for event in events])
            eventually(lambda before=before: len(escalations()) >= before + len(BEDS) // 2, within=60)
            getattr(grader, end)()
            grader.start()
        grader.wait_until_ready(60)

        eventually(lambda: len({told["escalation_id"] for told in escalations()}) >= 3 * len(BEDS), within=60)
        assert grader.stop() == 0
        said = graded(records_of(ward_topics), ward_topics.partitions)
        expected = {output.value["escalation_id"]: output.value for output in said if output.topic == "escalations"}
        eventually(lambda: len({told["escalation_id"] for told in escalations()}) >= len(expected), within=30)
        told = {told["escalation_id"]: told for told in escalations()}

        assert told == expected
        eventually(lambda: {one["escalation_id"] for one in evidence()} == expected.keys(), within=30)
        shown = newest([output.value for output in said if output.topic == "estimates"])
        # A new owner says again what stands, in between too: it must be the same, and nothing else may be missing.
        eventually(lambda: are_in(shown.values(), estimates()), within=30)
        assert said_by(newest(estimates())) == said_by(shown)
        assert sum(one["kind"] == "crs_rise" for one in told.values()) == 3 * len(BEDS)


def test_a_group_that_lost_its_offsets_has_them_again_as_soon_as_the_state_is_there(ward_topics, tmp_path):
    """Else every start begins at the log's beginning, and of a long log the watchdog ends each before its end."""
    client, group = admin(ward_topics), GraderSettings.model_validate(ward_topics.model_dump()).group

    def offsets() -> list[int]:
        found = client.list_group_offsets(group).get(group, {})
        return sorted(stored.offset for stored in found.values() if stored.offset > 0)

    with (
        closing(client),
        grader_process(ward_topics, tmp_path, module=GRADER, ticks="false") as grader,
        open_bedside(ward_topics) as bedside,
        reading(ward_topics, ESTIMATES) as estimates,
    ):
        bedside.send(enrolled("bed-7"))
        eventually(estimates, within=60)
        before = eventually(offsets, within=60)
        assert grader.stop() == 0
        eventually(lambda: client.delete_groups([group]) and not offsets(), within=60)
        grader.start()
        assert eventually(offsets, within=30) == before
