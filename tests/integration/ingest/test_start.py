"""What an operator reads when ingest cannot start."""

import os
import subprocess
import sys

import pytest


def start(**settings):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("KAFKA_", "INGEST_"))}
    return subprocess.run(
        [sys.executable, "-m", "services.ingest"],
        env=environment | settings,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({}, "KAFKA_BOOTSTRAP_SERVERS"),
        ({"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9", "INGEST_PORT": "http"}, "INGEST_PORT"),
        ({"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9", "INGEST_TOKEN_FILE": "nowhere"}, "INGEST_TOKEN_FILE"),
    ],
)
def test_wrong_settings_are_named(settings, named):
    ended = start(**settings)

    assert ended.returncode == 2
    assert named in ended.stderr
    assert "Traceback" not in ended.stderr
