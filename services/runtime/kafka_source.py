"""A Kafka to work with, from wherever one is to be had. Always the real thing: nothing here pretends to be a broker."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Literal, NamedTuple

from kafka.errors import KafkaError

from services.runtime.broker import Broker, BrokerDidNotStart, local_kafka
from services.runtime.broker_ready import answers
from services.runtime.jars import NoJars, WrongChecksum
from services.runtime.java import NoJava
from services.runtime.kafka_clients import admin
from services.runtime.kafka_container import NoDocker, docker_kafka
from services.runtime.settings import KafkaSettings
from services.runtime.speech import Say, silent

VARIABLE = "KAFKA_BOOTSTRAP_SERVERS"


class NoKafka(RuntimeError):
    """None of the three ways led to a Kafka."""


class Kafka(NamedTuple):
    """Where Kafka is, and which way led there; `broker` only for the local one, which can be stopped and started."""

    bootstrap_servers: str
    way: Literal["environment", "docker", "local"]
    broker: Broker | None = None


@contextmanager
def kafka_source(data: Path | None = None, *, say: Say = silent) -> Iterator[Kafka]:
    """Kafka from the environment, else from a Docker engine, else a local broker; the latter two end on leaving.

    Args:
        data: where a local broker keeps its topics; without it they go when it goes.
        say: is told what is being done.

    Raises:
        NoKafka: says what was tried, why each way failed, and how to get one.
    """
    given = os.environ.get(VARIABLE)
    if given:
        say(f"Using the Kafka that {VARIABLE} names: {given}")
        _require_answer(given)
        yield Kafka(given, "environment")
        return
    with ExitStack() as leaving:
        yield _start_one(leaving, data, say)


def _require_answer(given: str) -> None:
    """The one that was asked for and no other: falling back to a local broker would hide a mistake."""
    settings = KafkaSettings()
    if settings.security_protocol == "PLAINTEXT":
        found = any(answers(address) for address in given.split(","))
    else:
        found = _signs_in(settings)
    if not found:
        raise NoKafka(
            f"{VARIABLE} is set, but no Kafka answers at {given}. "
            "Correct it and the other KAFKA_ settings, or unset it for a local Kafka."
        )


def _signs_in(settings: KafkaSettings) -> bool:
    try:
        admin(settings).close()
    except (KafkaError, OSError):
        return False
    return True


def _start_one(leaving: ExitStack, data: Path | None, say: Say) -> Kafka:
    try:
        return Kafka(leaving.enter_context(docker_kafka(say=say)), "docker")
    except NoDocker as why:
        no_docker = str(why)
    try:
        broker = leaving.enter_context(local_kafka(data, say=say))
    except (NoJava, NoJars, WrongChecksum, BrokerDidNotStart) as why:
        raise NoKafka(
            "No Kafka to work with. Three ways were tried:\n"
            f"1. {VARIABLE} is not set. Set it to host:port of a Kafka you have.\n"
            f"2. Docker: {no_docker} Start a Docker engine.\n"
            f"3. A local broker: {why}"
        ) from why
    return Kafka(broker.bootstrap_servers, "local", broker)
