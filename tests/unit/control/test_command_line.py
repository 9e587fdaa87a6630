import subprocess
import sys
from pathlib import Path

import pytest

from services import control
from services.control.__main__ import unexpected
from services.control.arguments import COMMANDS
from services.control.refusal import Refusal
from services.control.stopping import Stopped
from services.control.ward import SERVICES

EVERY_COMMAND = sorted([*COMMANDS, *SERVICES])


@pytest.mark.parametrize("command", EVERY_COMMAND)
def test_every_command_has_help_with_an_example(crswatch, command):
    code, out, _ = crswatch(command, "--help")

    assert code == 0
    assert f"crswatch {command}" in out[out.lower().rindex("example:") :]


def test_the_readme_lists_every_command():
    readme = (Path(control.__file__).parent / "README.md").read_text()

    assert [command for command in EVERY_COMMAND if f"`{command}`" not in readme] == []


def test_help_lists_every_command(crswatch):
    _, out, _ = crswatch("--help")

    assert [command for command in EVERY_COMMAND if f"\n    {command} " not in out] == []


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("discharge",),
        ("demo", "--port", "99999"),
        ("demo", "--check", "--exit-after", "3"),
        ("demo", "--beds", "none"),
        ("up", "--without", "kafka"),
        ("up", "--env-file", "no/such/file"),
        ("topics", "--now"),
        ("ingest", "extra"),
        ("simulate",),
        ("replay",),
    ],
)
def test_wrong_use_is_one_sentence_and_exit_code_2(crswatch, words):
    code, out, err = crswatch(*words)

    assert (code, out) == (2, "")
    assert err.startswith("crswatch")
    assert err.endswith(".\n")
    assert err.count("\n") == 1


@pytest.mark.parametrize("command", ["topics", "up", "ingest", "grader", "notifier", "dashboard"])
def test_without_kafka_in_the_environment_the_missing_name_is_said(crswatch, monkeypatch, command):
    monkeypatch.delenv("KAFKA_BOOTSTRAP_SERVERS", raising=False)

    code, _, err = crswatch(command)

    assert code == 2
    assert "KAFKA_BOOTSTRAP_SERVERS" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("service", "missing"),
    [
        ("inbox", "INBOX_SECRET"),
        ("notifier", "NOTIFIER_WEBHOOK_SECRET"),
        ("grader", "KAFKA_BOOTSTRAP_SERVERS"),
        ("dashboard", "DASHBOARD_USERS_FILE"),
        ("ingest", "KAFKA_BOOTSTRAP_SERVERS"),
        ("simulator", "SIMULATOR_INGEST_URL"),
    ],
)
def test_every_service_says_each_wrong_setting_in_a_sentence_without_its_value(crswatch, monkeypatch, service, missing):
    monkeypatch.delenv(missing, raising=False)
    monkeypatch.setenv(f"{SERVICES[service].prefix}PORT", "canary")

    code, out, err = crswatch(service)

    assert (code, out) == (2, "")
    assert err.startswith(f"crswatch {service}: Cannot start with these settings. ")
    assert f" {missing}: Field required." in err
    assert f" {SERVICES[service].prefix}PORT: Input should be a valid integer" in err
    assert err.endswith(".\n")
    assert err.count("\n") == 1
    assert "canary" not in err


def test_a_kafka_that_does_not_answer_is_said(crswatch, monkeypatch):
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")

    code, _, err = crswatch("topics")

    assert code == 1
    assert err.startswith("crswatch: No Kafka answers at 127.0.0.1:1")


def test_a_bad_setting_is_named_but_its_value_is_not_repeated(crswatch, monkeypatch):
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "hunter2")

    code, _, err = crswatch("topics")

    assert code == 2
    assert "KAFKA_BOOTSTRAP_SERVERS" in err
    assert "hunter2" not in err


def test_an_error_nobody_foresaw_is_one_sentence_without_its_message():
    def grade():
        raise ValueError("temperature 39.4 of patient p-7")

    with pytest.raises(ValueError, match="39") as caught:
        grade()

    said = unexpected(caught.value, command="replay")
    assert said.startswith("crswatch replay: unexpected ValueError in grade, line")
    assert "39.4" not in said


@pytest.mark.parametrize(("raised", "code"), [(Refusal("No."), 1), (Refusal("Wrong.", code=2), 2), (Stopped(), 130)])
def test_how_a_command_ends_is_its_exit_code(crswatch, monkeypatch, raised, code):
    def run(_):
        raise raised

    monkeypatch.setattr("services.control.commands.doctor.run", run)

    assert crswatch("doctor")[0] == code


def test_a_service_that_cannot_be_imported_leaves_the_other_commands_alone():
    code = (
        "import sys; sys.modules['services.grader'] = None\n"
        "from services.control.__main__ import main\n"
        "main(['--help'])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert "the grader" in done.stdout


def test_help_imports_no_service_and_no_kafka_client():
    code = (
        "import sys\nfrom services.control.arguments import parse\n"
        "try: parse(['--help'])\nexcept SystemExit: pass\n"
        "print([m for m in sys.modules if m.split('.')[0] in {'kafka', 'faust', 'pydantic', 'httpx'}])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert done.stdout.splitlines()[-1] == "[]"
