"""Runs `crswatch replay` as a person does, and compares what it printed."""

import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]


def crswatch(*words: str | Path, stdin: bytes | None = None, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command(*words), input=stdin, capture_output=True, cwd=ROOT, env=os.environ | environment)


def command(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", "services.control", *map(str, words)]


def printed(output: bytes) -> list[dict]:
    return [json.loads(line) for line in output.splitlines()]


def by_patient(output: bytes) -> dict[str, list[str]]:
    """What was printed for each patient, in order, without where the records lay."""
    found = defaultdict(list)
    for value in printed(output):
        value.pop("provenance", None)
        found[value["patient_id"]].append(json.dumps(value))
    return dict(found)
