"""The files in which a site says what differs from the built-in rules: read once, at the start."""

from pathlib import Path
from typing import Any

import orjson

from services.grader.engine.rules import DEFAULT_RULES, RuleSet, overridden


class BadSiteFile(Exception):
    """A file that cannot be used; the message is the sentence to show."""


def load_rules(path: Path | None) -> RuleSet:
    """The built-in rule set with the values of a JSON file, which gives the result an `id` of its own."""
    if path is None:
        return DEFAULT_RULES
    try:
        return overridden(DEFAULT_RULES, _object(path))
    except ValueError as wrong:
        raise BadSiteFile(f"The rule set {path} cannot be used: {wrong}.") from None


def load_unit_profile(path: Path | None) -> dict[str, Any] | None:
    """What support units can give at all, as a JSON file says; None where every unit can give everything."""
    return None if path is None else _object(path)


def _object(path: Path) -> dict[str, Any]:
    try:
        value = orjson.loads(path.read_bytes())
    except OSError as error:
        raise BadSiteFile(f"Cannot read {path}: {error.strerror}.") from None
    except orjson.JSONDecodeError:
        raise BadSiteFile(f"{path} is not JSON.") from None
    if not isinstance(value, dict):
        raise BadSiteFile(f"{path} has to hold one JSON object.")
    return value
