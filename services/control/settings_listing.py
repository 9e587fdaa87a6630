"""Every setting of every service, read from the settings models: for help texts, deploy/env.example and tests.

`python -m services.control.settings_listing` rewrites deploy/env.example.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import AliasChoices, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python
from pydantic_settings import BaseSettings

from services.control.ward import SERVICES, Service
from services.runtime.settings import KafkaSettings

ROOT = Path(__file__).parents[2]
ENV_EXAMPLE = ROOT / "deploy" / "env.example"
UNSET = ("", None)
HEADER = """\
# Every setting of every service, for `docker compose` and for `crswatch up --env-file deploy/env.example`.
# The secrets are for trying it out: make your own. Rendered from the settings models by
# `python -m services.control.settings_listing`; edit the models, not this file.
"""
TITLES = {"kafka": "Kafka and topics, shared by all services"}
# Required, or better said with a value that works on one machine.
_TRIAL_SECRET = "whsec_" + base64.b64encode(b"only-for-trying-it-out!!").decode()
EXAMPLES = {
    "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9092",
    "GRADER_MEMBER": "grader-1",
    "DASHBOARD_USERS_FILE": "deploy/demo/users.json",
    "NOTIFIER_WEBHOOK_URL": "http://127.0.0.1:8085/pages",
    "NOTIFIER_WEBHOOK_SECRET": _TRIAL_SECRET,
    "INBOX_SECRET": _TRIAL_SECRET,
    "SIMULATOR_INGEST_URL": "http://127.0.0.1:8081",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable. `default` is None where the process refuses to start without a value."""

    name: str
    description: str
    default: str | None
    secret: bool


def settings_model(service: Service) -> type[BaseSettings]:
    """The settings class of a service."""
    module, _, name = service.settings.partition(":")
    model: type[BaseSettings] = getattr(import_module(module), name)
    return model


def settings_of(service: Service) -> list[Setting]:
    """The settings of one service, in the order of its model."""
    return list(_settings(settings_model(service)))


def _settings(model: type[BaseSettings]) -> Iterator[Setting]:
    prefix = model.model_config.get("env_prefix", "")
    for name, field in model.model_fields.items():
        yield Setting(
            name=_variable(name, field, prefix),
            description=field.description or "",
            default=None if field.is_required() else _text(field.get_default(call_default_factory=True)),
            secret=field.annotation is SecretStr or "SecretStr" in str(field.annotation),
        )


def _variable(name: str, field: FieldInfo, prefix: str) -> str:
    alias = field.validation_alias
    if isinstance(alias, AliasChoices):
        alias = str(alias.choices[0])
    return str(alias).upper() if alias else f"{prefix}{name}".upper()


def _text(default: Any) -> str:
    if default in UNSET:
        return ""
    if isinstance(default, SecretStr):
        return default.get_secret_value()
    plain = to_jsonable_python(default)  # timedelta as ISO 8601, as the descriptions say
    return str(plain).lower() if isinstance(plain, bool) else str(plain)


def all_settings() -> dict[str, list[Setting]]:
    """Each service's settings under its name, without those that an earlier one showed; the shared ones come first."""
    listed: dict[str, list[Setting]] = {"kafka": list(_settings(KafkaSettings))}
    seen = {setting.name for setting in listed["kafka"]}
    for name, service in SERVICES.items():
        listed[name] = [setting for setting in settings_of(service) if setting.name not in seen]
        seen |= {setting.name for setting in listed[name]}
    return listed


def render_env_example() -> str:
    """The text of deploy/env.example: every setting, described, with its default or an example."""
    parts = [HEADER]
    for name, settings in all_settings().items():
        parts.append(f"\n# ---- {TITLES.get(name, name)} ----\n")
        parts += [_rendered(setting) for setting in settings]
    return "".join(parts)


def _rendered(setting: Setting) -> str:
    value = EXAMPLES.get(setting.name, setting.default)
    # Shown but not set: an empty text would be a value to pydantic, and a place inside this installation is its own.
    if not value or str(ROOT) in value:
        value = ""
    line = f"{setting.name}={value}" if value else f"#{setting.name}="
    return f"# {setting.description}\n{line}\n"


if __name__ == "__main__":
    ENV_EXAMPLE.write_text(render_env_example(), encoding="utf-8")
