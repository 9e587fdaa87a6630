"""What lies in the topics of a round, and how far its graders have come."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kafka import TopicPartition

from schemas.encoding import encode
from schemas.topics import BEDSIDE
from services.control.pipeline_topics import grader_group
from services.runtime.kafka_clients import consumer
from services.runtime.settings import KafkaSettings
from services.runtime.topics import partition_count, topic_name


def write_down(recorded: Mapping[str, Iterable[Any]], path: Path) -> None:
    """All of it as JSON lines, to look for the cause of a difference without Kafka."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as lines:
        for name, records in recorded.items():
            for record in records:
                key, value = (None if part is None else part.decode() for part in (record.key, record.value))
                place = {"partition": record.partition, "offset": record.offset, "timestamp": record.timestamp}
                headers = {title: text.decode() for title, text in record.headers}
                lines.write(encode({"name": name, **place, "headers": headers, "key": key, "value": value}) + b"\n")


class Progress:
    """Whether everything in the bedside topic is graded, stored and committed."""

    def __init__(self, kafka: KafkaSettings) -> None:
        self._client = consumer(kafka, client_id="test-progress", group="crs-grader")
        assert self._client.config["group_id"] == grader_group(kafka)
        name = topic_name(kafka.topic_prefix, BEDSIDE)
        self._everywhere = [TopicPartition(name, number) for number in range(partition_count(kafka, BEDSIDE))]

    def behind(self) -> int:
        """Records that no commit covers yet."""
        ends = self._client.end_offsets(self._everywhere)
        return sum(end - (self._client.committed(at) or 0) for at, end in ends.items())

    def close(self) -> None:
        self._client.close()
