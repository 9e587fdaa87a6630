"""Stored state that cannot be read: its patients come back from the log, and where that is cut off, are paged for."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from schemas.partitions import partition_for
from schemas.topics import BEDSIDE, ESCALATIONS
from services.grader.buckets import bucket_of
from services.grader.manifest import bucket_key, decode_bucket
from tests.integration.grader.bedside import open_bedside, reading
from tests.integration.grader.damage import StatePartition, take_away
from tests.integration.grader.grader_process import grader_process
from tests.integration.grader.recorded import graded, records_of
from tests.integration.grader.ward_events import enrolled, measured
from tests.kafka import topics_of_its_own
from tests.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(200)]
GRADER = "services.grader"

# One a partition; whether it concerns everybody there, or only the first patient.
DAMAGES = [
    (StatePartition.spoil_manifest, "everybody"),
    (StatePartition.keep_buckets_only, "everybody"),
    (StatePartition.keep_nothing, "everybody"),
    (StatePartition.name_a_bucket_that_is_gone, "one"),
    (StatePartition.spoil_bucket, "one"),
    (StatePartition.spoil_patient, "one"),
]
NAMES = [damage.__name__ for damage, _ in DAMAGES]


def patients_of(partition: int) -> list[str]:
    """Two patients of a partition, in different buckets."""
    names = (f"bed-{number}" for number in range(10_000))
    here = (name for name in names if partition_for(name, len(DAMAGES)) == partition)
    first = next(here)
    return [first, next(name for name in here if bucket_of(name) != bucket_of(first))]


BEDS = [patients_of(partition) for partition in range(len(DAMAGES))]
EVERYBODY = [bed for beds in BEDS for bed in beds]


def concerned(partition: int) -> set[str]:
    """Whose state cannot be read."""
    beds = BEDS[partition]
    return {*beds} if DAMAGES[partition][1] == "everybody" else {beds[0]}


class Seen(NamedTuple):
    """What came of one run, and what the plain replay says of the records that are left."""

    escalations: list[dict]
    expected: dict[str, dict]
    log: str
    metrics: str

    def told(self, partition: int, kind: str) -> set[tuple[str, int]]:
        return {
            (one["patient_id"], one["grade"])
            for one in self.escalations
            if one["kind"] == kind and one["patient_id"] in BEDS[partition]
        }


def ran_damaged(kafka, folder, *, cut_off: bool) -> Seen:
    with (
        grader_process(kafka, folder, module=GRADER) as grader,
        open_bedside(kafka) as bedside,
        reading(kafka, ESCALATIONS) as escalations,
    ):

        def rises(grade: int) -> int:
            return len(
                {one["patient_id"] for one in escalations() if one["kind"] == "crs_rise" and one["grade"] == grade}
            )

        grader.wait_until_ready()
        bedside.send([event for bed in EVERYBODY for event in enrolled(bed)])
        if cut_off:
            eventually(lambda: f"crs_patients {float(len(EVERYBODY))}" in grader.page("/metrics"), within=60)
            for partition in range(len(DAMAGES)):
                take_away(kafka, BEDSIDE, partition)
        bedside.send([measured(f"{bed}-t", bed, temperature_c=39.0, sbp_mmhg=118, spo2_pct=97) for bed in EVERYBODY])
        eventually(lambda: rises(1) == len(EVERYBODY), within=60)
        assert grader.stop() == 0
        for partition, (damage, _) in enumerate(DAMAGES):
            damage(StatePartition(kafka, partition), BEDS[partition][0])
        grader.start()
        bedside.send([measured(f"{bed}-p", bed, sbp_mmhg=80, spo2_pct=97) for bed in EVERYBODY])
        gone = sum(len(concerned(partition)) for partition in range(len(DAMAGES))) if cut_off else 0
        eventually(lambda: rises(2) == len(EVERYBODY) - gone, within=60)
        eventually(lambda: len([one for one in escalations() if one["kind"] == "data_gap"]) >= gone, within=60)
        grader.wait_until_ready()
        metrics = grader.page("/metrics")
        assert grader.stop() == 0
        said = graded(records_of(kafka), kafka.partitions)
        expected = {one.value["escalation_id"]: one.value for one in said if one.topic == "escalations"}
        return Seen(escalations(), expected, grader.log(), metrics)


@pytest.fixture(scope="module")
def rebuilt(kafka, tmp_path_factory) -> Iterator[Seen]:
    """The whole log is there."""
    with topics_of_its_own(kafka.bootstrap_servers, partitions=len(DAMAGES)) as ward:
        yield ran_damaged(ward, tmp_path_factory.mktemp("rebuilt"), cut_off=False)


@pytest.fixture(scope="module")
def cut_off(kafka, tmp_path_factory) -> Iterator[Seen]:
    """Retention has taken the admissions and doses; everything since is there."""
    with topics_of_its_own(kafka.bootstrap_servers, partitions=len(DAMAGES)) as ward:
        yield ran_damaged(ward, tmp_path_factory.mktemp("cut-off"), cut_off=True)


@pytest.mark.parametrize("partition", range(len(DAMAGES)), ids=NAMES)
def test_everybody_is_graded_as_if_nothing_had_been_damaged(rebuilt, partition):
    assert rebuilt.told(partition, "crs_rise") == {(bed, grade) for bed in BEDS[partition] for grade in (1, 2)}
    assert rebuilt.told(partition, "data_gap") == set()


def test_what_is_said_equals_the_replay_of_the_log(rebuilt):
    assert {one["escalation_id"]: one for one in rebuilt.escalations} == rebuilt.expected


def test_it_is_said_loudly(rebuilt):
    unreadable = {
        what: f'crs_unreadable_state_total{{what="{what}"}} {float(count)}' in rebuilt.metrics
        for what, count in [("manifest", 3), ("bucket", 2), ("patient", 1)]
    }
    assert unreadable == {"manifest": True, "bucket": True, "patient": True}
    assert "crs_rebuilding_partitions 0.0" in rebuilt.metrics
    assert rebuilt.log.count("stored state could not be read: its patients are rebuilt from the log") == len(DAMAGES)
    assert "the log does not reach back" not in rebuilt.log


@pytest.mark.parametrize("partition", range(len(DAMAGES)), ids=NAMES)
def test_where_the_log_is_cut_off_just_who_is_concerned_is_paged_for(cut_off, partition):
    assert {bed for bed, _ in cut_off.told(partition, "data_gap")} == concerned(partition)
    others = {*BEDS[partition]} - concerned(partition)
    assert {bed for bed, grade in cut_off.told(partition, "crs_rise") if grade == 2} == others
    assert "the log does not reach back" in cut_off.log


def test_a_bucket_of_which_nobody_is_left_in_the_log_is_rebuilt_once(new_ward_topics, tmp_path):
    ward = new_ward_topics(partitions=1)
    state, held = StatePartition(ward, 0), 'crs_checkpoint_timestamp_seconds{partition="0"}'
    with grader_process(ward, tmp_path, module=GRADER) as grader, open_bedside(ward) as bedside:
        grader.wait_until_ready()
        bedside.send(enrolled("bed-7"))
        eventually(lambda: "crs_patients 1.0" in grader.page("/metrics"), within=60)
        assert grader.stop() == 0
        take_away(ward, BEDSIDE, 0)
        state.spoil_bucket("bed-7")
        for _ in range(2):
            grader.start()
            grader.wait_until_ready()
            eventually(lambda: held in grader.page("/metrics"), within=30)
            assert grader.stop() == 0

        assert grader.log().count("stored state could not be read") == 1
        assert grader.log().count("nothing is left in the log of whoever was stored here") == 1
        number = bucket_of("bed-7")
        assert decode_bucket(state.newest(bucket_key(number)).value)[0] == {}
        assert number in state.manifest().buckets
