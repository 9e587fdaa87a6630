import pytest
from pydantic import ValidationError
from pydantic_settings import SettingsConfigDict

from services.runtime.settings import KafkaSettings, SettingsRefused, read_settings


class WardSettings(KafkaSettings):
    model_config = SettingsConfigDict(env_prefix="GRADER_")

    port: int = 8082


@pytest.fixture(autouse=True)
def no_settings_of_ours(monkeypatch):
    for name in ("KAFKA_BOOTSTRAP_SERVERS", "CRSWATCH_TOPIC_PREFIX", "CRSWATCH_PARTITIONS"):
        monkeypatch.delenv(name, raising=False)


def test_the_shared_names_do_not_take_a_service_prefix(monkeypatch):
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "kafka-1:9092,kafka-2:9092")
    monkeypatch.setenv("CRSWATCH_PARTITIONS", "24")
    monkeypatch.setenv("GRADER_PORT", "1")

    settings = WardSettings()

    assert (settings.bootstrap_servers, settings.partitions, settings.port) == ("kafka-1:9092,kafka-2:9092", 24, 1)


def test_without_kafka_nothing_starts_and_the_name_is_said():
    with pytest.raises(ValidationError, match="KAFKA_BOOTSTRAP_SERVERS"):
        WardSettings()


@pytest.mark.parametrize(
    ("name", "value"),
    [("KAFKA_BOOTSTRAP_SERVERS", "kafka"), ("CRSWATCH_PARTITIONS", "0"), ("CRSWATCH_TOPIC_PREFIX", "a b")],
)
def test_a_wrong_value_is_refused(monkeypatch, name, value):
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "kafka:9092")
    monkeypatch.setenv(name, value)

    with pytest.raises(ValidationError, match=name):
        KafkaSettings()


def test_half_a_sign_in_is_refused(monkeypatch):
    monkeypatch.setenv("KAFKA_SECURITY_PROTOCOL", "SASL_SSL")

    with pytest.raises(ValidationError, match="KAFKA_SASL_USERNAME"):
        KafkaSettings(bootstrap_servers="kafka:9092", sasl_username="grader")


def test_every_setting_says_what_it_is():
    assert all(field.description for field in KafkaSettings.model_fields.values())


def test_wrong_settings_are_told_by_variable_and_without_their_values(monkeypatch):
    monkeypatch.setenv("GRADER_PORT", "seven-canary")

    with pytest.raises(SettingsRefused) as caught:
        read_settings(WardSettings)

    told = str(caught.value)
    assert "KAFKA_BOOTSTRAP_SERVERS: Field required." in told
    assert "GRADER_PORT: Input should be a valid integer" in told
    assert "canary" not in told


def test_good_settings_are_read(monkeypatch):
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "kafka:9092")

    assert read_settings(WardSettings).bootstrap_servers == "kafka:9092"
