"""The Kafka a command works with, from the environment, with a sentence for each way that can go wrong."""

from kafka.errors import KafkaError
from pydantic import ValidationError

from services.control.refusal import WRONG_USE, Refusal
from services.runtime.broker_ready import answers
from services.runtime.kafka_clients import admin, bootstrap_servers
from services.runtime.settings import KafkaSettings


def kafka_from_environment() -> KafkaSettings:
    """Settings from KAFKA_* and CRSWATCH_*.

    Raises:
        Refusal: one is missing or wrong, or nothing answers there.
    """
    try:
        kafka = KafkaSettings()
    except ValidationError as error:
        raise Refusal(settings_sentence(error), code=WRONG_USE) from None
    if not reachable(kafka):
        raise Refusal(f"No Kafka answers at {kafka.bootstrap_servers}: start it, or correct KAFKA_BOOTSTRAP_SERVERS.")
    return kafka


def reachable(kafka: KafkaSettings) -> bool:
    """Whether one of the brokers answers."""
    if kafka.security_protocol == "PLAINTEXT":
        return any(answers(address) for address in bootstrap_servers(kafka))
    try:
        admin(kafka).close()
    except KafkaError:
        return False
    return True


def settings_sentence(error: ValidationError) -> str:
    """Which settings are missing or wrong, by name; the values stay unsaid, for one may be a secret."""
    faults = error.errors(include_input=False, include_context=False, include_url=False)
    said = (f"{'.'.join(map(str, fault['loc'])).upper() or error.title}: {fault['msg']}" for fault in faults)
    return f"{'; '.join(said)} (all settings: crswatch SERVICE --help)."
