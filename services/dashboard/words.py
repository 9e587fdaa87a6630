"""What codes are called at the bedside. Plain words, no abbreviations that a float nurse would have to ask about."""

from collections.abc import Iterable, Mapping
from typing import Any

NAMES = {
    "temperature_c": "temperature",
    "heart_rate_bpm": "heart rate",
    "resp_rate_bpm": "respiratory rate",
    "spo2_pct": "SpO₂",
    "sbp_mmhg": "blood pressure",
    "dbp_mmhg": "diastolic pressure",
    "map_mmhg": "mean pressure",
    "oxygen_device": "oxygen device",
    "vasopressor": "vasopressors",
    "ice": "ICE score",
    "capd": "CAPD score",
    "consciousness": "consciousness",
    "seizure": "seizures",
    "motor_weakness": "motor weakness",
    "raised_icp": "raised intracranial pressure",
}
CHARTED = frozenset(NAMES) - {
    "temperature_c",
    "heart_rate_bpm",
    "resp_rate_bpm",
    "spo2_pct",
    "sbp_mmhg",
    "dbp_mmhg",
    "map_mmhg",
}
UNITS = {"Cel": "°C", "/min": "/min", "%": "%", "mm[Hg]": "mmHg", "L/min": "L/min", "{score}": "", "{grade}": ""}

# Rules of the CRS table whose ids are not input names.
_RULES = {
    "fever_c": "fever",
    "fever_latched": "fever",
    "adult_sbp_mmhg": "systolic pressure",
    "low_spo2_pct": "SpO₂",
    "vasopressors": "vasopressor",
    "oxygen_device": "oxygen",
}
_KINDS = {
    "engine_fault": "Not graded: software fault",
    "data_gap": "Records were lost: grade may lag",
    "technical_silent": "No vitals are arriving",
    "unit_silent": "More than half of the unit is silent",
    "ward_score": "High ward score",
    "identity": "Identity conflict: check bed and monitor",
    "grade_disagreement": "Estimate is above the clinician's grade",
}


def name_of(wire_name: str) -> str:
    """The bedside name of an input."""
    return NAMES.get(wire_name, wire_name.replace("_", " "))


def headline(alarm: Mapping[str, Any]) -> str:
    """What an alarm is about, from its kind, grade and sign."""
    kind, grade = alarm["kind"], alarm.get("grade")
    sign = name_of(alarm["sign"]) if "sign" in alarm else ""
    if kind == "crs_rise":
        return f"CRS grade {grade}"
    if kind == "icans_rise":
        return f"ICANS grade {alarm.get('icans', grade)}"
    if kind == "possible_crs":
        return f"Possible CRS, up to grade {alarm['grade_high']}" if "grade_high" in alarm else "Possible CRS"
    if kind == "critical_value":
        return f"Critical value: {sign}" if sign else "Critical value"
    if kind == "technical_stale":
        return f"No {sign} reading" if sign else "A reading is overdue"
    if kind == "neuro_due":
        return f"{sign or 'ICE score'} is due"
    return _KINDS.get(kind, str(kind).replace("_", " ").capitalize())


def how_missing(wire_name: str, state: str) -> str:
    """How an input is missing: never measured, lost, or too old to count."""
    charted = wire_name in CHARTED
    return {
        "never": "never charted" if charted else "never measured",
        "lost": "not confirmed lately" if charted else "lost",
        "stale": "not confirmed lately" if charted else "too old",
    }.get(state, "unknown")


def reasons(because: Iterable[Mapping[str, Any]]) -> list[str]:
    """Each reason of the grader as a sentence: what was found and the limit it met, or its own words."""
    return [_reason(reason) for reason in because]


def _reason(reason: Mapping[str, Any]) -> str:
    name = name_of_rule(str(reason["rule"]))
    if "text" in reason:
        said = str(reason["text"])
        if said[:1].isupper():  # a sentence of its own
            return said
        return said[:1].upper() + said[1:] if name.lower() in said.lower() else f"{name}: {said}"
    if "value" not in reason:
        return name
    unit = UNITS.get(str(reason.get("unit", "")), str(reason.get("unit", "")))
    if isinstance(reason["value"], str):
        return f"{name}: {_spoken(reason['value'])}"
    said = f"{name} {_spoken(reason['value'])} {unit}".rstrip()
    if "threshold" not in reason:
        return said
    limit = _spoken(reason["threshold"])
    return f"{said} (below {limit})" if reason["value"] < reason["threshold"] else f"{said} ({limit} or above)"


def name_of_rule(rule: str) -> str:
    """What a rule looks at, as the first word of a sentence."""
    name = _RULES.get(rule) or name_of(rule.rpartition(".")[2])
    return name[:1].upper() + name[1:]


def _spoken(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value).replace("_", " ")
