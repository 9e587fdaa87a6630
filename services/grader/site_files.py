"""The files in which a site says what differs from the built-in rules: read once, at the start."""

from pathlib import Path
from typing import Any

import orjson

from services.grader.engine.ruleset.rules import DEFAULT_RULES, RuleSet
from services.grader.engine.ruleset.site_rules import overridden
from services.grader.engine.ruleset.unit_profile import with_unit_profile


class BadSiteFile(Exception):
    """A file that cannot be used; the message is the sentence to show."""


def load_site(rules: Path | None, unit_profile: Path | None) -> RuleSet:
    """The rule set in force here: all that grades is in it, and so in its hash.

    Args:
        rules: JSON object of changed values, with an `id` of its own, and `signed_off_by` and `signed_off_on` where it
            loosens a limit; None for the built-in rule set.
        unit_profile: JSON object that says what units cannot give at all; None where they can give everything.

    Raises:
        BadSiteFile: a file cannot be read, or says what the engine cannot use, or nobody signed what has to be signed.
    """
    return _with_profile(_rules(rules), unit_profile)


def _rules(path: Path | None) -> RuleSet:
    if path is None:
        return DEFAULT_RULES
    values = _object(path)
    try:
        return overridden(DEFAULT_RULES, values)
    except ValueError as wrong:
        raise BadSiteFile(f"The rule set {path} cannot be used: {wrong}.") from None


def _with_profile(rules: RuleSet, path: Path | None) -> RuleSet:
    if path is None:
        return rules
    profile = _object(path)
    try:
        return with_unit_profile(rules, profile)
    except ValueError as wrong:
        raise BadSiteFile(f"The unit profile {path} cannot be used: {wrong}.") from None


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
