"""Settings of the dashboard service."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.runtime.settings import KafkaSettings


class DashboardSettings(KafkaSettings):
    """Environment: DASHBOARD_<FIELD>, and the Kafka settings that all services share."""

    model_config = SettingsConfigDict(env_prefix="DASHBOARD_", frozen=True, extra="forbid", hide_input_in_errors=True)

    host: Annotated[str, Field(description="Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="Port of the board; 0 is any free one.")] = 8080
    port_file: Annotated[Path | None, Field(description="File to write the real port to once it listens.")] = None
    users_file: Annotated[Path, Field(description="JSON file with the people who may sign in.")]
    session_key_file: Annotated[
        Path,
        Field(description="Key that signs sessions; made at the first start. Keep it and a restart signs no one out."),
    ] = Path(".crswatch/dashboard-session.key")
    session_lasts: Annotated[timedelta, Field(description="How long a sign-in counts. ISO 8601: PT12H is a shift.")] = (
        timedelta(hours=12)
    )
    cookie_secure: Annotated[bool, Field(description="Send the session cookie over HTTPS only. True on a ward.")] = (
        False
    )
    events_history: Annotated[
        timedelta, Field(description="How far back escalations, deliveries and responses are read at the start.")
    ] = timedelta(hours=24)
    vitals_history: Annotated[
        timedelta, Field(description="How far back vitals are read at the start, for the trends.")
    ] = timedelta(hours=6)
    static_dir: Annotated[Path, Field(description="The built front end.")] = Path(__file__).parent / "static"
