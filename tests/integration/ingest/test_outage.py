"""Kafka goes away and comes back: nothing is claimed that is not stored, and nobody has to restart ingest."""

import pytest

from services.runtime.broker import local_kafka
from tests.integration.ingest.conftest import ingest_on
from tests.integration.ingest.reading_topics import stored_ids
from tests.integration.ingest.test_accepting import vitals
from tests.kafka import topics_of_its_own
from tests.waiting import eventually

pytestmark = pytest.mark.kafka


@pytest.fixture(scope="module")
def own_kafka():
    with local_kafka() as broker:
        yield broker


@pytest.fixture
def own_topics(own_kafka):
    with topics_of_its_own(own_kafka.bootstrap_servers) as settings:
        yield settings


def send(ingest, event_id):
    return ingest.post("/v1/vitals", json=vitals(event_id))


def test_while_kafka_is_away_nothing_is_claimed_and_after_it_everything_is_taken(own_kafka, own_topics):
    with ingest_on(own_topics, acknowledge_within=1) as ingest:
        claimed = {"before"} if send(ingest, "before").status_code == 202 else set()
        own_kafka.kill()
        away = [send(ingest, "during") for _ in range(3)]
        eventually(lambda: ingest.get("/readyz").status_code == 503, what="not ready without Kafka")
        own_kafka.start()
        eventually(lambda: send(ingest, "during").status_code == 202, within=30, what="taken again")
        eventually(lambda: ingest.get("/readyz").status_code == 200, within=30, what="ready again")
        claimed |= {"during"}

    assert [answer.status_code for answer in away] == [503] * 3
    assert away[0].json()["reason"] == "unavailable"
    assert away[0].headers["retry-after"]
    assert claimed <= set(stored_ids(own_topics))


def test_a_kafka_that_does_not_answer_is_not_waited_for_without_end(own_kafka, own_topics):
    with ingest_on(own_topics, acknowledge_within=1) as ingest:
        send(ingest, "before")
        own_kafka.pause()
        try:
            answer = send(ingest, "during")
        finally:
            own_kafka.resume()
        eventually(lambda: send(ingest, "during").status_code == 202, within=30, what="taken again")

    assert answer.status_code == 503
    assert answer.elapsed.total_seconds() < 3


def test_a_refusal_that_cannot_be_kept_is_not_told_as_one(own_kafka, own_topics):
    with ingest_on(own_topics, acknowledge_within=1) as ingest:
        send(ingest, "before")
        own_kafka.pause()
        try:
            answer = ingest.post("/v1/vitals", content=b"{", headers={"Content-Type": "application/json"})
        finally:
            own_kafka.resume()

    assert (answer.status_code, answer.json()["reason"]) == (503, "unavailable")


def test_ingest_starts_without_kafka_and_waits_for_it(own_kafka, own_topics):
    own_kafka.kill()
    try:
        with ingest_on(own_topics, wait=False) as ingest:
            alive, answer = ingest.get("/healthz").status_code, send(ingest, "early").status_code
            own_kafka.start()
            eventually(lambda: send(ingest, "early").status_code == 202, within=30, what="taken")
    finally:
        if not own_kafka.running:
            own_kafka.start()

    assert (alive, answer) == (200, 503)


def test_topics_with_another_partition_count_are_not_written_to(own_topics):
    wrong = own_topics.model_copy(update={"partitions": own_topics.partitions + 1})
    with ingest_on(wrong, wait=False) as ingest:
        eventually(lambda: "partitions" in ingest.get("/readyz").text, what="says why it is not ready")
        assert send(ingest, "one").status_code == 503

    assert stored_ids(own_topics) == []
