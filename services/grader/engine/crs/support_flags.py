"""What is odd about charted support: shown beside it, for a person to judge. A flag never changes a grade."""

from services.grader.engine.chart import Chart, Oxygen
from services.grader.engine.crs.components import at_home_level
from services.grader.engine.crs.grading import Bounds, grade_device
from services.grader.engine.ruleset.rules import RuleSet

LOW_FLOW = Bounds(2, 2)


def oxygen_flags(oxygen: Oxygen, chart: Chart, rules: RuleSet) -> list[str]:
    """Flags of the device in use."""
    weight_kg, flow = chart.person.weight_kg, oxygen.flow_l_min
    if at_home_level(chart, rules):
        return ["home_device"]
    if "cannula" not in oxygen.device or grade_device(oxygen.device, flow, rules) != LOW_FLOW:
        return []
    found = ["high_flow_device_at_low_flow"] if oxygen.device == "high_flow_nasal_cannula" else []
    if weight_kg is not None and flow is not None and flow > rules.weight_flow_l_kg_min * weight_kg:
        found.append("high_flow_for_weight")  # low flow by ASTCT, high by physiology (`clinical.md` 10.1(6))
    return found


def vasopressor_flags(chart: Chart, rules: RuleSet) -> list[str]:
    """Flags of the infusions that run."""
    drugs, inotropes = chart.running(), set(rules.inotropes)
    found = ["inotrope_not_counted"] if drugs & inotropes else []
    return [*found, "unknown_drug"] if drugs - inotropes - set(rules.vasopressors) else found
