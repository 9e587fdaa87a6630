"""The files in which a site says what differs from the built-in rules: read once, at the start."""

from pathlib import Path
from typing import Any

import orjson

from services.grader.engine.rules import DEFAULT_RULES, RuleSet, overridden, with_unit_profile

SUPPORT = {"vasopressors", "oxygen"}


class BadSiteFile(Exception):
    """A file that cannot be used; the message is the sentence to show."""


def load_site(rules: Path | None, unit_profile: Path | None) -> RuleSet:
    """The rule set in force here: all that grades is in it, and so in its hash.

    Args:
        rules: JSON object of changed values, with an `id` of its own; None for the built-in rule set.
        unit_profile: JSON object that says what units cannot give at all; None where they can give everything.

    Raises:
        BadSiteFile: a file cannot be read, or says what the engine cannot use, or nobody signed the profile.
    """
    return _with_profile(_rules(rules), unit_profile)


def _rules(path: Path | None) -> RuleSet:
    if path is None:
        return DEFAULT_RULES
    values = _object(path)
    try:
        if not isinstance(values.get("id", ""), str):
            raise ValueError("`id` has to be a name")
        return overridden(DEFAULT_RULES, values)
    except ValueError as wrong:
        raise BadSiteFile(f"The rule set {path} cannot be used: {wrong}.") from None


def _with_profile(rules: RuleSet, path: Path | None) -> RuleSet:
    if path is None:
        return rules
    profile = _object(path)
    try:
        for unit, most in _units(profile).items():
            # A misspelt support would count as one that the unit can give.
            if not isinstance(most, dict) or not most.keys() <= SUPPORT:
                raise ValueError(f"unit {unit} has to name `vasopressors`, `oxygen` or both, and nothing else")
        return with_unit_profile(rules, profile)
    except ValueError as wrong:
        raise BadSiteFile(f"The unit profile {path} cannot be used: {wrong}.") from None


def _units(profile: dict[str, Any]) -> dict[str, Any]:
    units = profile.get("units")
    return units if isinstance(units, dict) else {}  # the engine says what is wrong with it


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
