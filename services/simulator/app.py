"""The live simulator wired together: ward, delivery, clock and health."""

import threading
from datetime import timedelta
from pathlib import Path

import httpx

from services.runtime.health import Check, Health, Progress
from services.runtime.metrics import gauge
from services.runtime.settings import SettingsRefused
from services.simulator.bookmark import Bookmark
from services.simulator.delivery import Delivery
from services.simulator.live_ward import LivePlan, LiveWard
from services.simulator.pacing import WallClock, run, whole_second
from services.simulator.settings import SimulatorSettings

READY_WITHIN = timedelta(seconds=15)


def live(settings: SimulatorSettings, stop: threading.Event) -> None:
    """Run a ward at the speed of life until `stop` is set."""
    clock = WallClock(stop)
    every_ms = round(settings.every.total_seconds()) * 1000
    bookmark = Bookmark(settings.bookmark_file)
    plan, delivered_ms = bookmark.resume(
        LivePlan(
            beds=settings.beds,
            seed=settings.seed,
            start_ms=whole_second(clock.now_ms()),
            every_ms=every_ms,
            history=settings.history,
        )
    )
    with _client(settings) as client:
        delivery = Delivery(client, waiting_limit=settings.waiting_limit)
        progress = Progress(within=max(READY_WITHIN, 3 * settings.every))
        health = Health("simulator")
        health.check("delivery", progress.check)
        health.check("ingest", lambda: Check(not delivery.fault, delivery.fault))
        gauge("crs_simulator_behind_seconds").set_function(lambda: delivery.behind_ms(clock.now_ms()) / 1000)
        with health.serve(settings.port, settings.host, port_file=settings.port_file):

            def delivered(until_ms: int) -> None:
                progress.mark()
                bookmark.keep(plan, until_ms)

            run(LiveWard(plan, delivered_ms), delivery, clock, every_ms=every_ms, delivered=delivered)
        bookmark.remove()


def _client(settings: SimulatorSettings) -> httpx.Client:
    headers = {}
    if settings.ingest_token_file:
        headers["Authorization"] = f"Bearer {_token(settings.ingest_token_file)}"
    return httpx.Client(
        base_url=str(settings.ingest_url),
        headers=headers,
        timeout=settings.answer_within.total_seconds(),
        follow_redirects=False,
        trust_env=False,
    )


def _token(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError as fault:
        raise SettingsRefused(f"SIMULATOR_INGEST_TOKEN_FILE: cannot read {path}: {fault.strerror}.") from None
