"""Every knob of ingest."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from schemas.rejected import KEPT_BYTES
from services.runtime.settings import KafkaSettings

MIB = 1024 * 1024


class IngestSettings(KafkaSettings):
    """Environment: INGEST_<FIELD>, and the names that all services share."""

    model_config = SettingsConfigDict(env_prefix="INGEST_")

    host: Annotated[str, Field(description="Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="Port to listen on; 0 takes any free one.")] = 8081
    port_file: Annotated[Path | None, Field(description="File to write the real port to, once it listens.")] = None
    body_limit_bytes: Annotated[
        int, Field(ge=KEPT_BYTES, le=32 * MIB, description="Largest request body; above it 413.")
    ] = 4 * MIB
    read_at_most_bytes: Annotated[
        int, Field(ge=KEPT_BYTES, description="A body above the limit is hashed up to here, then cut off.")
    ] = 64 * MIB
    read_within: Annotated[
        timedelta, Field(description="How long a body may take to arrive. ISO 8601, e.g. PT30S; after it 408.")
    ] = timedelta(seconds=30)
    acknowledge_within: Annotated[
        timedelta, Field(description="How long a request waits for Kafka's acknowledgement. After it 503.")
    ] = timedelta(seconds=5)
    requests_at_once: Annotated[
        int, Field(ge=1, le=10_000, description="Requests worked on at once. More are answered 503.")
    ] = 64
    recent_events: Annotated[
        int, Field(ge=0, le=10_000_000, description="Events remembered, to tell a sender of duplicates and conflicts.")
    ] = 200_000
    token_file: Annotated[
        Path | None,
        Field(description="File with the bearer token senders must show. None: whoever reaches the port may send."),
    ] = None
