"""A service that cannot start says why in one line, and its exit code says whether trying again can help."""

import json
import os
import socket
import subprocess
import sys

import pytest

from services.control.environment import DEMO_USERS
from services.control.ward import SERVICES

SECRET = "whsec_MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAw"
NEEDED = {
    "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
    "INBOX_SECRET": SECRET,
    "NOTIFIER_WEBHOOK_URL": "http://127.0.0.1:1",
    "NOTIFIER_WEBHOOK_SECRET": SECRET,
    "DASHBOARD_USERS_FILE": str(DEMO_USERS),
    "SIMULATOR_INGEST_URL": "http://127.0.0.1:1",
}
# The grader asks Kafka which topic it is before it listens.
WITHOUT_KAFKA = {"grader": "from services.grader import process\nprocess.bedside_source = lambda *_: None\n"}


@pytest.fixture
def start(tmp_path):
    """Run a service to its end: exit code and standard error."""

    def run(service: str, **settings: str) -> tuple[int, str]:
        ours = tuple(each.prefix for each in SERVICES.values())
        inherited = {name: value for name, value in os.environ.items() if not name.startswith((*ours, "KAFKA_"))}
        own = {
            "INBOX_STORE": str(tmp_path / "inbox.sqlite"),
            "NOTIFIER_LEDGER_URL": f"sqlite:///{tmp_path / 'ledger.db'}",
            "DASHBOARD_SESSION_KEY_FILE": str(tmp_path / "session.key"),
        }
        code = f"{WITHOUT_KAFKA.get(service, '')}from {SERVICES[service].package}.__main__ import main\nexit(main([]))"
        done = subprocess.run(
            [sys.executable, "-c", code], env=inherited | NEEDED | own | settings, capture_output=True, text=True,
            timeout=60,
        )  # fmt: skip
        return done.returncode, done.stderr

    return run


def file_with(tmp_path, value) -> str:
    path = tmp_path / "file.json"
    path.write_text(json.dumps(value))
    return str(path)


@pytest.mark.parametrize("service", SERVICES)
def test_a_taken_port_is_said_in_one_sentence(start, service):
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        port = somebody.getsockname()[1]

        code, err = start(service, **{f"{SERVICES[service].prefix}PORT": str(port)})

    said = f"crswatch {service}: cannot listen on 127.0.0.1:{port}: Address already in use (is it running already?).\n"
    assert (code, err) == (1, said)


@pytest.mark.parametrize(
    ("service", "settings", "said"),
    [
        ("ingest", {"INGEST_TOKEN_FILE": "/no/file"}, "holds no token that can be read."),
        ("notifier", {"NOTIFIER_POLICY_FILE": "/no/file"}, "Cannot read the policy /no/file"),
        ("notifier", {"NOTIFIER_LEDGER_URL": "canary"}, "has to begin with sqlite:///"),
        ("dashboard", {"DASHBOARD_USERS_FILE": "/no/file"}, "Cannot read /no/file"),
        ("simulator", {"SIMULATOR_INGEST_TOKEN_FILE": "/no/file"}, "SIMULATOR_INGEST_TOKEN_FILE: cannot read /no/file"),
        ("grader", {"GRADER_RULES": "/no/file"}, "Cannot read /no/file"),
    ],
)
def test_a_file_that_cannot_be_used_is_said_in_one_sentence(start, service, settings, said):
    code, err = start(service, **settings)

    assert code == 2
    assert err.startswith(f"crswatch {service}: ")
    assert said in err
    assert err.count("\n") == 1
    assert "canary" not in err


def test_a_users_file_with_a_fault_is_not_repeated(start, tmp_path):
    users = [{"username": "nurse.a", "password": "scrypt$canary"}]

    code, err = start("dashboard", DASHBOARD_USERS_FILE=file_with(tmp_path, users))

    assert code == 2
    assert "0.role: Field required" in err
    assert "canary" not in err
    assert err.count("\n") == 1


def test_the_grader_refuses_a_unit_profile_nobody_signed(start, tmp_path):
    code, err = start("grader", GRADER_UNIT_PROFILE=file_with(tmp_path, {"units": {"onc": {"vasopressors": 0}}}))

    assert code == 2
    assert "a unit profile needs `signed_off_by`" in err
    assert err.count("\n") == 1
