"""The clients against a real Kafka: what is sent is there, where and when it should be."""

import pytest
from kafka.errors import KafkaTimeoutError

from schemas.partitions import partition_for
from schemas.topics import BEDSIDE
from services.runtime.kafka_clients import admin, consumer, producer
from services.runtime.topics import topic_name
from tests.waiting import eventually

pytestmark = pytest.mark.kafka


@pytest.fixture
def ward(new_ward_topics):
    return new_ward_topics(partitions=4, only=(BEDSIDE,))


@pytest.fixture
def bedside(ward):
    return topic_name(ward.topic_prefix, BEDSIDE)


@pytest.fixture
def sender(ward):
    client = producer(ward, client_id="test")
    yield client
    client.close()


def read(reader, count):
    found = []

    def look():
        found.extend(record for records in reader.poll(200).values() for record in records)
        return len(found) >= count

    eventually(look, within=20, what=f"{count} records")
    return found


def test_a_patient_is_in_the_partition_that_the_contract_says(ward, bedside, sender):
    patients = [f"bed-{number}" for number in range(40)]

    sent = {patient: sender.send(bedside, key=patient.encode(), value=b"{}").get(20) for patient in patients}

    assert {p: at.partition for p, at in sent.items()} == {p: partition_for(p, ward.partitions) for p in patients}


def test_a_group_starts_at_the_beginning_and_goes_on_where_it_committed(ward, bedside, sender):
    for body in (b"1", b"2", b"3"):
        sender.send(bedside, key=b"bed-7", value=body).get(20)
    first = consumer(ward, bedside, client_id="test", group="readers", max_poll_records=2)
    assert [record.value for record in read(first, 2)] == [b"1", b"2"]
    first.commit()
    first.close()

    second = consumer(ward, bedside, client_id="test", group="readers")

    assert [record.value for record in read(second, 1)] == [b"3"]
    second.close()


def test_what_was_not_committed_comes_again(ward, bedside, sender):
    sender.send(bedside, key=b"bed-7", value=b"page").get(20)
    for _ in range(2):
        reader = consumer(ward, bedside, client_id="test", group="readers")
        assert [record.value for record in read(reader, 1)] == [b"page"]
        reader.close()


def test_the_record_time_is_the_brokers(ward, bedside, sender):
    told = sender.send(bedside, key=b"bed-7", value=b"{}", timestamp_ms=1).get(20)

    assert told.timestamp > 1_700_000_000_000


def test_a_topic_that_does_not_exist_is_not_made_up(ward):
    sender, asker = producer(ward, client_id="test", max_block_ms=300), admin(ward)

    with pytest.raises(KafkaTimeoutError):
        sender.send(f"{ward.topic_prefix}misspelt", value=b"{}")

    assert f"{ward.topic_prefix}misspelt" not in asker.list_topics()
    sender.close()
    asker.close()
