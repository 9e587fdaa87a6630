"""Names, places and times on the wire: the same facts give the same ones for ever, on every side of a topic."""

import hashlib
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka.partitioner.default import murmur2 as clients_murmur2

from schemas import ids
from schemas.partitions import murmur2, partition_for
from schemas.times import EARLIEST_MS, format_time, parse_time


def hashed(*parts):
    """SHA-256 of the JSON of a list, as any other program would compute it."""
    return hashlib.sha256(json.dumps(parts, separators=(",", ":")).encode()).hexdigest()


def test_a_name_is_the_hash_of_the_facts_that_the_contract_lists():
    assert ids.rise_id("p", "scope", "crs_rise", 2, 1) == hashed("p", "scope", "crs_rise", 2, 1)
    assert ids.possible_crs_id("p", "scope", ["b", "a"]) == hashed("p", "scope", "possible_crs", ["a", "b"])
    assert ids.spell_id("p", "stay", "ward_score", "x", 3) == hashed("p", "stay", "ward_score", "x", 3)
    assert ids.technical_id("p", "technical_stale", None, "then") == hashed("p", "technical_stale", None, "then")
    assert ids.fault_id("p", "engine_fault", 7) == hashed("p", "engine_fault", 7)
    assert ids.identity_id(["e2", "e1"]) == hashed("e1", "e2")
    assert ids.unit_silent_id("onc", "then") == hashed("onc", "then")
    assert ids.resolved_id(["e2", "e1"], "improved") == hashed(["e1", "e2"], "improved")
    assert ids.episode_id("fever-1") == hashed("episode", "fever-1")
    assert ids.handover_id("merge-1") == hashed("handover", "merge-1")


@pytest.mark.parametrize(
    ("key", "expected"),
    [  # Kafka's own vectors (org.apache.kafka.common.utils.UtilsTest), as unsigned numbers
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
    ],
)
def test_murmur2_is_that_of_the_java_client(key, expected):
    assert murmur2(key) == expected % 2**32


@given(st.binary(max_size=40))
def test_murmur2_is_that_of_the_python_client(key):
    assert murmur2(key) == clients_murmur2(key) % 2**32


@pytest.mark.parametrize(
    ("patient", "of_12", "of_1"),
    [("foobar", 6, 0), ("21", 0, 0), ("abc", 3, 0)],  # the vectors above without their sign, as Kafka takes it off
)
def test_a_patient_lives_in_one_partition_wherever_that_is_computed(patient, of_12, of_1):
    assert (partition_for(patient, 12), partition_for(patient, 1)) == (of_12, of_1)


@given(st.text(max_size=12), st.integers(1, 64))
def test_a_patient_lives_where_the_python_client_would_put_it(patient, partitions):
    assert partition_for(patient, partitions) == (clients_murmur2(patient.encode()) & 0x7FFFFFFF) % partitions


@pytest.mark.parametrize(
    ("text", "at_ms"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01t00:00:00.5z", 500),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1969-12-31T23:59:59.999Z", -1),
        ("2026-03-01T14:30:00.123999999Z", 1772375400123),
        ("1900-01-01T00:00:00Z", EARLIEST_MS),
    ],
)
def test_a_time_is_whole_milliseconds_cut_off_and_never_rounded_into_the_future(text, at_ms):
    assert parse_time(text) == at_ms


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("soon", "not a time"),
        ("2026-02-30T00:00:00Z", "not a time"),
        ("2026-03-01T14:30:00", "a time without a zone"),
        ("1899-12-31T23:59:59.999Z", "a time before 1900"),
    ],
)
def test_what_is_no_time_is_refused_without_repeating_it(text, said):
    with pytest.raises(ValueError, match=f"^{said}$"):
        parse_time(text)


@given(st.integers(EARLIEST_MS, 4102444800000))
def test_a_time_that_we_wrote_is_read_as_the_same(at_ms):
    assert parse_time(format_time(at_ms)) == at_ms
    assert len(format_time(at_ms)) == 24


def test_the_one_way_a_time_leaves_us_wherever_the_process_runs(monkeypatch):
    for zone in ("UTC", "America/New_York"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        assert format_time(1772375400007) == "2026-03-01T14:30:00.007Z"
        assert parse_time("2026-03-01T14:30:00.007Z") == 1772375400007
    monkeypatch.undo()
    time.tzset()
