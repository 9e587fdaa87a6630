"""Ingest on real Kafka, spoken to over real HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from services.ingest.app import build_app
from services.ingest.settings import IngestSettings
from services.runtime.http import serving
from tests.waiting import eventually


@contextmanager
def ingest_on(kafka_settings, *, wait: bool = True, **changes) -> Iterator[httpx.Client]:
    """A client of an ingest, by default one that is ready."""
    settings = IngestSettings(**{**kafka_settings.model_dump(), **changes})
    with (
        serving(build_app(settings), host="127.0.0.1", port=0) as address,
        httpx.Client(base_url=address.url, timeout=30) as client,
    ):
        if wait:
            eventually(lambda: client.get("/readyz").status_code == 200, within=30, what="ingest is ready")
        yield client


@pytest.fixture
def ingest(ward_topics) -> Iterator[httpx.Client]:
    with ingest_on(ward_topics) as client:
        yield client
