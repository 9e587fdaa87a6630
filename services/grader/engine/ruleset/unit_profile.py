"""What support a unit cannot give at all, so that uncharted is not missing there. Always signed: it narrows grades."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from services.grader.engine.ruleset.rules import RuleSet
from services.grader.engine.ruleset.site_rules import signature_problems

KNOWN = {"version", "signed_off_by", "signed_off_on", "units"}
# The grades that support can have at all: no vasopressor is Grade 1 or 2, no device Grade 1.
GRADES = {"vasopressors": (0, 3, 4), "oxygen": (0, 2, 3, 4)}


def with_unit_profile(rules: RuleSet, profile: Mapping[str, Any] | None) -> RuleSet:
    """The rule set with what units cannot give at all; part of the hash, for it changes grades.

    Args:
        rules: the rule set.
        profile: `{"version": ..., "signed_off_by": ..., "units": {"onc": {"vasopressors": 0, "oxygen": 3}}}`, the
            highest grade of support each unit can give; None where every unit can give everything.

    Raises:
        ValueError: the profile says something else, or nobody signed it; the message says all that is wrong.
    """
    if profile is None:
        return rules
    if not profile.get("signed_off_by") or not isinstance(profile.get("units"), dict):
        raise ValueError("a unit profile needs `signed_off_by` and `units`")
    problems = [f"there is no such field: {name}" for name in profile.keys() - KNOWN]
    problems += [*signature_problems(profile), *_unit_problems(profile["units"])]
    if not isinstance(profile.get("version", ""), str | int):
        problems.append("version has to be a name")
    if problems:
        raise ValueError("; ".join(sorted(problems)))
    ceilings = tuple(
        (unit, most.get("vasopressors", 4), most.get("oxygen", 4)) for unit, most in sorted(profile["units"].items())
    )
    named = f"version {profile.get('version', 'unknown')}, signed by {profile['signed_off_by']}"
    return replace(rules, unit_ceilings=ceilings, unit_profile=named)


def _unit_problems(units: Mapping[str, Any]) -> Iterator[str]:
    for unit, most in units.items():
        if not unit.strip():
            yield "a unit has to have a name"
        # A misspelt support would count as one that the unit can give.
        if not isinstance(most, dict) or not most or not most.keys() <= GRADES.keys():
            yield f"unit {unit} has to name `vasopressors`, `oxygen` or both, and nothing else"
            continue
        for support, grade in most.items():
            if isinstance(grade, bool) or not isinstance(grade, int) or grade not in GRADES[support]:
                listed = ", ".join(str(item) for item in GRADES[support])
                yield f"unit {unit}: {support} has to be one of the grades {listed}"
