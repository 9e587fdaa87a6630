"""`crswatch topics` and `crswatch doctor` on real Kafka."""

import pytest

from schemas.topics import RESPONSES, TOPICS
from services.control.__main__ import main
from services.runtime.settings import KafkaSettings

pytestmark = pytest.mark.kafka


def point_at(kafka: KafkaSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrap_servers)
    monkeypatch.setenv("CRSWATCH_TOPIC_PREFIX", kafka.topic_prefix)
    monkeypatch.setenv("CRSWATCH_PARTITIONS", str(kafka.partitions))


@pytest.fixture
def environment(ward_topics: KafkaSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command's environment points at topics of this test, which exist already."""
    point_at(ward_topics, monkeypatch)


def test_topics_that_are_right_are_left_alone(environment, capsys):
    assert main(["topics"]) == 0
    assert capsys.readouterr().out == "All topics are as registered.\n"


def test_a_missing_topic_is_created_but_not_by_verify(new_ward_topics, monkeypatch, capsys):
    point_at(new_ward_topics(only=[topic for topic in TOPICS if topic is not RESPONSES]), monkeypatch)

    assert main(["topics", "--verify"]) == 1
    assert "crs.responses.v1 does not exist" in capsys.readouterr().err
    assert main(["topics"]) == 0
    assert "crs.responses.v1.\nAll topics are as registered." in capsys.readouterr().out


def test_another_partition_count_is_refused_in_sentences(environment, monkeypatch, capsys):
    monkeypatch.setenv("CRSWATCH_PARTITIONS", "7")

    assert main(["topics"]) == 1
    said = capsys.readouterr().err
    assert "crs.bedside.v1 has 4 partitions, 7 are expected" in said


def test_doctor_finds_the_topics_and_says_what_is_wrong_with_them(environment, monkeypatch, capsys):
    main(["doctor"])
    assert "Topics: all are as registered" in capsys.readouterr().out
    monkeypatch.setenv("CRSWATCH_PARTITIONS", "7")

    assert main(["doctor"]) == 1
    assert "WRONG  Topics: Topic" in capsys.readouterr().out
