"""Every knob of the grader's process. Clinical numbers are not here: they live in the versioned rule set."""

import socket
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.runtime.settings import KafkaSettings

DEFAULT_PORT = 8082


class GraderSettings(KafkaSettings):
    """Environment: GRADER_<FIELD>, and what all services share (`services/runtime/settings.py`)."""

    model_config = SettingsConfigDict(env_prefix="GRADER_")

    host: Annotated[str, Field(description="Address of the health pages.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="Port of the health pages; 0 is any free port.")] = (
        DEFAULT_PORT
    )
    port_file: Annotated[Path | None, Field(description="Where to write the port that is really used.")] = None
    member: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z0-9._-]{1,100}$",
            description="Name of this worker in its group. Keep it over restarts: then a restart needs no rebalance.",
        ),
    ] = socket.gethostname() or "grader"
    rules: Annotated[Path | None, Field(description="Rule set file; the built-in one where absent.")] = None
    rules_next: Annotated[
        Path | None,
        Field(description="Another rule set file: for a record to activate, or for a day the one replaced."),
    ] = None
    unit_profile: Annotated[Path | None, Field(description="What support each unit can give; all of it if absent.")] = (
        None
    )
    watch_all: Annotated[bool, Field(description="Page for every patient, not only after an immunotherapy.")] = False
    ticks: Annotated[
        bool,
        Field(description="Write time into the owned partitions. Off only where somebody else does, as a replay does."),
    ] = True
    checkpoint_every: Annotated[
        timedelta, Field(gt=timedelta(0), description="Pause between two checkpoints. ISO 8601, e.g. PT2.5S.")
    ] = timedelta(seconds=2.5)
    session_timeout: Annotated[
        timedelta,
        Field(ge=timedelta(seconds=6), description="After this much silence the group gives our partitions away."),
    ] = timedelta(seconds=14)
    send_timeout: Annotated[
        timedelta,
        Field(description="What Kafka has not taken after this long (output, checkpoint) ends the process."),
    ] = timedelta(seconds=15)
    stall_limit: Annotated[
        timedelta, Field(description="Nothing applied for this long while records wait: the process ends.")
    ] = timedelta(seconds=30)

    @property
    def group(self) -> str:
        """The consumer group."""
        return f"{self.topic_prefix}crs-grader"

    def transactional_id(self, partition: int) -> str:
        """Who may write the checkpoints of a partition: one id each, so that opening it fences the former owner."""
        return f"{self.group}-{partition}"
