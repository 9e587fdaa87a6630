"""Every knob of the live simulator. What the patients do is in the scenarios, not here."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import Field, HttpUrl
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.simulator.live_ward import LONGEST_HISTORY


class SimulatorSettings(BaseSettings):
    """Environment: SIMULATOR_<FIELD>."""

    model_config = SettingsConfigDict(env_prefix="SIMULATOR_", frozen=True, extra="forbid", hide_input_in_errors=True)

    ingest_url: Annotated[HttpUrl, Field(description="Base address of ingest, e.g. http://127.0.0.1:8081.")]
    ingest_token_file: Annotated[
        Path | None, Field(description="File with the bearer token that ingest asks for, if it asks.")
    ] = None
    seed: Annotated[int, Field(ge=0, description="The same seed gives the same patients.")] = 7
    beds: Annotated[int, Field(ge=1, le=2000, description="Patients on the ward.")] = 12
    every: Annotated[
        timedelta, Field(ge=timedelta(seconds=1), description="Between monitor readings, whole seconds. ISO 8601.")
    ] = timedelta(seconds=1)
    history: Annotated[
        timedelta,
        Field(ge=timedelta(), le=LONGEST_HISTORY, description="How far back the monitors' readings begin. ISO 8601."),
    ] = LONGEST_HISTORY
    bookmark_file: Annotated[
        Path | None,
        Field(description="File that lets a simulator that was killed go on with its ward. None: a new ward."),
    ] = None
    waiting_limit: Annotated[
        int, Field(ge=1000, description="Events held while ingest is away; then monitor readings are given up.")
    ] = 100_000
    answer_within: Annotated[
        timedelta, Field(gt=timedelta(), description="How long ingest may take to answer a request.")
    ] = timedelta(seconds=10)
    host: Annotated[str, Field(description="Address to listen on for health and metrics.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="Port of health and metrics; 0 takes any free one.")] = 8086
    port_file: Annotated[Path | None, Field(description="File to write the real port to, once it listens.")] = None
