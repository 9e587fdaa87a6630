"""More waits than can be taken: memory stays bounded, and what is hot in one partition does not hold up another."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from kafka.admin import ConfigResource

from schemas.encoding import encode
from schemas.partitions import partition_for
from schemas.topics import ESCALATIONS, REJECTED
from services.grader.app import BUFFERED_BATCHES, FETCHED_BYTES
from services.grader.outstanding import MOST_BYTES
from services.runtime.kafka_clients import admin
from services.runtime.settings import KafkaSettings
from services.runtime.topics import topic_name
from tests.integration.grader.bedside import heart_rate, open_bedside, reading
from tests.integration.grader.bulk import send_bulk
from tests.integration.grader.grader_process import GraderProcess, grader_process
from tests.integration.grader.ward_events import enrolled, measured, now
from tests.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(400)]
GRADER = "services.grader"
MIB = 1024 * 1024
REFUSED_BYTES = 64 * 1024
# Outputs on their way, in two forms, a few batches a partition, and what the C library keeps of large pieces that were
# freed (half of it and more, by when they were); what an idle grader has is not counted.
MOST_GROWTH_BYTES = 2 * MOST_BYTES + 96 * MIB
WILD = 30_000


def figure(grader: GraderProcess, name: str) -> float:
    lines = [line.split() for line in grader.page("/metrics").splitlines() if line.startswith(name)]
    return sum(float(value) for _, value in lines)


def peak_bytes(grader: GraderProcess) -> int:
    """The most memory that the process ever had."""
    status = Path(f"/proc/{grader.process.pid}/status").read_text()
    (peak,) = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    return int(peak) * 1024


def settled_peak_bytes(grader: GraderProcess, *, for_s: float = 3) -> int:
    """The same once it has not grown for a while."""
    seen = {"bytes": 0, "since": time.monotonic()}

    def has_settled() -> bool:
        if (now_bytes := peak_bytes(grader)) > seen["bytes"] + MIB:
            seen.update(bytes=now_bytes, since=time.monotonic())
        return time.monotonic() - seen["since"] > for_s

    eventually(has_settled, within=60, every=0.1)
    return seen["bytes"]


@contextmanager
def takes_nothing(kafka: KafkaSettings, topic: str) -> Iterator[None]:
    """A topic that wants more replicas than there are brokers: everything is read, nothing of this can be written."""

    def wanting(replicas: int) -> None:
        client = admin(kafka)
        try:
            client.alter_configs([ConfigResource("TOPIC", topic, {"min.insync.replicas": str(replicas)})])
        finally:
            client.close()

    wanting(2)
    try:
        yield
    finally:
        wanting(1)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
@pytest.mark.parametrize("waiting", [5_000, pytest.param(20_000, marks=pytest.mark.prove)])
def test_memory_is_bounded_while_far_more_waits_than_the_broker_takes_from_us(new_ward_topics, tmp_path, waiting):
    ward = new_ward_topics(partitions=2)
    with grader_process(ward, tmp_path, module=GRADER, send_timeout="PT5M", stall_limit="PT5M") as grader:
        grader.wait_until_ready()
        idle = peak_bytes(grader)
        with takes_nothing(ward, topic_name(ward.topic_prefix, REJECTED)):
            # Refused bytes are kept whole, so each of these goes out a third larger than it came.
            send_bulk(ward, ((b"bed-%d" % (number % 50), b"x" * REFUSED_BYTES) for number in range(waiting)))
            eventually(lambda: figure(grader, "crs_unacknowledged_outputs") > 100, within=30)
            growth = settled_peak_bytes(grader) - idle
        eventually(lambda: figure(grader, "crs_rejected_total") >= waiting, within=30 + waiting / 200)

        assert waiting * REFUSED_BYTES > 2 * MOST_GROWTH_BYTES
        assert growth < MOST_GROWTH_BYTES


def in_partition(wanted: int, partitions: int) -> str:
    return next(name for n in range(1000) if partition_for(name := f"bed-{n}", partitions) == wanted)


def wild(patient_id: str) -> Iterator[tuple[bytes, bytes]]:
    """Thousands of readings of one second, as a device gone wild sends them."""
    at = now()
    for number in range(WILD):
        yield patient_id.encode(), encode(heart_rate(f"wild-{number}", patient_id, 80 + number % 7, at))


def test_a_device_gone_wild_holds_up_another_partition_for_a_few_batches_only(new_ward_topics, tmp_path):
    ward = new_ward_topics(partitions=2)
    hot, other = in_partition(0, 2), in_partition(1, 2)
    with (
        grader_process(ward, tmp_path, module=GRADER) as grader,
        open_bedside(ward) as bedside,
        reading(ward, ESCALATIONS) as escalations,
    ):
        grader.wait_until_ready()
        bedside.send([*enrolled(hot), *enrolled(other)])
        eventually(lambda: figure(grader, "crs_patients") == 2, within=30)
        grader.kill()
        send_bulk(ward, wild(hot))
        grader.start()
        grader.wait_until_ready(60)
        bedside.send([measured("fever", other, temperature_c=39.0)])
        before = figure(grader, "crs_events_graded_total")
        meanwhile = 0.0

        def page_has_come() -> bool:
            nonlocal meanwhile
            if any(one["patient_id"] == other for one in escalations()):
                return True
            meanwhile = figure(grader, "crs_events_graded_total") - before  # while there was no page yet
            return False

        eventually(page_has_come, within=60)

        assert before + meanwhile < WILD, "the backlog was worked off before the page came: nothing was shown"
        # What is buffered, one batch that is being applied and one that is being fetched.
        size = len(encode(heart_rate("wild-10000", hot)))
        assert meanwhile < (BUFFERED_BATCHES + 2) * FETCHED_BYTES / size
