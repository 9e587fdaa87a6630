"""`crswatch demo` as a newcomer runs it."""

import signal
from pathlib import Path

import pytest

from services.dashboard.build import build
from tests.e2e.command import crswatch
from tests.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(500)]


def test_the_demo_proves_its_whole_chain_and_leaves_nothing_behind(tmp_path: Path):
    build()
    with crswatch("demo", "--check", "--port", "0", folder=tmp_path, TMPDIR=str(tmp_path)) as demo:
        code = demo.process.wait(400)

        assert code == 0, demo.said()
        assert "Proven: a bed on the board has an estimated grade" in demo.said()
        assert "sign in as" in demo.said()
        eventually(lambda: not demo.running(), within=10)
        assert list(tmp_path.glob("crswatch-demo-*")) == []


def test_ctrl_c_while_it_starts_leaves_nothing_behind(tmp_path: Path):
    with crswatch("demo", "--port", "0", folder=tmp_path, TMPDIR=str(tmp_path)) as demo:
        demo.says("Starting the services", within=120)

        assert demo.end(signal.SIGINT, within=30) == 0
        assert "Everything is stopped." in demo.said()
        eventually(lambda: not demo.running(), within=5)
        assert list(tmp_path.glob("crswatch-demo-*")) == []


def test_a_killed_demo_takes_kafka_and_every_service_with_it(tmp_path: Path):
    with crswatch("demo", "--port", "0", folder=tmp_path, TMPDIR=str(tmp_path)) as demo:
        demo.says("Starting the services", within=120)
        eventually(lambda: len(demo.running()) >= 6, within=10)

        demo.end(signal.SIGKILL, within=5)

        eventually(lambda: not demo.running(), within=10)
