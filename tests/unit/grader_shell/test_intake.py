"""Many records of a partition are read as each would be alone: key, partition and size included."""

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.partitions import partition_for
from schemas.rates import as_record
from schemas.reasons import Refusal
from schemas.times import parse_time
from services.grader import intake
from services.grader.intake import MOST_BYTES, Intake, Located, read
from services.grader.stored.forms import Forms
from services.grader.stored.handovers import with_newest_state

PARTITIONS = 2
HERE = partition_for("bed-1", PARTITIONS)
PATIENTS = [f"bed-{number}" for number in range(6)]
TICK = b'{"schema":"crs.tick.v1"}'
AT = "2026-03-01T14:30:00.250Z"
TOO_LARGE = b"{" + b" " * MOST_BYTES + b"}"


def vitals(patient_id, **more):
    return orjson.dumps(
        {
            "schema": "crs.vitals.v1", "event_id": "e1", "patient_id": patient_id, "observed_at": AT,
            "source": "monitor", "heart_rate_bpm": 80, **more,
        }
    )  # fmt: skip


def charted(patient_id):
    return orjson.dumps(
        {
            "schema": "crs.clinical.v1", "kind": "oxygen", "event_id": "e2", "patient_id": patient_id,
            "recorded_at": AT, "device": "room_air",
        }
    )  # fmt: skip


patients = st.sampled_from(PATIENTS)
keys = st.none() | st.sampled_from([b"", b"\xff"]) | patients.map(str.encode)
values = st.one_of(
    st.none(),
    st.sampled_from([b"", b"{", TICK, TOO_LARGE, vitals("bed-1", heart_rate_bpm=None)]),
    patients.map(vitals),
    patients.map(charted),
)
in_place = patients.map(lambda patient: (patient.encode(), vitals(patient)))
records = st.lists(in_place | st.tuples(keys, values), max_size=20).map(
    lambda pairs: [Located("bedside", HERE, at, 1000 + at, key, value) for at, (key, value) in enumerate(pairs)]
)


@settings(deadline=None)
@given(st.lists(records, min_size=1, max_size=3))
def test_many_records_are_read_as_each_is_read_alone(slices):
    reader = Intake(HERE, PARTITIONS)

    for slice_of in slices:
        found = list(reader.read(slice_of))

        alone = [read(record, PARTITIONS) for record in slice_of]
        assert [record for record, _, _ in found] == slice_of
        assert [as_record(event) for _, event, _ in found] == alone
        times = [
            parse_time(event["observed_at"])
            if not isinstance(event, Refusal) and event["schema"] == "crs.vitals.v1"
            else None
            for event in alone
        ]
        assert [at_ms for _, _, at_ms in found] == times


def reasons(reader, *pairs):
    found = reader.read([Located("bedside", HERE, at, 0, key, value) for at, (key, value) in enumerate(pairs)])
    return [event.sentence() if isinstance(event, Refusal) else "" for _, event, _ in found]


ELSEWHERE = next(patient for patient in PATIENTS if partition_for(patient, PARTITIONS) != HERE)


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        (b"bed-1", vitals("bed-1"), ""),
        (None, TICK, ""),
        (None, vitals("bed-1"), "patient_id: key_mismatch"),
        (b"", vitals("bed-1"), "patient_id: key_mismatch"),
        (b"bed-2", vitals("bed-1"), "patient_id: key_mismatch"),
        (b"bed-1", TICK, "patient_id: key_mismatch"),
        (ELSEWHERE.encode(), vitals(ELSEWHERE), "patient_id: wrong_partition"),
        (b"bed-1", TOO_LARGE, "too_large"),
        (b"bed-1", None, "empty"),
        (b"bed-2", b"{", "not_json"),
    ],
)
def test_a_record_is_taken_only_where_its_key_says_whose_it_is_and_it_lies_there(key, value, reason):
    reader = Intake(HERE, PARTITIONS)

    assert reasons(reader, (key, value)) == [reason]
    # The same once the patient is known here, and beside a good record.
    assert reasons(reader, (b"bed-1", vitals("bed-1")), (key, value)) == ["", reason]
    assert reasons(reader, (key, value)) == [reason]


def test_no_more_patients_are_remembered_than_a_worker_can_hold(monkeypatch):
    monkeypatch.setattr(intake, "MOST_KEYS", 2)
    reader = Intake(0, 1)

    assert reasons(reader, *[(name.encode(), vitals(name)) for name in PATIENTS * 2]) == [""] * 12
    assert len(reader._known.homes) <= 2
    assert len(reader._known.rates) <= 2


def test_a_handover_of_an_earlier_version_is_read_as_one_of_today(monkeypatch):
    renamed = Forms("v", 2, {1: lambda old: {"who": old["name"]}})
    monkeypatch.setattr(intake, "with_newest_state", lambda event: with_newest_state(event, renamed))
    handover = {
        "schema": "crs.handover.v1", "handover_id": "h1", "patient_id": "bed-1", "merged_patient_id": "bed-9",
        "merged_at": AT, "state": {"v": 1, "name": "bed-9"},
    }  # fmt: skip
    answer = {name: value for name, value in handover.items() if name != "state"} | {"acknowledges": True}
    written = [
        Located("bedside", HERE, at, 1000, b"bed-1", orjson.dumps(one)) for at, one in enumerate((handover, answer))
    ]

    for found in ([event for _, event, _ in Intake(HERE, PARTITIONS).read(written)], [read(one, 2) for one in written]):
        assert found == [{**handover, "state": {"v": 2, "who": "bed-9"}}, answer]
