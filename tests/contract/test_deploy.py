"""docker-compose.yml, deploy/env.example and the services' settings say the same."""

import importlib.util
import json
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

from services.control.env_file import read_env_file
from services.control.settings_listing import (
    ENV_EXAMPLE,
    all_settings,
    render_env_example,
    settings_model,
    settings_of,
)
from services.control.ward import SERVICES
from services.runtime.jars import pinned_jars
from services.runtime.kafka_container import IMAGE

ROOT = Path(__file__).parents[2]
COMPOSE = YAML(typ="safe", pure=True).load((ROOT / "docker-compose.yml").read_text())
OURS = sorted(SERVICES)


def compose_schema() -> dict:
    """The Compose specification's own schema, as check-jsonschema ships it; found without importing the package."""
    package = Path(importlib.util.find_spec("check_jsonschema").origin).parent
    return json.loads((package / "builtin_schemas" / "vendor" / "compose-spec.json").read_text())


def test_compose_file_is_valid():
    schema = compose_schema()
    validator = jsonschema.validators.validator_for(schema)(schema)

    assert [error.message for error in validator.iter_errors(COMPOSE)] == []


def test_compose_runs_kafka_its_topics_and_every_service():
    assert sorted(COMPOSE["services"]) == sorted([*SERVICES, "kafka", "init-topics"])


@pytest.mark.parametrize("name", OURS)
def test_each_container_runs_one_service_of_the_one_image(name):
    service = COMPOSE["services"][name]

    assert service["command"] == ["crswatch", name]
    assert service["image"] == COMPOSE["services"]["init-topics"]["image"]
    assert service["env_file"] == ["deploy/env.example"]
    assert service["depends_on"]["init-topics"] == {"condition": "service_completed_successfully"}


@pytest.mark.parametrize("name", OURS)
def test_what_compose_sets_is_a_setting_of_that_service_or_of_all(name):
    shared = {setting.name for setting in all_settings()["kafka"]}

    assert set(COMPOSE["services"][name]["environment"]) <= shared | {s.name for s in settings_of(SERVICES[name])}


@pytest.mark.parametrize("name", OURS)
def test_ports_are_those_of_the_settings_and_only_this_machine_sees_them(name):
    service, port = COMPOSE["services"][name], SERVICES[name].port
    listed = {setting.name: setting.default for setting in settings_of(SERVICES[name])}

    assert listed[f"{SERVICES[name].prefix}PORT"] == str(port)
    assert service.get("ports", []) in ([], [f"127.0.0.1:{port}:{port}"])
    assert service["healthcheck"]["test"][-1] == str(port)
    assert service["environment"][f"{SERVICES[name].prefix}HOST"] == "0.0.0.0"


def test_only_kafka_without_topics_holds_the_topics_back():
    kafka = COMPOSE["services"]["kafka"]

    assert COMPOSE["services"]["init-topics"]["command"] == ["crswatch", "topics"]
    assert COMPOSE["services"]["init-topics"]["depends_on"] == {"kafka": {"condition": "service_healthy"}}
    assert "/opt/kafka/bin/kafka-broker-api-versions.sh" in kafka["healthcheck"]["test"]


def test_one_version_of_kafka_everywhere():
    jar = next(jar for jar in pinned_jars() if jar.artifact.startswith("kafka_"))

    assert COMPOSE["services"]["kafka"]["image"] == IMAGE == f"apache/kafka:{jar.version}"


def test_env_example_lists_every_setting_and_nothing_else():
    assert ENV_EXAMPLE.read_text() == render_env_example(), (
        "run `python -m services.control.settings_listing` and review the difference"
    )


@pytest.mark.parametrize("name", OURS)
def test_each_service_could_start_with_env_example(name, monkeypatch):
    for variable, value in read_env_file(ENV_EXAMPLE).items():
        monkeypatch.setenv(variable, value)

    assert settings_model(SERVICES[name])()


@pytest.mark.parametrize("name", OURS)
def test_every_setting_is_described(name):
    assert [setting.name for setting in settings_of(SERVICES[name]) if len(setting.description) < 10] == []


def test_secrets_are_kept_as_secrets():
    secrets = {s.name for settings in all_settings().values() for s in settings if s.secret}

    assert {"NOTIFIER_WEBHOOK_SECRET", "INBOX_SECRET"} <= secrets
