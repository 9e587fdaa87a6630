"""`crswatch replay --kafka`: a real grader process on real Kafka prints what the plain replay prints."""

import os
import re
import signal
import subprocess
import threading
import time
from contextlib import ExitStack

import pytest

from services.control.pipeline_topics import own_topics
from services.runtime.kafka_clients import admin
from services.runtime.settings import KafkaSettings
from tests.e2e.replaying import ROOT, by_patient, command, crswatch
from tests.waiting import eventually

pytestmark = pytest.mark.kafka
GRADER_ENDED = 3


@pytest.fixture(scope="module")
def simulated(tmp_path_factory):
    """Patients over 3 days with every scenario, late events, retractions and a cancelled discharge."""

    def simulate(patients: int, every_s: int):
        path = tmp_path_factory.mktemp("replay") / "ward.jsonl"
        size = ("--patients", str(patients), "--days", "3", "--every", str(every_s))
        assert crswatch("simulate", "--out", path, *size, "--untidy").returncode == 0
        return path

    return simulate


@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("patients", "every_s"), [(30, 1800), pytest.param(50, 300, marks=pytest.mark.prove)])
def test_it_prints_what_the_plain_replay_prints(simulated, kafka, patients, every_s):
    ward = simulated(patients, every_s)
    plain = subprocess.Popen(command("replay", ward), stdout=subprocess.PIPE, cwd=ROOT)
    through_kafka = crswatch("replay", "--kafka", ward, KAFKA_BOOTSTRAP_SERVERS=kafka.bootstrap_servers)
    expected, _ = plain.communicate()

    assert through_kafka.returncode == plain.returncode, through_kafka.stderr.decode()
    assert by_patient(through_kafka.stdout) == by_patient(expected)
    assert len(by_patient(expected)) == patients


def test_its_topics_are_gone_afterwards(kafka):
    settings = KafkaSettings(bootstrap_servers=kafka.bootstrap_servers)
    with own_topics(settings) as own:
        during = topics_of(settings, own.topic_prefix)

    assert len(during) == 6
    eventually(lambda: topics_of(settings, own.topic_prefix) == [])


def topics_of(settings: KafkaSettings, prefix: str) -> list[str]:
    client = admin(settings)
    try:
        return [name for name in client.list_topics() if name.startswith(prefix)]
    finally:
        client.close()


class Listener:
    """Collects the lines of a stream as they come, and when the last one came."""

    def __init__(self, stream) -> None:
        self.lines: list[bytes] = []
        self.last_s = time.monotonic()
        self._thread = threading.Thread(target=self._listen, args=(stream,), daemon=True)
        self._thread.start()

    def _listen(self, stream) -> None:
        for line in stream:
            self.lines.append(line)
            self.last_s = time.monotonic()

    def is_quiet(self) -> bool:
        return bool(self.lines) and time.monotonic() - self.last_s > 5

    def finish(self) -> None:
        self._thread.join(10)


def test_with_its_grader_killed_it_prints_nothing_more(simulated, kafka):
    lines = simulated(50, 1800).read_bytes().splitlines(keepends=True)[:2_000]
    with (
        subprocess.Popen(
            command("replay", "--kafka", "-"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            env=os.environ | {"KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers},
        ) as replay,
        ExitStack() as leaving,
    ):
        # A pipe that a thread reads cannot be closed: whatever fails, the process has to end first.
        leaving.callback(replay.kill)
        said, complained = Listener(replay.stdout), Listener(replay.stderr)
        replay.stdin.writelines(lines[:1_000])
        replay.stdin.flush()
        # It reads no further than what it was given, so it becomes quiet with the grader alive.
        eventually(said.is_quiet, within=120)
        before = len(said.lines)
        os.kill(int(re.search(rb"Grading in process (\d+)", b"".join(complained.lines))[1]), signal.SIGKILL)
        replay.stdin.writelines(lines[1_000:])
        replay.stdin.close()
        code = replay.wait(60)
        said.finish()
        complained.finish()

    assert (code, len(said.lines) - before) == (GRADER_ENDED, 0)
    assert b"what was printed is not complete" in b"".join(complained.lines)
