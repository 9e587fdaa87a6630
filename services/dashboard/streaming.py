"""The stream of one browser: a snapshot with all open alarms, then what changes, and a pulse every second."""

import asyncio
from collections.abc import AsyncIterator

import anyio
from sse_starlette import EventSourceResponse
from starlette.responses import Response

from services.dashboard.access import now_ms
from services.dashboard.frames import frame
from services.dashboard.outbox import Outbox
from services.dashboard.ward import Ward
from services.runtime.metrics import gauge

PULSE_S = 1.0
RETRY_MS = 1000
SEND_TIMEOUT_S = 10.0
GRACE_S = 1.0


def stream(ward: Ward, units: frozenset[str]) -> Response:
    """Server-sent events for these units; the browser reconnects by itself and starts with a snapshot again."""
    stopping = anyio.Event()
    return EventSourceResponse(
        _events(ward, units, stopping),
        ping=3600,  # our own pulse carries the time; a comment would not reach the page
        send_timeout=SEND_TIMEOUT_S,
        shutdown_event=stopping,
        shutdown_grace_period=GRACE_S,
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _events(ward: Ward, units: frozenset[str], stopping: anyio.Event) -> AsyncIterator[bytes]:
    boards = gauge("crs_board_clients")
    boards.inc()
    with ward.hub.subscribed(units) as subscription:
        ending = asyncio.create_task(_end_with(stopping, subscription.outbox))
        try:
            yield f"retry: {RETRY_MS}\n\n".encode()
            # Subscribed first: what changes while the snapshot is made comes after it, never falls between.
            yield frame("snapshot", ward.snapshot(units) | ward.pulse(now_ms()), slot="snapshot").data
            while (waiting := await subscription.outbox.take()) is not None:
                yield waiting
        finally:
            ending.cancel()
            boards.dec()


async def _end_with(stopping: anyio.Event, outbox: Outbox) -> None:
    """A process that is told to stop ends its streams whole, so that browsers and logs see no fault."""
    await stopping.wait()
    outbox.close()


async def pulse(ward: Ward) -> None:
    """Send every browser the time once a second: silence means that the connection is lost."""
    while True:
        ward.hub.broadcast(frame("pulse", ward.pulse(now_ms()), slot="pulse"))
        await asyncio.sleep(PULSE_S)
