import pytest
from pydantic import ValidationError

from services.ingest.settings import IngestSettings


def test_without_kafka_ingest_does_not_start(monkeypatch):
    monkeypatch.delenv("KAFKA_BOOTSTRAP_SERVERS", raising=False)

    with pytest.raises(ValidationError, match="KAFKA_BOOTSTRAP_SERVERS"):
        IngestSettings()


def test_settings_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9092")
    monkeypatch.setenv("INGEST_ACKNOWLEDGE_WITHIN", "PT2S")
    monkeypatch.setenv("INGEST_PORT", "0")

    settings = IngestSettings()

    assert (settings.acknowledge_within.total_seconds(), settings.port) == (2, 0)


def test_every_setting_is_described():
    assert all(field.description for field in IngestSettings.model_fields.values())
