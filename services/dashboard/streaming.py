"""The stream of one browser: a snapshot with all open alarms, then what changes, and a pulse every second."""

import asyncio
from collections.abc import AsyncIterator

from sse_starlette import EventSourceResponse
from starlette.requests import Request
from starlette.responses import Response

from services.dashboard.access import now_ms
from services.dashboard.frames import frame
from services.dashboard.ward import Ward
from services.runtime.metrics import gauge

PULSE_S = 1.0
RETRY_MS = 1000
SEND_TIMEOUT_S = 10.0


def stream(ward: Ward, units: frozenset[str], request: Request) -> Response:
    """Server-sent events for these units; the browser reconnects by itself and starts with a snapshot again."""
    return EventSourceResponse(
        _events(ward, units, request),
        ping=3600,  # our own pulse carries the time; a comment would not reach the page
        send_timeout=SEND_TIMEOUT_S,
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _events(ward: Ward, units: frozenset[str], request: Request) -> AsyncIterator[bytes]:
    with ward.hub.subscribed(units) as subscription:
        gauge("crs_board_clients").set(len(ward.hub))
        try:
            yield f"retry: {RETRY_MS}\n\n".encode()
            # Subscribed first: what changes while the snapshot is made comes after it, never falls between.
            yield frame("snapshot", ward.snapshot(units) | ward.pulse(now_ms()), slot="snapshot").data
            while (waiting := await subscription.outbox.take()) is not None:
                yield waiting
                if await request.is_disconnected():
                    return
        finally:
            gauge("crs_board_clients").set(len(ward.hub) - 1)


async def pulse(ward: Ward) -> None:
    """Send every browser the time once a second: silence means that the connection is lost."""
    while True:
        ward.hub.broadcast(frame("pulse", ward.pulse(now_ms()), slot="pulse"))
        await asyncio.sleep(PULSE_S)
