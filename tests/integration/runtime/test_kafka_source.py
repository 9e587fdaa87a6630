"""The ways to a Kafka that can be tried here: one that is named, and a local one from a cold cache."""

import pytest

from services.runtime.jars import WrongChecksum, fetch_jar, kafka_classpath, pinned_jars
from services.runtime.kafka_source import kafka_source

pytestmark = pytest.mark.kafka


def test_a_named_kafka_is_used_and_left_running(kafka, monkeypatch):
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrap_servers)
    said = []

    for _ in range(2):
        with kafka_source(say=said.append) as named:
            assert (named.bootstrap_servers, named.way, named.broker) == (kafka.bootstrap_servers, "environment", None)

    assert said[0] == f"Using the Kafka that KAFKA_BOOTSTRAP_SERVERS names: {kafka.bootstrap_servers}"


def test_a_pinned_jar_is_what_the_registry_has(tmp_path):
    smallest = next(jar for jar in pinned_jars() if jar.artifact == "jspecify")

    assert kafka_classpath(jars=(smallest,), folder=tmp_path, fetch=fetch_jar) == str(tmp_path / smallest.file)


def test_a_jar_that_is_not_the_pinned_one_is_refused(tmp_path):
    smallest = next(jar for jar in pinned_jars() if jar.artifact == "jspecify")

    with pytest.raises(WrongChecksum, match="Kafka was not started"):
        kafka_classpath(jars=(smallest._replace(sha256="0" * 64),), folder=tmp_path, fetch=fetch_jar)
