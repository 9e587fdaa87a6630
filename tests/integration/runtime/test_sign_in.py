"""Signing in to a real Kafka with SCRAM: with kafka-python, with aiokafka, and not with a wrong password."""

import asyncio

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from kafka.admin import ScramMechanism, UserScramCredentialUpsertion

from services.runtime import broker as local
from services.runtime.broker import local_kafka
from services.runtime.broker_config import write_properties
from services.runtime.kafka_clients import admin, aiokafka_security, bootstrap_servers
from services.runtime.ports import LOOPBACK, free_port
from services.runtime.settings import KafkaSettings

pytestmark = pytest.mark.kafka

PASSWORD = "open sesame"


@pytest.fixture(scope="module")
def guarded():
    """The address of a listener that lets in only `grader`."""
    port = free_port()

    def with_a_guarded_listener(data, ports):
        file = write_properties(data, ports)
        said = file.read_text()
        said = said.replace("\nlisteners=", f"\nlisteners=GUARDED://{LOOPBACK}:{port},")
        said = said.replace("advertised.listeners=", f"advertised.listeners=GUARDED://{LOOPBACK}:{port},")
        said = said.replace("protocol.map=", "protocol.map=GUARDED:SASL_PLAINTEXT,")
        login = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
        said += f"sasl.enabled.mechanisms=SCRAM-SHA-512\nlistener.name.guarded.scram-sha-512.sasl.jaas.config={login}\n"
        file.write_text(said)
        return file

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local, "write_properties", with_a_guarded_listener)
        with local_kafka() as broker:
            client = admin(KafkaSettings(bootstrap_servers=broker.bootstrap_servers))
            user = UserScramCredentialUpsertion("grader", ScramMechanism.SCRAM_SHA_512, PASSWORD)
            client.alter_user_scram_credentials([user])
            client.close()
            yield f"{LOOPBACK}:{port}"


@pytest.fixture
def signing_in(guarded, tmp_path):
    def with_password(password: str) -> KafkaSettings:
        (tmp_path / "password").write_text(f"{password}\n")
        return KafkaSettings(
            bootstrap_servers=guarded,
            security_protocol="SASL_PLAINTEXT",
            sasl_username="grader",
            sasl_password_file=tmp_path / "password",
        )

    return with_password


def test_kafka_python_is_let_in(signing_in):
    client = admin(signing_in(PASSWORD))

    assert client.describe_cluster()["brokers"]
    client.close()


async def connect(settings: KafkaSettings) -> None:
    client = AIOKafkaProducer(bootstrap_servers=bootstrap_servers(settings), **aiokafka_security(settings))
    try:
        await client.start()
    finally:
        await client.stop()


def test_aiokafka_is_let_in(signing_in):
    asyncio.run(connect(signing_in(PASSWORD)))


def test_a_wrong_password_is_not(signing_in):
    with pytest.raises(KafkaError):
        asyncio.run(connect(signing_in("let me in")))
