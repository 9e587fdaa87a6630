"""The topics of the registry at Kafka: created as it says, and refused when they are not."""

from collections.abc import Iterable, Mapping

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource
from kafka.errors import NoError, TopicAlreadyExistsError, for_code

from schemas.topics import TOPICS, Topic
from services.runtime.kafka_clients import admin
from services.runtime.settings import KafkaSettings

READY_WITHIN_MS = 30_000


def topic_name(prefix: str, topic: Topic) -> str:
    """The name at Kafka: the installation's prefix and the registry's name."""
    return f"{prefix}{topic.name}"


def partition_count(kafka: KafkaSettings, topic: Topic) -> int:
    """How many partitions the topic must have."""
    return kafka.partitions if topic.partitions is None else topic.partitions


def create_topics(kafka: KafkaSettings, only: Iterable[Topic] | None = None) -> list[str]:
    """Create what is missing, wait until it can be used, and return the names that were created.

    Existing topics stay as they are, right or wrong: `verify_topics` judges them. The broker decides how often a topic
    is replicated (`default.replication.factor`, `min.insync.replicas`).
    """
    wanted = {topic_name(kafka.topic_prefix, topic): topic for topic in (TOPICS if only is None else only)}
    client = admin(kafka)
    try:
        present = set(client.list_topics())
        missing = {name: topic for name, topic in wanted.items() if name not in present}
        _create(client, {name: _shape(kafka, topic) for name, topic in missing.items()})
        client.wait_for_topics(list(wanted), timeout_ms=READY_WITHIN_MS)
    finally:
        client.close()
    return list(missing)


def _shape(kafka: KafkaSettings, topic: Topic) -> dict[str, object]:
    return {"num_partitions": partition_count(kafka, topic), "configs": topic.settings()}


def _create(client: KafkaAdminClient, shapes: Mapping[str, Mapping[str, object]]) -> None:
    if not shapes:
        return
    for made in client.create_topics(shapes, raise_errors=False)["topics"]:
        fault = for_code(made["error_code"])
        if fault not in (NoError, TopicAlreadyExistsError):  # another service may have been quicker
            raise fault(f"topic {made['name']} could not be created: {made['error_message']}")


def delete_topics(kafka: KafkaSettings, only: Iterable[Topic] | None = None) -> None:
    """Delete the topics of this prefix that exist, with all that is in them."""
    wanted = {topic_name(kafka.topic_prefix, topic) for topic in (TOPICS if only is None else only)}
    client = admin(kafka)
    try:
        present = sorted(wanted & set(client.list_topics()))
        if present:
            client.delete_topics(present)
    finally:
        client.close()


def verify_topics(kafka: KafkaSettings, only: Iterable[Topic] | None = None) -> list[str]:
    """What is wrong with the topics at Kafka, in sentences; an empty list means that they are as registered."""
    wanted = {topic_name(kafka.topic_prefix, topic): topic for topic in (TOPICS if only is None else only)}
    client = admin(kafka)
    try:
        present = set(client.list_topics())
        missing = [f"Topic {name} does not exist: create it with `crswatch topics`." for name in set(wanted) - present]
        there = sorted(set(wanted) & present)
        if not there:
            return sorted(missing)
        counts = {found["name"]: len(found["partitions"]) for found in client.describe_topics(there)}
        asked = [ConfigResource("TOPIC", name) for name in there]
        settings = client.describe_configs(asked, config_filter="all").get("topic", {})
    finally:
        client.close()
    wrong = [
        problem
        for name in there
        for problem in _differences(name, wanted[name], partition_count(kafka, wanted[name]), counts, settings)
    ]
    return sorted(missing) + wrong


def _differences(
    name: str,
    topic: Topic,
    partitions: int,
    counts: Mapping[str, int],
    settings: Mapping[str, Mapping[str, Mapping[str, object]]],
) -> Iterable[str]:
    if counts[name] != partitions:
        yield (
            f"Topic {name} has {counts[name]} partitions, {partitions} are expected: adding or removing some would "
            "move patients to other partitions, so correct CRSWATCH_PARTITIONS or start with new topics."
        )
    for setting, expected in topic.settings().items():
        found = settings.get(name, {}).get(setting, {}).get("value")
        if found != expected:
            yield (
                f"Topic {name} has {setting}={found}, the registry says {expected}: `kafka-configs.sh --alter "
                f"--entity-type topics --entity-name {name} --add-config {setting}={expected}` sets it."
            )
