"""Every knob of the demo inbox."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class InboxSettings(BaseSettings):
    """Environment: INBOX_<FIELD>."""

    model_config = SettingsConfigDict(env_prefix="INBOX_", frozen=True, extra="forbid", hide_input_in_errors=True)

    host: Annotated[str, Field(description="Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="Port to listen on; 0 takes any free one.")] = 8085
    port_file: Annotated[Path | None, Field(description="File to write the real port to, once it listens.")] = None
    secret: Annotated[
        SecretStr, Field(description="Standard Webhooks secret shared with the notifier, whsec_ and base64.")
    ]
    store: Annotated[Path, Field(description="SQLite file that keeps the pages across restarts.")] = Path(
        "inbox.sqlite"
    )
