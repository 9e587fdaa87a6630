"""Where Kafka is and how to reach it: the settings that every service shares.

A service's own settings build on these:

    class GraderSettings(KafkaSettings):
        model_config = SettingsConfigDict(env_prefix="GRADER_")

The names below do not take the service's prefix: they mean the same for all of them.
"""

from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

from pydantic import Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

SecurityProtocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
SaslMechanism = Literal["SCRAM-SHA-256", "SCRAM-SHA-512", "PLAIN"]


Settings = TypeVar("Settings", bound=BaseSettings)


class SettingsRefused(ValueError):
    """The environment does not hold what a service needs; the text names each variable, never its value."""


def read_settings(kind: type[Settings]) -> Settings:
    """The settings from the environment.

    Raises:
        SettingsRefused: in sentences for the operator. (The log would show an exception's type only.)
    """
    try:
        return kind()
    except ValidationError as fault:
        wrong = [f"{_variable(kind, error['loc'])}: {error['msg']}." for error in fault.errors(include_input=False)]
    except SettingsError:
        wrong = ["a variable that holds a list or a table is not JSON."]
    raise SettingsRefused(" ".join(["Cannot start with these settings.", *wrong])) from None


def _variable(kind: type[BaseSettings], place: tuple[int | str, ...]) -> str:
    """How the operator calls the field: with the service's prefix, unless it is a name that all services share."""
    if not place:
        return "settings"
    name = str(place[0])
    return name if name.isupper() else f"{kind.model_config.get('env_prefix', '')}{name}".upper()


class KafkaSettings(BaseSettings):
    """Environment: KAFKA_* for the connection, CRSWATCH_* for the names and sizes of our topics."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, validate_by_name=True, validate_by_alias=True
    )

    bootstrap_servers: Annotated[
        str,
        Field(
            validation_alias="KAFKA_BOOTSTRAP_SERVERS",
            pattern=r"^[^\s,:]+:\d+(,[^\s,:]+:\d+)*$",
            description="Kafka brokers to ask first, host:port, separated by commas.",
        ),
    ]
    topic_prefix: Annotated[
        str,
        Field(
            validation_alias="CRSWATCH_TOPIC_PREFIX",
            pattern=r"^[a-zA-Z0-9._-]{0,64}$",
            description="Put before every topic and group name, so that several wards can share a cluster.",
        ),
    ] = ""
    partitions: Annotated[
        int,
        Field(
            validation_alias="CRSWATCH_PARTITIONS",
            ge=1,
            le=1000,
            description="Partitions of every patient topic. Chosen once: changing it would move patients.",
        ),
    ] = 12
    security_protocol: Annotated[
        SecurityProtocol,
        Field(validation_alias="KAFKA_SECURITY_PROTOCOL", description="How to talk to Kafka. SASL_SSL on a ward."),
    ] = "PLAINTEXT"
    ssl_ca_file: Annotated[
        Path | None,
        Field(validation_alias="KAFKA_SSL_CA_FILE", description="PEM file of the authority that signed Kafka's names."),
    ] = None
    sasl_mechanism: Annotated[
        SaslMechanism,
        Field(validation_alias="KAFKA_SASL_MECHANISM", description="How the password is proven to Kafka."),
    ] = "SCRAM-SHA-512"
    sasl_username: Annotated[
        str | None,
        Field(validation_alias="KAFKA_SASL_USERNAME", description="This service's own name at Kafka."),
    ] = None
    sasl_password_file: Annotated[
        Path | None,
        Field(
            validation_alias="KAFKA_SASL_PASSWORD_FILE", description="File that holds the password and nothing else."
        ),
    ] = None

    @model_validator(mode="after")
    def _sign_in_is_whole(self) -> Self:
        given = self.sasl_username is not None and self.sasl_password_file is not None
        if self.security_protocol.startswith("SASL") and not given:
            raise ValueError("KAFKA_SECURITY_PROTOCOL asks for a sign-in: set KAFKA_SASL_USERNAME and _PASSWORD_FILE")
        return self
