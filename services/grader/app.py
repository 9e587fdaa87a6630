"""The Faust application, plumbing only: `partition.py` decides what a record means, `owned.py` what is safe."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from typing import Any, cast

from faust import App
from faust.types import TP

from services.grader.collecting import look_often
from services.grader.ending import end_process
from services.grader.engine import EngineFactory
from services.grader.kafka_access import faust_credentials
from services.grader.manifest import Source
from services.grader.opening import Opener
from services.grader.overdue import look_out
from services.grader.ownership import Ownership
from services.grader.sender import Addressed
from services.grader.settings import GraderSettings
from services.grader.tallies import tally
from services.grader.ticks import Ticks
from services.grader.topic_names import topic_names
from services.grader.transport import BatchConsumer, BatchTransport
from services.runtime.kafka_clients import LARGEST_RECORD_BYTES

# Counts batches, not records: a small buffer makes a slow agent slow the fetching down, and turns come round quickly.
BUFFERED_BATCHES = 4
# About two thousand records a batch: what Faust does for each batch is spread over them (half of it costs a twentieth
# more a record, twice of it gains nothing), and no partition waits long for its turn.
FETCHED_BYTES = 512 * 1024
# Nothing is fetched while the agent is busy and its buffer full, as when states are read that take their time. After
# so long without a fetch aiokafka leaves the group and joins it again only after a fetch, but Faust fetches only what
# it was given: nobody would ever move again. It must never come to that; what really hangs is seen by `watchdog.py`.
NO_POLL_LIMIT_S = 24 * 3600.0
CHECKPOINT_SHARE = 0.05  # of the time; a restart applies again what came since the last checkpoint
RAW: dict[str, Any] = {"key_type": bytes, "value_type": bytes, "key_serializer": "raw", "value_serializer": "raw"}


@dataclass(frozen=True, slots=True)
class Grader:
    """The application and what it owns."""

    app: App
    ownership: Ownership


def build_app(settings: GraderSettings, source: Source, engine_for: EngineFactory, *, rules_hash: str) -> Grader:
    """Wire transport, agent, checkpoints and ticks. Called by __main__ and tests, never on import.

    Args:
        settings: of this process.
        source: identity of the bedside topic.
        engine_for: makes the engine of a partition.
        rules_hash: of the rule set that the engines use.
    """
    names = topic_names(settings.topic_prefix)
    app = _faust_app(settings)
    transport = BatchTransport(app.conf.broker_consumer, app, batched_topic=names["bedside"])
    app.transport = transport

    async def produce(output: Addressed) -> Awaitable[Any]:
        # Half a millisecond more, so that Faust's way through float seconds ends at the same millisecond.
        at_s = None if output.timestamp_ms is None else (output.timestamp_ms + 0.5) / 1000
        headers = {"cause": output.cause} if output.cause else None
        sent: Awaitable[Any] = await app.producer.send(
            output.topic, output.key, output.value, output.partition, at_s, headers
        )
        return sent

    opener = Opener(settings, names, source, rules_hash, engine_for, produce, tally)
    ownership = Ownership(
        opener,
        lambda number, upto: _consumer(app).declare_safe(TP(names["bedside"], number), upto),
        assigned=lambda: _assigned(app),
    )
    transport.before_release = ownership.release
    _declare_agent(app, names["bedside"], ownership)
    ticks = Ticks(produce, ownership.tick, names["bedside"])
    _declare_tasks(app, settings, ownership, ticks)
    return Grader(app, ownership)


class _App(App):
    """Faust makes folders for its tables; we have no tables, and where we run may be read-only."""

    def _create_directories(self) -> None:
        pass


def _faust_app(settings: GraderSettings) -> App:
    session_s = settings.session_timeout.total_seconds()
    return _App(
        settings.group,
        broker=[f"aiokafka://{address}" for address in settings.bootstrap_servers.split(",")],
        broker_credentials=faust_credentials(settings),
        consumer_group_instance_id=settings.member,
        consumer_auto_offset_reset="earliest",
        broker_session_timeout=session_s,
        broker_heartbeat_interval=min(1.0, session_s / 4),  # how soon the others hear that somebody is gone
        broker_request_timeout=session_s + 1,  # Faust refuses a session longer than a request
        broker_max_poll_interval=NO_POLL_LIMIT_S,
        consumer_max_fetch_size=FETCHED_BYTES,
        broker_commit_interval=1.0,
        producer_request_timeout=settings.send_timeout.total_seconds(),
        producer_linger=0.002,
        producer_max_request_size=LARGEST_RECORD_BYTES,
        stream_buffer_maxsize=BUFFERED_BATCHES,
        stream_recovery_delay=0.0,
        stream_wait_empty=True,
        value_serializer="raw",
        table_standby_replicas=0,
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
    )


def _declare_agent(app: App, bedside: str, ownership: Ownership) -> None:
    @app.agent(app.topic(bedside, **RAW))
    async def grade(batches: Any) -> AsyncIterator[int]:
        """Grades every bedside record in its order; estimates and escalations go out, state is checkpointed."""
        async for event in batches.events():
            message = event.message
            try:
                if message.generation_id == app.consumer_generation_id and _consumer(app).flow_active:
                    await ownership.apply(message.partition, message.generation_id, event.value)
            except Exception as fault:
                end_process("a batch could not be applied", fault, partition=message.partition)
            yield message.offset


def _declare_tasks(app: App, settings: GraderSettings, ownership: Ownership, ticks: Ticks) -> None:
    @app.task  # type: ignore[untyped-decorator]  # Faust declares it so
    async def checkpoints() -> None:
        """Stores what changed, every few seconds; of very many patients less often, so that grading keeps its time."""
        pause_s = settings.checkpoint_every.total_seconds()
        while not app.should_stop:
            await asyncio.sleep(pause_s)
            if not app.rebalancing:
                pause_s = max(
                    settings.checkpoint_every.total_seconds(), await ownership.checkpoint() / CHECKPOINT_SHARE
                )

    @app.task  # type: ignore[untyped-decorator]
    async def acknowledgements() -> None:
        """Ends the process when Kafka does not take what it was handed."""
        await look_out(ownership.waiting_since_s, settings.send_timeout.total_seconds())

    @app.task  # type: ignore[untyped-decorator]
    async def collecting() -> None:
        """Keeps looks for garbage short."""
        await look_often(lambda: app.should_stop)

    if settings.ticks:

        @app.task  # type: ignore[untyped-decorator]
        async def time_passes() -> None:
            """Writes time into the owned partitions, once a second."""
            await ticks.run(lambda: app.should_stop)


def _consumer(app: App) -> BatchConsumer:
    return cast(BatchConsumer, app.consumer)


def _assigned(app: App) -> list[int]:
    return [] if app.rebalancing else sorted(at.partition for at in app.consumer.assignment())
