"""The topics of one `replay --kafka`: the registry's under a prefix of their own, the file's time, no retention."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from kafka.errors import KafkaError

from schemas.topics import ANY_TIME, BEDSIDE, ESCALATIONS, ESTIMATES, EVIDENCE, GRADER_STATE, REJECTED, Topic
from services.runtime.kafka_clients import admin
from services.runtime.settings import KafkaSettings
from services.runtime.topics import create_topics, delete_topics

FOREVER = -1
# A file may be from any year: no record is too far ahead of the broker's clock.
FILE_TIME = {"message.timestamp.type": "CreateTime", **ANY_TIME}


def replay_topics() -> tuple[Topic, ...]:
    """What a grader needs. Estimates are not compacted here: each of them is printed."""
    outputs = (ESTIMATES, ESCALATIONS, EVIDENCE, REJECTED)
    kept = tuple(replace(topic, retention_ms=FOREVER) for topic in outputs)
    return (replace(BEDSIDE, retention_ms=FOREVER, config=BEDSIDE.config | FILE_TIME), *kept, GRADER_STATE)


@contextmanager
def own_topics(kafka: KafkaSettings) -> Iterator[KafkaSettings]:
    """Settings with fresh topics behind them, which are deleted afterwards, group and all."""
    own = kafka.model_copy(update={"topic_prefix": f"{kafka.topic_prefix}replay-{uuid.uuid4().hex[:12]}."})
    topics = replay_topics()
    create_topics(own, topics)
    try:
        yield own
    finally:
        delete_topics(own, topics)
        _delete_group(own)


def grader_group(kafka: KafkaSettings) -> str:
    """The group of the grader that works on these topics."""
    return f"{kafka.topic_prefix}crs-grader"


def _delete_group(kafka: KafkaSettings) -> None:
    """Offsets of a finished replay serve nobody; Kafka forgets them in a week where this fails."""
    client = admin(kafka)
    try:
        with suppress(KafkaError):
            client.delete_groups([grader_group(kafka)])
    finally:
        client.close()
