import hashlib
from datetime import UTC, datetime

import pytest

from services.control.findings import State
from services.control.machine_checks import (
    DISK_BYTES,
    board_finding,
    clock_finding,
    disk_finding,
    jars_finding,
    ports_finding,
    python_finding,
)
from services.control.ward_checks import broker_clock_finding, service_finding
from services.runtime.jars import Jar
from services.runtime.ports import free_port

JAR = Jar("org.example", "ward", "1.0", hashlib.sha256(b"jar").hexdigest())


@pytest.mark.parametrize(
    ("version", "state"),
    [
        ((3, 10), State.WRONG),
        ((3, 11), State.GOOD),
        ((3, 13), State.GOOD),
        ((3, 14), State.WRONG),
    ],
)
def test_python_is_3_11_to_3_13(version, state):
    assert python_finding(version).state is state


@pytest.mark.parametrize(("body", "state"), [(None, State.NOTE), (b"jar", State.GOOD), (b"another jar", State.WRONG)])
def test_jars_are_missing_right_or_wrong(tmp_path, body, state):
    if body is not None:
        (tmp_path / JAR.file).write_bytes(body)

    found = jars_finding((JAR,), tmp_path)

    assert found.state is state
    assert (JAR.file in found.sentence) == (state is State.WRONG)


def test_a_board_that_is_not_built_names_the_command(tmp_path):
    found = board_finding(tmp_path / "index.html")

    assert found.state is State.WRONG
    assert "python -m services.dashboard.build" in found.sentence


@pytest.mark.parametrize(("free", "state"), [(DISK_BYTES - 1, State.WRONG), (DISK_BYTES, State.GOOD)])
def test_disk(free, state):
    assert disk_finding(free).state is state


@pytest.mark.parametrize(("year", "state"), [(1970, State.WRONG), (2031, State.GOOD)])
def test_a_clock_in_the_past_is_wrong(year, state):
    assert clock_finding(datetime(year, 1, 1, tzinfo=UTC)).state is state


@pytest.mark.parametrize(
    ("newest_ms", "state"),
    [(None, State.NOTE), (100_000, State.GOOD), (105_000, State.GOOD), (105_001, State.WRONG)],
)
def test_kafka_cannot_have_written_after_now(newest_ms, state):
    assert broker_clock_finding(newest_ms, now_ms=100_000).state is state


def test_a_taken_port_is_named_with_its_service():
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        found = ports_finding({"dashboard": port})

    assert found.state is State.NOTE
    assert f"{port} (the board)" in found.sentence


def test_a_service_that_does_not_run_is_no_fault():
    assert service_finding("ingest", free_port()).state is State.NOTE
