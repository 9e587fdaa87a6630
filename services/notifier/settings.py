"""Where the notifier finds Kafka, its ledger and the receiver of pages. Ward policy is not here: `policy.toml`."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import AnyHttpUrl, Field, SecretStr
from pydantic_settings import SettingsConfigDict

from services.notifier.wording import PayloadLevel
from services.runtime.settings import KafkaSettings


class NotifierSettings(KafkaSettings):
    """Environment: NOTIFIER_<FIELD>, and the names shared by all services."""

    model_config = SettingsConfigDict(env_prefix="NOTIFIER_")

    host: Annotated[str, Field(description="Address to serve /healthz, /readyz and /metrics on.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="Port for the same; 0: any free one.")] = 8083
    port_file: Annotated[Path | None, Field(description="File to write the real port to.")] = None
    instance: Annotated[
        str,
        Field(
            pattern=r"^[a-zA-Z0-9._-]{1,64}$",
            description="Name of this replica at Kafka; each one needs its own. It gets its partitions back at once.",
        ),
    ] = "notifier-1"
    webhook_url: Annotated[AnyHttpUrl, Field(description="Where pages are posted to.")]
    webhook_secret: Annotated[
        SecretStr, Field(description="Standard Webhooks secret shared with the receiver, whsec_ and base64.")
    ]
    webhook_timeout: Annotated[
        timedelta, Field(description="Longest time for one attempt, from connecting to the answer.")
    ] = timedelta(seconds=5)
    ledger_url: Annotated[
        str,
        Field(description="SQLAlchemy address of the ledger: sqlite:///FILE for one replica, postgresql+psycopg://..."),
    ] = "sqlite:///notifier.db"
    policy_file: Annotated[Path | None, Field(description="Ward policy; absent: the one that is shipped.")] = None
    payload_level: Annotated[
        PayloadLevel, Field(description="P0: unit and priority; P1: bed too, for an authenticated receiver in house.")
    ] = "P0"
    board_url: Annotated[AnyHttpUrl, Field(description="Address of the ward board, for the link in a page.")] = (
        AnyHttpUrl("http://127.0.0.1:8080")
    )
    workers: Annotated[int, Field(ge=1, le=32, description="Pages that may be on the line at the same time.")] = 4
    fold_limit: Annotated[
        timedelta, Field(description="Longest time to go on reading a backlog before deciding on what was read.")
    ] = timedelta(seconds=10)
