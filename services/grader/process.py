"""One grader process from start to stop: identity of the log, health pages, watchdog, Faust worker."""

import asyncio
import logging

import faust
from faust import App

from services.grader.app import Grader, build_app
from services.grader.broker_facts import LogEnds, TopicNow, bedside_source
from services.grader.collecting import calm_down
from services.grader.engine import EngineFactory
from services.grader.figures import Lags, show
from services.grader.readiness import progress
from services.grader.same_log import SameLog
from services.grader.settings import GraderSettings
from services.grader.topic_names import topic_names
from services.grader.transport import BatchTransport
from services.grader.watchdog import Watchdog
from services.runtime.health import Health

log = logging.getLogger(__name__)


def run(settings: GraderSettings, engine_for: EngineFactory, *, rules_hash: str) -> int:
    """Grade until SIGTERM or Ctrl-C; the exit code."""
    bedside = topic_names(settings.topic_prefix)["bedside"]
    source = bedside_source(settings, bedside)
    # Faust and mode find the loop through the policy of the main thread.
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    grader = build_app(settings, source, engine_for, rules_hash=rules_hash)
    same_log = SameLog(TopicNow(settings, bedside), source, settings.partitions, grader.ownership.newest)
    watchdog = _watchdog(settings, grader, LogEnds(settings, bedside), same_log)
    show(grader.ownership)
    health = Health("grader")
    calm_down()
    health.check("progress", progress(grader.ownership, ticks=settings.ticks))
    with health.serve(settings.port, settings.host, port_file=settings.port_file):
        watchdog.start()
        try:
            return _work(grader.app, loop)
        finally:
            watchdog.stop()


def _watchdog(settings: GraderSettings, grader: Grader, log_ends: LogEnds, same_log: SameLog) -> Watchdog:
    limit_s = settings.stall_limit.total_seconds()
    # So long the group itself waits for its slowest member; then everybody has an answer, or is to ask again at once.
    rebalance_s = float(grader.app.conf.broker_rebalance_timeout)
    return Watchdog(
        grader.ownership.positions, log_ends, limit_s=limit_s, seen=Lags(),
        rebalancing=lambda: bool(grader.app.rebalancing), rebalance_limit_s=rebalance_s + limit_s, same_log=same_log,
        slices=grader.ownership.slices,
    )  # fmt: skip


def _work(app: App, loop: asyncio.AbstractEventLoop) -> int:
    """Faust's worker without its logging: ours leaves patient data out."""
    # Faust names a service's log after the module of its class: ours, though it is Faust that speaks.
    logging.getLogger(BatchTransport.__module__).setLevel(logging.WARNING)
    worker = faust.Worker(app, loop=loop, quiet=True, override_logging=False, redirect_stdouts=False)
    worker.spinner = None  # it would write to standard output
    try:
        worker.execute_from_commandline()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
