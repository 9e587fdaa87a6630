"""Checkpoints as tests write them: with the grader's own writer, for a log that need not be there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.grader.checkpoint import CheckpointWriter
from services.grader.manifest import Manifest, Source
from services.grader.settings import GraderSettings

SOURCE = Source("cluster", "topic")
NOTHING = Manifest(SOURCE, 0, 0, "rules", {})


@asynccontextmanager
async def opened(settings: GraderSettings, topic: str, partition: int = 0) -> AsyncIterator[CheckpointWriter]:
    """The right to write a partition's state, given back at the end of the block."""
    writer = await CheckpointWriter.open(settings, topic, partition)
    try:
        yield writer
    finally:
        await writer.close()
