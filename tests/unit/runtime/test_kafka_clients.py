import pytest

from services.runtime.kafka_clients import aiokafka_security
from services.runtime.settings import KafkaSettings


@pytest.fixture
def password_file(tmp_path):
    file = tmp_path / "password"
    file.write_text("open sesame\n")
    return file


def test_a_plain_connection_needs_nothing():
    assert aiokafka_security(KafkaSettings(bootstrap_servers="kafka:9092")) == {}


def test_a_sign_in_over_tls_checks_the_other_side_and_reads_the_password_from_its_file(password_file):
    settings = KafkaSettings(
        bootstrap_servers="kafka:9093",
        security_protocol="SASL_SSL",
        sasl_username="grader",
        sasl_password_file=password_file,
    )

    given = aiokafka_security(settings)

    assert given.pop("ssl_context").check_hostname
    assert given == {
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "grader",
        "sasl_plain_password": "open sesame",
    }
    assert "open sesame" not in repr(settings)
