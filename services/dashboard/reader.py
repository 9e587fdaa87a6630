"""Reads the ward's topics in threads of their own and hands batches to the event loop. Commits nothing.

Every start reads anew: estimates and alarms whole (they are compacted), escalations, deliveries and responses of the
last day, vitals from now on. A second, passing reader brings the vitals of the last hours for the trends.
"""

import asyncio
import logging
import os
import threading
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from schemas.reasons import Refusal
from schemas.topics import Topic
from services.dashboard.beds import Origin
from services.dashboard.decoding import LIVE_TOPICS, RECENT_TOPICS, WHOLE_TOPICS, decode
from services.dashboard.settings import DashboardSettings
from services.dashboard.ward import Record, Ward
from services.runtime.health import Progress
from services.runtime.kafka_clients import consumer
from services.runtime.topics import partition_count, topic_name

log = logging.getLogger(__name__)

POLL_MS = 200
BATCH = 500
RETRY_S = 1.0
PROBE_S = 3.0
STOP_WITHIN_S = 2.0

Positions = dict[TopicPartition, int]


class Reader:
    """Two threads: one for what happens, one that ends once the trends are filled."""

    def __init__(self, settings: DashboardSettings, ward: Ward, loop: asyncio.AbstractEventLoop) -> None:
        self._settings = settings
        self._ward = ward
        self._loop = loop
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self.progress = Progress(within=timedelta(seconds=15))

    def start(self) -> None:
        """Begin to read; Kafka need not be there yet."""
        self._run("reader", self._read_live)

    def stop(self) -> None:
        """Stop reading; the threads notice within a poll."""
        self._stopping.set()

    def join(self) -> None:
        """Wait for the threads to end; not from the event loop, which they may wait for."""
        deadline = time.monotonic() + STOP_WITHIN_S
        for thread in self._threads:  # one that waits for a lost broker is left behind: it has nothing to save
            thread.join(timeout=max(0.0, deadline - time.monotonic()))

    def _run(self, name: str, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=self._until_it_works, args=(work,), name=f"board-{name}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _until_it_works(self, work: Callable[[], None]) -> None:
        """A reader that Kafka refuses starts anew: folding twice does no harm, and the board stays up meanwhile."""
        while not self._stopping.is_set():
            try:
                return work()
            except KafkaError as fault:
                log.warning("Kafka does not answer the board, asking again", extra={"reason": type(fault).__name__})
                self._stopping.wait(RETRY_S)
            except Exception:
                # A board that looks alive but reads nothing is the worst: end, and be started again.
                log.critical("the board's reader failed", exc_info=True)
                os._exit(1)

    def _read_live(self) -> None:
        with _closing(consumer(self._settings, client_id="dashboard")) as kafka:
            ends = self._assign(kafka)
            live_from = {p: offset for p, offset in ends.items() if self._registered(p) in _names(LIVE_TOPICS)}
            self._run("history", lambda: self._read_history(live_from))
            self._follow(kafka, ends)

    def _follow(self, kafka: KafkaConsumer, ends: Positions) -> None:
        probe_s = 0.0
        while not self._stopping.is_set():
            self._hand_over(kafka.poll(timeout_ms=POLL_MS, max_records=BATCH))
            if not self._ward.live and all(kafka.position(p) >= end for p, end in ends.items()):
                self._tell("live")
            if time.monotonic() - probe_s > PROBE_S:
                # A poll of a lost broker is as empty as a quiet night: only a question tells them apart.
                self._ask(kafka, ends)
                probe_s = time.monotonic()

    def _ask(self, kafka: KafkaConsumer, ends: Positions) -> None:
        try:
            kafka.end_offsets(list(ends)[:1])
        except KafkaError:
            return
        self.progress.mark()

    def _read_history(self, until: Positions) -> None:
        """The vitals of the last hours, up to where the live reader began."""
        with _closing(consumer(self._settings, client_id="dashboard-history")) as kafka:
            kafka.assign(list(until))
            _seek_back(kafka, list(until), self._settings.vitals_history)
            while not self._stopping.is_set() and any(kafka.position(p) < end for p, end in until.items()):
                self._hand_over(kafka.poll(timeout_ms=POLL_MS, max_records=BATCH))
        self._tell("history_read")

    def _assign(self, kafka: KafkaConsumer) -> Positions:
        """Put every partition where its topic starts; returns the ends that count as caught up."""
        whole, recent, live = (self._partitions(topics) for topics in (WHOLE_TOPICS, RECENT_TOPICS, LIVE_TOPICS))
        everything = whole + recent + live
        kafka.assign(everything)
        ends: Positions = kafka.end_offsets(everything)
        kafka.seek_to_beginning(*whole)
        _seek_back(kafka, recent, self._settings.events_history)
        for partition in live:
            kafka.seek(partition, ends[partition])
        return ends

    def _partitions(self, topics: Iterable[Topic]) -> list[TopicPartition]:
        prefix = self._settings.topic_prefix
        return [
            TopicPartition(topic_name(prefix, topic), number)
            for topic in topics
            for number in range(partition_count(self._settings, topic))
        ]

    def _registered(self, partition: TopicPartition) -> str:
        return str(partition.topic).removeprefix(self._settings.topic_prefix)

    def _hand_over(self, polled: dict[TopicPartition, list[Any]]) -> None:
        """Decode here, fold in the loop; waiting for the fold keeps us from running ahead of it."""
        records = []
        for partition, messages in polled.items():
            topic = self._registered(partition)
            for message in messages:
                origin = Origin(topic, partition.partition, message.offset, message.timestamp)
                decoded = decode(topic, message.key, message.value)
                if isinstance(decoded, Refusal):
                    self._loop.call_soon_threadsafe(self._ward.unread, origin, decoded.reason)
                else:
                    records.append(Record(*decoded, origin))
        if records and not self._stopping.is_set():
            asyncio.run_coroutine_threadsafe(self._ward.take(records), self._loop).result()

    def _tell(self, state: str) -> None:
        self._loop.call_soon_threadsafe(setattr, self._ward, state, True)


class _closing:
    """Closes a consumer quickly: nothing is committed, so nothing has to be said."""

    def __init__(self, kafka: KafkaConsumer) -> None:
        self._kafka = kafka

    def __enter__(self) -> KafkaConsumer:
        return self._kafka

    def __exit__(self, *_: object) -> None:
        self._kafka.close(timeout_ms=1000)


def _names(topics: Iterable[Topic]) -> frozenset[str]:
    return frozenset(topic.name for topic in topics)


def _seek_back(kafka: KafkaConsumer, partitions: list[TopicPartition], history: timedelta) -> None:
    """To the first record that is no older than `history`; to the end where all are."""
    from_ms = int((time.time() - history.total_seconds()) * 1000)
    found = kafka.offsets_for_times(dict.fromkeys(partitions, from_ms))
    for partition in partitions:
        place = found.get(partition)
        if place is None or place.offset < 0:
            kafka.seek_to_end(partition)
        else:
            kafka.seek(partition, place.offset)
