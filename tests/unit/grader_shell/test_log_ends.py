"""Where logs end, as far as somebody can say: one partition without a leader hides no other."""

import pytest
from kafka import TopicPartition
from kafka.errors import KafkaTimeoutError

from services.grader import broker_facts
from services.grader.broker_facts import LogEnds
from services.runtime.settings import KafkaSettings

TOPIC = "crs.bedside.v1"


class Client:
    """Says nothing at all where it is asked for a partition that has no leader, as Kafka's clients do."""

    def __init__(self, ends: dict[int, int]) -> None:
        self._ends = {TopicPartition(TOPIC, number): end for number, end in ends.items()}

    def end_offsets(self, asked: list[TopicPartition], timeout_ms: int) -> dict[TopicPartition, int]:
        assert timeout_ms <= 10_000
        if not set(asked) <= set(self._ends):
            raise KafkaTimeoutError
        return {at: self._ends[at] for at in asked}


@pytest.fixture
def log_ends(monkeypatch):
    def of(ends: dict[int, int]) -> LogEnds:
        monkeypatch.setattr(broker_facts, "consumer", lambda *_, **__: Client(ends))
        return LogEnds(KafkaSettings(bootstrap_servers="kafka:9092", partitions=3), TOPIC)

    return of


def test_of_a_partition_without_a_leader_nothing_is_known_and_the_others_are_told(log_ends):
    assert log_ends({0: 5, 2: 9})([0, 1]) == {0: 5}


def test_who_has_no_partition_asks_too_whether_the_broker_answers(log_ends):
    assert log_ends({0: 5, 1: 7, 2: 9})([]) == {0: 5, 1: 7, 2: 9}
    assert log_ends({2: 9})([]) == {2: 9}


def test_a_broker_that_answers_for_no_partition_does_not_answer(log_ends):
    with pytest.raises(KafkaTimeoutError):
        log_ends({2: 9})([0, 1])
