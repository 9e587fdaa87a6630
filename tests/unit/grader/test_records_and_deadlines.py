"""What a partition does around the patients: refusing, waking at deadlines, storing what changed, other rules."""

import dataclasses
from typing import Any

import pytest
from msgspec.structs import replace

from schemas.encoding import digest, encode, kept_bytes
from schemas.rejected import REJECTED
from services.grader.engine import Origin, Output
from services.grader.engine.durations import NOTHING_YET_MS
from services.grader.engine.kept import Stored, read_stored
from services.grader.engine.partition import Partition, partition_factory
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.engine.ruleset.site_rules import overridden
from tests.vignettes.bed import Bed, ms, when
from tests.vignettes.starting_points import WELL, febrile_bed, well_bed

STRICTER = overridden(DEFAULT_RULES, {"id": "site-2", "low_spo2_pct": 92})
SOONER = dataclasses.replace(DEFAULT_RULES, id="site-3", fast_stale_min=3.0)
TICK = {"schema": "crs.tick.v1"}
DAY = 24 * 60


def vitals(minute: float, event_id: str, **signs: Any) -> dict[str, Any]:
    return {"schema": "crs.vitals.v1", "event_id": event_id, "patient_id": "bed-7", "source": "manual",
            "observed_at": when(minute), **signs}  # fmt: skip


def activation(rules_hash: str) -> dict[str, Any]:
    return {"schema": "crs.rules.v1", "rules_id": "next", "rules_hash": rules_hash, "activated_by": "dr-ito"}


def stored_of(bed: Bed) -> Stored:
    """What a checkpoint says of the patient, but for when somebody has to look again."""
    return read_stored(bed.partition.encoded("bed-7") or b"")._replace(due_ms=None)


def monitored(minute: float = 1) -> Bed:
    return Bed(ready=[SOONER]).admit().monitor(minute, **WELL)


@pytest.mark.parametrize(
    ("record", "patient", "said"),
    [
        (vitals(60, "e"), "bed-7", {"reason": "future_time", "field": "observed_at"}),
        (activation("f" * 64), "", {"reason": "unknown_rules", "field": "rules_hash"}),
        ({"schema": "crs.clinical.v1", "patient_id": "bed-7"}, "bed-7", {"reason": "engine_fault"}),
    ],
)
def test_what_is_refused_is_kept_with_its_reason_its_place_and_its_bytes(
    record: dict[str, Any], patient: str, said: dict[str, str]
) -> None:
    outputs = Partition().apply(record, clock_ms=ms(2), origin=Origin("ward.bedside", 3, 41))
    assert outputs[0] == Output(
        "rejected",
        patient,
        {
            "schema": REJECTED,
            "rejected_id": digest(["rejected", "ward.bedside", 3, 41]),
            **said,
            "received_at": when(2),
            "source": "kafka:ward.bedside/3/41",
            **kept_bytes(encode(record)),
        },
    )


def test_unless_told_otherwise_only_who_was_given_a_product_is_paged_for() -> None:
    for partition in (Partition(), partition_factory()(0)):
        assert partition.clock_ms == NOTHING_YET_MS
        found = partition.apply(vitals(1, "e", temperature_c=39.0, **WELL), clock_ms=ms(1), origin=Origin("t", 0, 1))
        assert [output.topic for output in found] == ["estimates"]


def test_a_factory_gives_every_engine_the_rules_in_force_and_those_that_may_come() -> None:
    engine = partition_factory(STRICTER, ready=[SOONER])(0)
    assert engine.rules_hash == STRICTER.hash
    assert engine.resume(SOONER.hash)
    assert not engine.resume(DEFAULT_RULES.hash)


def test_a_deadline_runs_after_the_record_that_falls_on_it_and_before_the_next() -> None:
    bed = monitored()
    at, later = (
        [output.value for output in bed.partition.apply(TICK, clock_ms=clock_ms, origin=Origin("t", 0, 9))]
        for clock_ms in (ms(16), ms(16) + 1)
    )
    assert not any("kind" in value for value in at)
    assert [value["detected_at"] for value in later if "kind" in value] == [when(16)]


@pytest.mark.parametrize("before_ms", [0, 1])
def test_a_record_just_before_a_deadline_does_not_put_it_off(before_ms: int) -> None:
    bed = monitored().chart(16 - before_ms / 60_000, "oxygen", device="room_air")
    bed.until(16)
    assert [(page["kind"], page["detected_at"]) for page in bed.escalations()] == [("technical_silent", when(16))]


def test_a_discharge_that_was_entered_twice_is_forgotten_once() -> None:
    bed = well_bed().chart(10, "encounter", action="discharge", event_id="first")
    bed.chart(11, "retraction", retracts="first")
    bed.chart(10, "encounter", action="discharge", event_id="second", arrives=12)
    bed.partition.touched.clear()
    bed.until(10 + DAY)
    assert [output.value for output in bed.outputs if output.topic == "estimates"][-1] is None
    assert (bed.partition.touched, bed.partition.encoded("bed-7")) == ({"bed-7"}, None)
    bed.until(20 + DAY).admit(21 + DAY, event_id="back").monitor(22 + DAY, **WELL).until(40 + DAY)
    assert bed.said() == ["technical_silent"]


