"""Kafka for tests: one real broker a run, and topics of their own for each test that asks."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from services.runtime.kafka_source import Kafka, kafka_source
from services.runtime.settings import KafkaSettings
from services.runtime.topics import create_topics, delete_topics

PARTITIONS = 4

NewWardTopics = Callable[..., KafkaSettings]
SHARED = pytest.StashKey[Kafka]()
LEAVING = pytest.StashKey[ExitStack]()


@pytest.fixture(scope="session")
def kafka(pytestconfig: pytest.Config) -> Kafka:
    """The Kafka that all tests of a run share; a test that stops a broker needs a `local_kafka()` of its own."""
    told = getattr(pytestconfig, "workerinput", None)
    return shared_kafka(pytestconfig) if told is None else Kafka(**told["kafka"])


def shared_kafka(config: pytest.Config) -> Kafka:
    """Started for the first who asks, stopped at the end of the run."""
    if SHARED not in config.stash:
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        leaving = config.stash[LEAVING] = ExitStack()
        config.stash[SHARED] = leaving.enter_context(kafka_source(say=reporter.write_line if reporter else print))
    return config.stash[SHARED]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """The workers of a parallel run (pytest-xdist) share one broker too: their controller starts it."""
    kafka = shared_kafka(node.config)
    node.workerinput["kafka"] = {"bootstrap_servers": kafka.bootstrap_servers, "way": kafka.way}


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stops the shared broker, if it was ever started."""
    if LEAVING in config.stash:
        config.stash[LEAVING].close()


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
