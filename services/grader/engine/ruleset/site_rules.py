"""A site's own values: what may be changed, how far, and what needs a signature. Pure; the file is read elsewhere.

Each problem is a sentence that names the rule and the reason. All of a file's problems are said at once.
"""

from collections.abc import Mapping
from dataclasses import Field, fields, replace
from datetime import date
from math import isfinite
from typing import Any

from services.grader.engine.ruleset.rule_fields import is_looser, range_of
from services.grader.engine.ruleset.rule_order import disorders
from services.grader.engine.ruleset.rules import RuleSet

SIGNATURE = ("signed_off_by", "signed_off_on")
OF_THE_PROFILE = ("unit_ceilings", "unit_profile")
UNITS = {
    "Cel": "°C",
    "[degF]": "°F",
    "mm[Hg]": "mmHg",
    "mm[Hg]/a": "mmHg/year",
    "a": "years",
    "mo": "months",
    "d": "days",
    "1": "",
    "{score}": "",
    "{grade}": "",
    "{point}": "points",
}


def overridden(rules: RuleSet, values: Mapping[str, Any]) -> RuleSet:
    """The rule set with a site's own values.

    Args:
        rules: what is changed.
        values: new values by name, an `id` of their own, and, where one of them loosens a limit, `signed_off_by`
            and `signed_off_on`.

    Raises:
        ValueError: the values cannot be used; the message says all that is wrong with them.
    """
    known = {item.name: item for item in fields(rules)}
    problems, changed = _named(rules, values), dict[str, Any]()
    for name, value in values.items():
        if name not in known:
            problems.append(f"there is no such rule: {name}")
        elif name in OF_THE_PROFILE:
            problems.append(f"{name}: what units can give is said in the unit profile")
        elif name != "id" and name not in SIGNATURE:
            if problem := _problem(known[name], value):
                problems.append(f"{name} {problem}")
            else:
                changed[name] = _as_typed(known[name], value)
    if not problems:
        problems = [*disorders(replace(rules, **changed)), *_unsigned(rules, changed, values)]
    if problems:
        raise ValueError("; ".join(problems))
    return replace(rules, **changed, **{name: values[name] for name in ("id", *SIGNATURE) if name in values})


def loosened(rules: RuleSet, changed: Mapping[str, Any]) -> list[str]:
    """The changed rules that make an alert later or rarer, or a grade lower."""
    known = {item.name: item for item in fields(rules)}
    return [name for name, value in changed.items() if is_looser(getattr(rules, name), value, known[name].metadata)]


def signature_problems(values: Mapping[str, Any]) -> list[str]:
    """What is wrong with a signature that is given: nobody's name, or no day."""
    problems = []
    for name in (name for name in SIGNATURE if name in values):
        if not isinstance(values[name], str) or not values[name].strip():
            problems.append(f"{name} has to be a text")
        elif name == "signed_off_on" and not _is_day(values[name]):
            problems.append("signed_off_on has to be a day such as 2026-03-01")
    return problems


def _named(rules: RuleSet, values: Mapping[str, Any]) -> list[str]:
    problems, name = signature_problems(values), values.get("id", rules.id)
    if not isinstance(name, str) or not name.strip():
        problems.append("`id` has to be a name")
    elif values and name == rules.id:
        problems.append("changed rules need an id of their own")
    return problems


def _problem(item: "Field[Any]", value: Any) -> str | None:
    """What is wrong with one value."""
    if isinstance(item.default, tuple):
        return _list_problem(item, value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        return "has to be a number"
    if item.type is int and value != int(value):
        return "has to be a whole number"
    low, high = range_of(item)
    unit = UNITS.get(item.metadata["unit"], item.metadata["unit"])
    return None if low <= value <= high else f"has to lie between {low:g} and {high:g} {unit}".rstrip()


def _list_problem(item: "Field[Any]", value: Any) -> str | None:
    default: Any = item.default
    if not all(isinstance(name, str) for name in default):
        return "is a table and cannot be changed in a site file"
    names = isinstance(value, list) and all(isinstance(name, str) and name == name.strip().lower() for name in value)
    if not names or "" in value or len(set(value)) < len(value):
        return "has to be a list of different names in lower case"
    return None


def _as_typed(item: "Field[Any]", value: Any) -> Any:
    """Equal values are one value, however they are written: 15 and 15.0 give one hash."""
    if isinstance(item.default, tuple):
        return tuple(sorted(value))
    if value == item.default:
        return item.default
    return int(value) if item.type is int else float(value)


def _unsigned(rules: RuleSet, changed: Mapping[str, Any], values: Mapping[str, Any]) -> list[str]:
    if all(name in values for name in SIGNATURE):
        return []
    return [
        f"{name} would be looser than {_shown(getattr(rules, name))} (an alert later or rarer, or a grade lower): that "
        "needs `signed_off_by` and `signed_off_on`"
        for name in loosened(rules, changed)
    ]


def _shown(value: Any) -> str:
    return ", ".join(value) if isinstance(value, tuple) else f"{value:g}"


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
