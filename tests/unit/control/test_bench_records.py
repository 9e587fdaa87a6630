"""The records that a bench measures with: what the README says of them."""

from collections import Counter
from itertools import pairwise

import pytest

from schemas.bedside import TICK
from schemas.partitions import partition_for
from schemas.reading import read_bedside
from schemas.reasons import Refusal
from services.control.bench.admissions import admission
from services.control.bench.admitted import REALLY_ADMITTED, AdmittedWard
from services.control.bench.ward_stream import START_MS, WardStream, patient_name
from services.grader.engine.estimate import fingerprint
from services.grader.engine.partition import Partition


def a_log(*, patients=50, rounds=60, seed=7, **more):
    stream = WardStream(patients, partitions=4, seed=seed, **more)
    return [recorded for number in range(rounds) for recorded in stream.ticked_round(number)]


def test_the_same_arguments_give_the_same_bytes_and_another_seed_gives_others():
    assert a_log() == a_log()
    assert a_log() != a_log(seed=8)


def test_every_record_is_one_that_the_grader_accepts_where_it_lies():
    for recorded in a_log():
        event = read_bedside(recorded.value, recorded.key)

        assert not isinstance(event, Refusal)
        assert event["schema"] == TICK or partition_for(event["patient_id"], 4) == recorded.partition


def test_each_patient_is_read_once_a_second_in_records_of_200_to_250_bytes():
    readings = [recorded for recorded in a_log(rounds=20) if b'"monitor"' in recorded.value]
    of_each = Counter(recorded.key for recorded in readings)

    assert set(of_each.values()) == {20}
    assert len(of_each) == 50
    assert all(200 <= len(recorded.value) <= 250 for recorded in readings)
    assert len({read_bedside(recorded.value)["event_id"] for recorded in readings}) == 1000


def test_time_never_goes_back_and_every_partition_has_a_tick_a_second():
    log = a_log(rounds=30)

    assert all(before.at_ms <= after.at_ms for before, after in pairwise(log))
    assert Counter(recorded.partition for recorded in log if recorded.key is None) == dict.fromkeys(range(4), 30)


def test_a_slower_rate_reads_each_patient_less_often():
    (first, *_), (second, *_) = (a_log(rounds=2, period_ms=10_000)[place:] for place in (0, 50 + 4))

    assert second.key == first.key
    assert second.at_ms - first.at_ms == 10_000


def test_some_desaturate_and_some_get_a_fever_but_none_of_those_who_are_spared():
    log = a_log(patients=400, rounds=600, spared=200)
    readings = [read_bedside(recorded.value) for recorded in log if recorded.key is not None]
    low = [reading for reading in readings if reading.get("spo2_pct", 100) < 90]
    feverish = {reading["patient_id"] for reading in readings if reading.get("temperature_c", 0) >= 38}

    assert 0 < len(low) < 0.02 * len(readings)
    assert feverish
    assert min(feverish) >= patient_name(200)


def test_everybody_is_graded_zero_and_nobody_is_paged_for_when_a_measurement_starts():
    ward = AdmittedWard(3)
    engine = Partition()
    engine.restore({patient_name(number): ward.stored(number) for number in range(3)}, START_MS - 1)

    for output in engine.standing([patient_name(number) for number in range(3)]):
        assert (output.value["grade_low"], output.value["grade_high"]) == (0, 0)
    assert engine.advance(START_MS) == []


def test_an_admission_lies_within_five_minutes_and_its_last_reading_is_fresh():
    times = [recorded.at_ms for recorded in admission(0, of=10, start_ms=START_MS, partitions=1)]

    assert times[0] > START_MS - 300_000
    assert times[-1] == START_MS - 1_000


@pytest.mark.parametrize("number", [0, REALLY_ADMITTED + 5])
def test_a_copied_patient_is_restored_under_a_name_of_its_own(number):
    ward, engine = AdmittedWard(2), Partition()
    engine.restore({patient_name(number): ward.stored(number)}, START_MS - 1)

    (standing,) = engine.standing([patient_name(number)])
    assert standing.key == patient_name(number)
    assert fingerprint(standing.value) == engine.patients[patient_name(number)].shown, "it would be said as if new"
