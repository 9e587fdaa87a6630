"""Values that are odd and kept all the same: what is said beside them, and never a grade (`clinical.md` 7.2)."""

from typing import Any

from services.grader.engine.ruleset.rules import RuleSet


def contradict_each_other(record: dict[str, Any], rules: RuleSet) -> bool:
    """Whether the pressures of one observation cannot all be right: a flushed or open line, or a slip of the pen."""
    sbp, dbp, mean = (record.get(name) for name in ("sbp_mmhg", "dbp_mmhg", "map_mmhg"))
    if sbp is not None and dbp is not None and sbp - dbp < rules.least_pulse_pressure_mmhg:
        return True
    return mean is not None and ((sbp is not None and mean > sbp) or (dbp is not None and mean < dbp))


def as_celsius(typed: float, rules: RuleSet) -> float | None:
    """What a temperature typed in Fahrenheit is in Celsius, to be shown and never graded; None if it is neither."""
    if not rules.fahrenheit_from <= typed <= rules.fahrenheit_to:
        return None
    return round((typed - 32) / 1.8, 1)