def test_a_fault_at_a_deadline_that_was_set_twice_pages_once_and_is_stored() -> None:
    bed = monitored().monitor(2, **WELL, event_id="probe").chart(3, "retraction", retracts="probe")
    bed.monitor(2, arrives=4, **WELL)
    state = bed.partition.patients["bed-7"]
    bed.keep(replace(state, sent=replace(state.sent, crs=None)))
    bed.partition.touched.clear()
    bed.until(60)
    assert bed.said() == ["engine_fault"]
    assert bed.partition.touched == {"bed-7"}


def test_only_what_a_record_changed_has_to_be_stored() -> None:
    partition, place = Partition(), Origin("t", 0, 1)
    for record, changed in (
        (vitals(1, "one", **WELL), {"bed-7"}),
        (vitals(1, "one", **WELL), set()),  # delivered twice
        (TICK, set()),
        ({**vitals(1, "two", **WELL), "patient_id": "bed-8"}, {"bed-8"}),
        (activation(DEFAULT_RULES.hash), set()),
    ):
        partition.touched.clear()
        partition.apply(record, clock_ms=ms(1), origin=place)
        assert partition.touched == changed


def test_who_was_never_heard_of_is_not_kept_because_of_an_answer_to_a_handover() -> None:
    answer = {"schema": "crs.handover.v1", "handover_id": "h", "patient_id": "bed-9", "merged_patient_id": "bed-9",
              "merged_at": when(1), "acknowledges": True}  # fmt: skip
    partition = Partition()
    assert partition.apply(answer, clock_ms=ms(1), origin=Origin("t", 0, 1)) == []
    assert (partition.patients, partition.touched) == ({}, set())


def test_a_deadline_that_data_put_off_in_time_changes_nothing() -> None:
    bed = monitored().monitor(1.5, **WELL)
    before, told = stored_of(bed), len(bed.outputs)
    bed.partition.touched.clear()
    bed.until(6)  # the signs of the first reading would be stale
    assert (stored_of(bed), bed.partition.touched, len(bed.outputs)) == (before, set(), told)
    assert bed.until(6.5).partition.touched == {"bed-7"}


def test_who_has_nothing_left_to_wait_for_is_left_alone() -> None:
    bed = Bed().chart(1, "neuro", ice=5, event_id="wrong").chart(2, "retraction", retracts="wrong")
    before = stored_of(bed)
    assert stored_of(bed.until(3 * DAY)) == before
    assert bed.refused() == []


def two_beds() -> Bed:
    bed = febrile_bed(ready=[STRICTER])
    bed.vitals(2, spo2_pct=91)
    bed.patient = "bed-8"
    bed.admit(2, event_id="admit-8").on_room_air(2).vitals(2, temperature_c=38.5, **{**WELL, "spo2_pct": 91})
    bed.said()
    return bed


def test_new_limits_page_for_everybody_who_is_beyond_them() -> None:
    bed = two_beds().activate(10, STRICTER.hash)
    assert bed.said() == ["crs_rise 2 #1", "crs_rise 2 #1"]
    assert {page["patient_id"] for page in bed.escalations()[-2:]} == {"bed-7", "bed-8"}


def test_an_estimate_is_shown_again_of_who_is_here_and_asked_for() -> None:
    bed = two_beds().chart(3, "encounter", action="discharge").until(4)  # bed-8
    before = bed.partition.encoded("bed-7")
    (again,) = bed.partition.standing(["bed-7", "bed-8", "bed-9"])
    assert again.value is not None
    shown = again.value
    assert (again.topic, again.key, shown["patient_id"], shown["grade"]) == ("estimates", "bed-7", "bed-7", 1)
    assert bed.partition.encoded("bed-7") == before


def test_lost_records_page_for_everybody_who_is_here() -> None:
    bed = two_beds()
    said = bed.partition.lost(Origin("t", 0, 50), 60)
    assert [output.key for output in said if output.topic == "escalations"] == ["bed-7", "bed-8"]
    assert [output.key for output in said if output.topic == "evidence"] == ["bed-7", "bed-8"]
    assert all(output.value["provenance"]["last_offset"] == 60 for output in said)


def test_who_was_restored_from_after_an_activation_is_waited_for_by_the_new_rules() -> None:
    bed = monitored().activate(2, SOONER.hash)
    again = Partition(watch_all=True, ready=[SOONER])
    again.restore({"bed-7": bed.partition.encoded("bed-7")}, ms(1))
    again.apply(activation(SOONER.hash), clock_ms=ms(2), origin=bed.partition.patients["bed-7"].place)
    (shown,) = [output.value for output in again.advance(ms(4)) if output.topic == "estimates"]
    assert shown is not None
    assert (shown["as_of"], shown["inputs"]["heart_rate_bpm"]["state"]) == (when(4), "stale")


def test_a_thorough_partition_takes_no_record_the_quick_way() -> None:
    records = [{**vitals(1 + second / 60, f"m{second}", **WELL), "source": "monitor"} for second in range(3)]
    at = [ms(1 + second / 60) for second in range(3)]
    ways = []
    for partition in (Partition(), Partition(thorough=True)):
        for second in range(2):
            partition.apply(records[second], clock_ms=at[second], origin=Origin("t", 0, second))
        ways.append(partition.take(records[2], at[2], at[2], 2))
    assert ways == [True, False]
