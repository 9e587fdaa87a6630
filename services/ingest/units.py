"""The closed tables of units and laboratory codes. Anything else is refused, never guessed or converted. Pure.

Units are written as in UCUM; those of drugs also in the ward's own safe spelling, mcg for ug and units for U. [P] Which
codes a ward sends is ours to propose: the markers that clinical.md 0 says are watched beside the vital signs. Another
one is another line here.
"""

from collections.abc import Mapping
from typing import Any

from schemas.reasons import Refusal

LAB_UNITS: Mapping[str, frozenset[str]] = {
    "crp": frozenset({"mg/L", "mg/dL"}),
    "ferritin": frozenset({"ng/mL", "ug/L"}),
    "il6": frozenset({"pg/mL", "ng/L"}),
    "ldh": frozenset({"U/L"}),
    "fibrinogen": frozenset({"g/L", "mg/dL"}),
    "d_dimer": frozenset({"ug/mL", "mg/L", "ng/mL"}),
    "platelets": frozenset({"10*9/L", "10*3/uL"}),
    "leukocytes": frozenset({"10*9/L", "10*3/uL"}),
    "neutrophils": frozenset({"10*9/L", "10*3/uL"}),
    "lymphocytes": frozenset({"10*9/L", "10*3/uL"}),
    "hemoglobin": frozenset({"g/dL", "g/L", "mmol/L"}),
    "creatinine": frozenset({"mg/dL", "umol/L"}),
    "alt": frozenset({"U/L"}),
    "ast": frozenset({"U/L"}),
    "bilirubin": frozenset({"mg/dL", "umol/L"}),
    "lactate": frozenset({"mmol/L", "mg/dL"}),
    "procalcitonin": frozenset({"ng/mL", "ug/L"}),
    "inr": frozenset({"1"}),
    "sodium": frozenset({"mmol/L"}),
    "potassium": frozenset({"mmol/L"}),
}

DOSE_UNITS = frozenset(
    {"mg", "g", "ug", "mcg", "mg/kg", "ug/kg", "mcg/kg", "mg/m2", "mL", "L", "[iU]", "U", "units", "10*6", "10*6/kg"}
)
RATE_UNITS = frozenset(
    {"ug/kg/min", "mcg/kg/min", "ug/min", "mcg/min", "mg/h", "mg/min", "mL/h", "U/min", "units/min", "U/h", "units/h"}
)

# What each kind of event measures, the field with its unit, and the units it may have.
_MEASURED = {"medication": ("dose", "dose_unit", DOSE_UNITS), "vasopressor": ("rate", "rate_unit", RATE_UNITS)}


def unit_refusal(event: Mapping[str, Any]) -> Refusal | None:
    """Why the units or codes of an event that is otherwise well formed cannot be taken, if they cannot."""
    kind = event.get("kind")
    if kind == "lab":
        return _lab_refusal(event["code"], event["unit"])
    if kind not in _MEASURED:
        return None
    amount, unit, allowed = _MEASURED[kind]
    if unit in event and event[unit] not in allowed:
        return Refusal("unknown_unit", unit)
    # Nought is nought in every unit, and a rate of nought stops the drug: that word must not be lost over its unit.
    if event.get(amount) and unit not in event:
        return Refusal("unknown_unit", amount)
    return None


def _lab_refusal(code: str, unit: str) -> Refusal | None:
    if code not in LAB_UNITS:
        return Refusal("unknown_code", "code")
    return None if unit in LAB_UNITS[code] else Refusal("unknown_unit", "unit")
