"""Kafka for tests: one real broker a run, and topics of their own for each test that asks."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from services.runtime.kafka_source import Kafka, kafka_source
from services.runtime.settings import KafkaSettings
from services.runtime.topics import create_topics, delete_topics

PARTITIONS = 4

NewWardTopics = Callable[..., KafkaSettings]


@pytest.fixture(scope="session")
def kafka(pytestconfig: pytest.Config) -> Iterator[Kafka]:
    """The Kafka that all tests of a run share; a test that stops a broker needs a `local_kafka()` of its own."""
    reporter = pytestconfig.pluginmanager.get_plugin("terminalreporter")
    with kafka_source(say=reporter.write_line if reporter else print) as source:
        yield source


@pytest.fixture
def new_ward_topics(kafka: Kafka) -> Iterator[NewWardTopics]:
    """Call it for fresh topics under a prefix of their own: `new_ward_topics(partitions=1, only=(BEDSIDE,))`."""
    with ExitStack() as leaving:

        def fresh(*, partitions: int = PARTITIONS, only=None) -> KafkaSettings:
            return leaving.enter_context(topics_of_its_own(kafka.bootstrap_servers, partitions=partitions, only=only))

        yield fresh


@pytest.fixture
def ward_topics(new_ward_topics: NewWardTopics) -> KafkaSettings:
    """All topics under a prefix of this test, deleted after it: settings to hand to a service."""
    return new_ward_topics()


@contextmanager
def topics_of_its_own(bootstrap_servers: str, *, partitions: int = PARTITIONS, only=None) -> Iterator[KafkaSettings]:
    """The same without the shared broker, for a test that has its own."""
    settings = KafkaSettings(
        bootstrap_servers=bootstrap_servers, topic_prefix=f"test-{uuid.uuid4().hex[:10]}.", partitions=partitions
    )
    create_topics(settings, only)
    try:
        yield settings
    finally:
        delete_topics(settings, only)
