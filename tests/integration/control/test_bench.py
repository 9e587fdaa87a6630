"""`crswatch bench` on real Kafka, seconds long: that it measures what it says. No figure is asserted."""

import json
import os

import pytest
from kafka import TopicPartition

from schemas.topics import ESTIMATES
from services.control.bench.admitted import AdmittedWard
from services.control.bench.bench_topics import bench_topics, end_offsets
from services.control.bench.equality import compare
from services.control.bench.filling import fill
from services.control.bench.grader_run import hold, measure, standing_by
from services.control.bench.throughput import rounds_of
from services.control.bench.ward_stream import WardStream
from services.control.pipeline_topics import replay_topics
from services.runtime.kafka_clients import admin, consumer, producer
from services.runtime.settings import KafkaSettings
from services.runtime.topics import topic_name
from tests.e2e.replaying import crswatch
from tests.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(600)]
PATIENTS, ROUNDS = 60, 1_500  # a second and more of grading: what is over between two looks is not measured


@pytest.fixture
def bench(kafka, tmp_path):
    """Run a measurement as a person does: what its JSON file says."""

    def run(*words: str) -> dict:
        found = tmp_path / "found.json"
        ended = crswatch(
            "bench", *words, "--partitions", "2", "--json", str(found), KAFKA_BOOTSTRAP_SERVERS=kafka.bootstrap_servers
        )
        assert ended.returncode == 0, ended.stderr.decode()
        assert ended.stdout.startswith(b"| ")
        return json.loads(found.read_text())

    return run


@pytest.fixture(scope="module")
def graded(kafka):
    """A log that the shipped grader has graded, and the ward it began with."""
    settings = KafkaSettings(bootstrap_servers=kafka.bootstrap_servers, partitions=2)
    ward, stream = AdmittedWard(PATIENTS), WardStream(PATIENTS, partitions=2, seed=3)
    with bench_topics(settings, replay_topics()) as own:
        with standing_by(own, ward, 1) as running:
            already = hold(running, 2)
            records = fill(own, rounds_of(stream, range(ROUNDS)))
            measured = measure(running, already=already, records=records, observations=records - 2 * ROUNDS)
        yield own, ward, measured


def test_what_the_grader_said_equals_the_plain_replay_of_the_same_records(graded):
    own, ward, measured = graded
    compared = compare(own, ward, sample=PATIENTS, seed=1)

    assert compared.different == ()
    # Everybody is estimated every five minutes: two outputs each at least.
    assert compared.outputs >= 2 * PATIENTS
    assert 0 < measured.observations < PATIENTS * ROUNDS + PATIENTS
    assert measured.processor_s > 0
    assert measured.peak_bytes > 50_000_000


def test_an_output_that_came_twice_or_was_dropped_is_found(graded):
    own, ward, _ = graded
    estimates = topic_name(own.topic_prefix, ESTIMATES)
    last = last_record(own, TopicPartition(estimates, 0))
    again = producer(own, client_id="test")
    again.send(estimates, key=last.key, value=last.value, headers=last.headers, partition=0).get(10)
    again.close()

    (sentence,) = compare(own, ward, sample=PATIENTS, seed=1).different
    assert last.key.decode() in sentence

    client = admin(own)
    client.delete_records({TopicPartition(estimates, 1): end_offsets(own, ESTIMATES)[1]})
    client.close()
    assert len(compare(own, ward, sample=PATIENTS, seed=1).different) > PATIENTS / 4


def last_record(own: KafkaSettings, at: TopicPartition):
    reader = consumer(own, client_id="test")
    reader.assign([at])
    reader.seek(at, reader.end_offsets([at])[at] - 1)
    (record,) = eventually(lambda: reader.poll(500).get(at))
    reader.close()
    return record


def test_throughput_measures_every_contestant_on_the_same_records(bench, kafka):
    words = ("--patients", str(PATIENTS), "--event-seconds", str(ROUNDS), "--rounds", "1", "--seconds", "2")
    found = bench("throughput", *words, "--contestants", "step,bare,faust")

    (one,) = found["rounds"]
    assert list(one["contestants"]) == ["crswatch", "step", "bare", "faust"]
    assert all(figures["per_processor_s"] > 0 for figures in one["contestants"].values())
    assert one["compared"]["different"] == []
    assert found["machine"]["cores"] == len(os.sched_getaffinity(0))
    eventually(lambda: left_behind(kafka) == [])


def left_behind(kafka) -> list[str]:
    client = admin(KafkaSettings(bootstrap_servers=kafka.bootstrap_servers))
    try:
        return [name for name in client.list_topics() if "bench-" in name and "faust" in name]
    finally:
        client.close()


def test_memory_weighs_patients_in_the_engine_and_in_the_checkpoint(bench):
    found = bench("memory", "--patients", str(PATIENTS), "--minutes", "1")

    assert found["checkpoint"]["patients_bytes"] > 100 * PATIENTS
    assert found["engine"]["empty"] < found["engine"]["peak"]
    assert len(found["bytes_a_patient"]) == 3


def test_latency_hears_of_every_probe_on_the_topic_and_at_the_pager(bench):
    found = bench("latency", "--patients", str(PATIENTS), "--rates", "30", "--minutes", "0.1", "--pager")

    (at_rate,) = found["rates"]
    pager = at_rate["pager"]
    assert at_rate["probes"] > 10
    assert (at_rate["unanswered"], pager["uncalled"]) == (0, 0)
    assert 0 < at_rate["p50_ms"] <= at_rate["p99_ms"] <= at_rate["max_ms"]
    assert 0 < pager["p50_ms"] <= pager["p99_ms"] <= pager["max_ms"]


@pytest.mark.prove
def test_recovery_measures_a_restart_and_a_takeover(bench):
    found = bench("recovery", "--patients", str(PATIENTS), "--rate", "30", "--minutes", "0.1", "--kills", "1")

    for sort in ("restarted in place", "taken over by another member"):
        (again,) = found[sort]["kills"]
        assert 0 < again["first_s"] <= again["current_s"]
        assert found[sort]["never_paged"] == 0
