"""Where a grader process can be told to die, and how: the shell's own classes are wrapped, the product knows nothing.

Each function takes a fuse and hangs it where its point lies. What is written down before the end is what was reached.
"""

import os
import signal
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any

from services.grader import app, checkpoint, restore
from services.grader.owned import OwnedPartition


class CrashPoint(StrEnum):
    """By the name that stands in the tally."""

    PUBLISHED = "after publish, before checkpoint"
    MID_CHECKPOINT = "mid checkpoint"
    CHECKPOINTED = "after checkpoint, before commit"
    RESTORING = "during restore"
    REBALANCING = "during rebalance"


class Fuse:
    """Burns down each time its point is reached; at the end it says so in the ledger, and the process is no more."""

    def __init__(self, point: CrashPoint, nth: int, ledger: Path) -> None:
        self._point, self._left, self._ledger = point, nth, ledger

    def burns_out(self) -> bool:
        """Once more at the point: was it the last time?"""
        self._left -= 1
        return self._left == 0

    def die(self) -> None:
        """At once, as a power cut would: no cleaning up, no last word but the ledger's."""
        # In one write of its own: other processes append to the same file.
        to = os.open(self._ledger, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(to, f"{self._point}\n".encode())
        os.kill(os.getpid(), signal.SIGKILL)

    def burn(self) -> None:
        """Once more at the point; the last time is the end."""
        if self.burns_out():
            self.die()


def reached(ledger: Path) -> list[CrashPoint]:
    """What processes wrote down before they died, in that order."""
    return [CrashPoint(line) for line in ledger.read_text().splitlines()] if ledger.exists() else []


def _when_published(fuse: Fuse) -> None:
    """Kafka has acknowledged an escalation; a checkpoint that covers its cause waits for exactly that word."""
    acknowledged = app.tally

    def tally(output: Any, took_s: float) -> None:
        acknowledged(output, took_s)
        if output.kind == "escalations":
            fuse.burn()

    app.tally = tally


def _mid_checkpoint(fuse: Fuse) -> None:
    """Inside the transaction, with a bucket or the manifest really in the log and nothing committed."""
    open_producer = checkpoint.transactional_producer

    def transactional_producer(*where: Any, **more: Any) -> Any:
        producer = open_producer(*where, **more)
        hand_over = producer.send

        async def send(*record: Any, **more: Any) -> Any:
            receipt = await hand_over(*record, **more)
            if fuse.burns_out():
                await receipt
                fuse.die()
            return receipt

        producer.send = send
        return producer

    checkpoint.transactional_producer = transactional_producer


def _when_checkpointed(fuse: Fuse) -> None:
    """The transaction is committed; Faust has not been told yet that it may commit the offsets."""
    write = checkpoint.CheckpointWriter.write

    async def written(*checkpoint: Any) -> Any:
        manifest = await write(*checkpoint)
        fuse.burn()
        return manifest

    checkpoint.CheckpointWriter.write = written


def _while_restoring(fuse: Fuse) -> None:
    """Some of the stored state is read, and not all of it."""
    open_reader = restore.committed_reader

    def committed_reader(*where: Any) -> Any:
        reader = open_reader(*where)
        fetch = reader.getmany

        async def getmany(*asked: Any, **more: Any) -> Any:
            found = await fetch(*asked, **more)
            if found:
                fuse.burn()
            return found

        reader.getmany = getmany
        return reader

    restore.committed_reader = committed_reader


def _while_rebalancing(fuse: Fuse) -> None:
    """Partitions are being given up: before one is stored for the last time, or right after."""
    give_up = OwnedPartition.release

    async def release(owned: OwnedPartition) -> Any:
        fuse.burn()
        upto = await give_up(owned)
        fuse.burn()
        return upto

    OwnedPartition.release = release


ARMING: dict[CrashPoint, Callable[[Fuse], None]] = {
    CrashPoint.PUBLISHED: _when_published,
    CrashPoint.MID_CHECKPOINT: _mid_checkpoint,
    CrashPoint.CHECKPOINTED: _when_checkpointed,
    CrashPoint.RESTORING: _while_restoring,
    CrashPoint.REBALANCING: _while_rebalancing,
}
