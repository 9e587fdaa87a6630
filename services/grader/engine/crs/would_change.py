"""What would change a grade, as one sentence for each reason: the next limit up, and what has to last to go down."""

from schemas.times import format_time
from services.grader.engine.chart import Oxygen
from services.grader.engine.crs.drugs import VASOPRESSIN
from services.grader.engine.crs.grading import grade_device
from services.grader.engine.crs.holds import ChartedHold, MeasuredHold, held_until
from services.grader.engine.durations import minutes
from services.grader.engine.ruleset.rules import RuleSet


def fever(rules: RuleSet) -> str:
    """Fever is latched: only the end of the episode, or another explanation, takes it away."""
    return (
        f"Counts until {rules.episode_quiet_h:g} h below {rules.fever_c:g} °C without support, low values or "
        "antipyretic, or until it is attributed elsewhere."
    )


def measured(limit: float, unit: str, rules: RuleSet, *, on_pressors: bool = False) -> str:
    """What clears a low value."""
    without = " without a vasopressor" if on_pressors else ""
    return f"{limit:g} {unit} or above for {rules.hold_min:g} min{without}, confirmed by a second reading."


def pressors(level: int, rules: RuleSet) -> str:
    """One more drug, or one less."""
    other = "fewer than two" if level == 4 else "two or more"
    return f"Grade {7 - level} with {other} besides {VASOPRESSIN}; ends {rules.hold_min:g} min after none runs."


def device(oxygen: Oxygen, rules: RuleSet) -> str:
    """The flow that is on the other side of the limit, or less support."""
    ends = f"ends {rules.hold_min:g} min after room air."
    if "cannula" not in oxygen.device:
        return f"Another device changes it; {ends}"
    bounds = grade_device(oxygen.device, oxygen.flow_l_min, rules)
    if bounds.low != bounds.high:
        return f"The flow decides: at most {rules.low_flow_l_min:g} L/min is Grade 2, more is Grade 3; {ends}"
    other = f"Grade 3 above {rules.low_flow_l_min:g} L/min" if bounds.low == 2 else (
        f"Grade 2 at {rules.low_flow_l_min:g} L/min or less"
    )  # fmt: skip
    return f"{other}; {ends}"


def held(hold: MeasuredHold | ChartedHold, rules: RuleSet) -> str:
    """When an improvement that is being confirmed counts."""
    until_ms = held_until(hold, minutes(rules.hold_min))
    if until_ms is None:
        return f"A normal reading, and another {rules.hold_min:g} min later."
    second = " and a second normal reading" if isinstance(hold, MeasuredHold) else ""
    return f"Falls at {format_time(until_ms)}{second}, unless the finding returns."
