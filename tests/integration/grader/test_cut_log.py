"""A bedside log that a broker lost the end of, and that was written on, while a running grader could not look."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from kafka.errors import KafkaError

from schemas.encoding import encode
from schemas.topics import BEDSIDE, ESCALATIONS
from services.grader import broker_facts
from services.grader.broker_facts import TopicNow
from services.grader.manifest import Newest
from services.runtime.broker import Broker, local_kafka
from services.runtime.settings import KafkaSettings
from services.runtime.topics import create_topics, delete_topics, topic_name
from tests.integration.grader.bedside import open_bedside, reading
from tests.integration.grader.damage import take_away
from tests.integration.grader.grader_process import GraderProcess, grader_process
from tests.integration.grader.ward_events import enrolled, measured
from tests.kafka import topics_of_its_own
from tests.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(200)]
GRADER = "services.grader"


def graded(grader: GraderProcess) -> float:
    """How many records it has graded, ticks too; the page has no such line before the first."""
    lines = grader.page("/metrics").splitlines()
    return sum(float(line.split()[1]) for line in lines if line.startswith("crs_events_graded_total "))


@contextmanager
def ticking(ward: KafkaSettings) -> Iterator[None]:
    """Ticks once a second, as a grader writes them, but by somebody else.

    What a grader writes is numbered: of a log that was cut the broker misses numbers, and where a tick is refused for
    that before the log was looked at, the process ends with that in place of what is asked for here.
    """
    stopped = threading.Event()

    def tick() -> None:
        while not stopped.wait(1.0):
            bedside.send_bytes(encode({"schema": "crs.tick.v1"}), partition=0)

    with open_bedside(ward) as bedside:
        thread = threading.Thread(target=tick)
        thread.start()
        try:
            yield
        finally:
            stopped.set()
            thread.join()


def log_of(ward: KafkaSettings, broker: Broker) -> Path:
    return broker.data / "log" / f"{topic_name(ward.topic_prefix, BEDSIDE)}-0"


def cut(partition: Path, size: int) -> None:
    """What a power cut leaves: the file as it was when it was last written to the disk."""
    (segment,) = partition.glob("*.log")
    with segment.open("r+b") as file:
        file.truncate(size)


def graded_by(grader: GraderProcess, ward: KafkaSettings, broker: Broker) -> int:
    """Two fevers, both paged for; how large the log was after the first."""
    with open_bedside(ward) as bedside, reading(ward, ESCALATIONS) as escalations:
        bedside.send([*enrolled("bed-7"), measured("fever", "bed-7", temperature_c=39.0, sbp_mmhg=118, spo2_pct=97)])
        eventually(lambda: len(escalations()) == 1, within=60)
        (segment,) = log_of(ward, broker).glob("*.log")
        size = segment.stat().st_size
        bedside.send([*enrolled("bed-8"), measured("lost", "bed-8", temperature_c=39.0, sbp_mmhg=118, spo2_pct=97)])
        eventually(lambda: len(escalations()) == 2, within=60)
    before = graded(grader)
    eventually(lambda: graded(grader) >= before + 6, within=30)
    return size


def test_a_log_that_was_cut_and_refilled_while_the_grader_stood_still_is_noticed(tmp_path):
    with (
        local_kafka() as broker,
        topics_of_its_own(broker.bootstrap_servers, partitions=1) as ward,
        grader_process(ward, tmp_path, module=GRADER, ticks="false") as grader,
    ):
        with ticking(ward):
            size = graded_by(grader, ward, broker)
            grader.pause()
        broker.kill()
        cut(log_of(ward, broker), size)
        broker.start()
        with open_bedside(ward) as bedside:
            bedside.send([measured(f"never-{number}", "bed-7", sbp_mmhg=80) for number in range(200)])
        grader.resume()

        assert grader.wait_for_end(within=60) == 1
        assert "the log has other records now than were graded" in grader.log()


def test_a_broker_that_starts_again_with_its_log_whole_is_no_fault(tmp_path):
    with (
        local_kafka() as broker,
        topics_of_its_own(broker.bootstrap_servers, partitions=1) as ward,
        grader_process(ward, tmp_path, module=GRADER) as grader,
    ):
        graded_by(grader, ward, broker)
        broker.kill()
        broker.start()
        before = graded(grader)
        eventually(lambda: graded(grader) >= before + 12, within=60)

        assert grader.stop() == 0


def test_a_bedside_topic_created_anew_while_the_grader_stood_still_is_noticed(ward_topics, tmp_path):
    with (
        grader_process(ward_topics, tmp_path, module=GRADER, ticks="false") as grader,
        open_bedside(ward_topics) as bedside,
        reading(ward_topics, ESCALATIONS) as escalations,
    ):
        bedside.send([*enrolled("bed-7"), measured("fever", "bed-7", temperature_c=39.0, sbp_mmhg=118, spo2_pct=97)])
        eventually(escalations, within=60)
        grader.pause()
        delete_topics(ward_topics, (BEDSIDE,))
        create_topics(ward_topics, (BEDSIDE,))
        for partition in range(ward_topics.partitions):
            for _ in range(200):
                bedside.send_bytes(b"{}", partition=partition)
        grader.resume()

        assert grader.wait_for_end(within=60) == 1
        assert "another bedside topic lies in the place" in grader.log()


def test_a_broker_that_hangs_holds_up_no_look_for_long(monkeypatch):
    """Of several brokers one may hang while the others give the grader all it wants, and a look has more to see to."""
    monkeypatch.setattr(broker_facts, "ALL_ANSWER_MS", 1_000)
    with local_kafka() as broker, topics_of_its_own(broker.bootstrap_servers, partitions=1, only=(BEDSIDE,)) as ward:
        topic = TopicNow(ward, topic_name(ward.topic_prefix, BEDSIDE))
        assert topic.shape() is not None
        broker.pause()
        began_s = time.monotonic()
        with pytest.raises(KafkaError):
            topic.shape()
        took_s = time.monotonic() - began_s
        broker.resume()
        topic.close()

        assert took_s < 10


def test_what_lies_in_a_log_is_the_same_until_somebody_says_otherwise(new_ward_topics):
    ward = new_ward_topics(partitions=1, only=(BEDSIDE,))
    topic = TopicNow(ward, topic_name(ward.topic_prefix, BEDSIDE))
    with open_bedside(ward) as bedside:
        for _ in range(5):
            bedside.send_bytes(b"{}", partition=0)
        with reading(ward, BEDSIDE) as log:
            log.until(5)
            third = Newest(2, log.records[2].timestamp)

        assert topic.shape().partitions == 1
        assert not topic.is_other(0, third)
        assert topic.is_other(0, Newest(2, third.timestamp_ms + 1))
        with pytest.raises(KafkaError):
            topic.is_other(0, Newest(5, third.timestamp_ms))
        assert take_away(ward, BEDSIDE, 0) == 5
        assert not topic.is_other(0, third)
        topic.close()
