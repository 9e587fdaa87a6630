"""The estimate that was repeated once, repeated again: of a steady patient it says the same of newer values.

Whatever decides is as it was, or the patient were not steady: by the bands no value changes it, and time alone has its
deadlines. What moves is worked out again, as the estimate does it: the count and the clock, the values of the stream,
scores, hours since the dose. Where a finding has reasons with values in them, or two sources of one sign take turns,
nothing is kept, and the whole of it is made each time.
"""

from typing import Any

from schemas.times import format_time
from services.grader.engine.risk.risk import clock_of
from services.grader.engine.ruleset.rules import RuleSet
from services.grader.engine.scores.scores import scores
from services.grader.engine.scores.seen import seen_by_scores
from services.grader.engine.signs.readings import sign_of
from services.grader.engine.state import PatientState
from services.grader.engine.steady.gathered import Gathered

Wire = dict[str, Any]


def is_repeatable(wire: Wire, state: PatientState) -> bool:
    """Whether `said_again` knows everything in it that moves."""
    signs = {sign_of(name) for name in state.newest}
    return not wire["because"] and "held" not in wire and len(signs) == len(state.newest)


def said_again(said: Wire, state: PatientState, gathered: Gathered, rules: RuleSet) -> Wire:
    """The estimate without its trend, as `graded` makes it.

    Args:
        said: the one before, of the same steady time and `is_repeatable`.
        state: with what was gathered put away.
        gathered: since the state was whole.
        rules: the rule set in force.
    """
    now_ms, inputs, dose = state.reached_ms, dict(said["inputs"]), state.fold.chart.dose
    for row in gathered.rows:
        if row.name:
            sign = sign_of(row.name)
            inputs[sign] = {**inputs[sign], "value": row.value, "observed_at": format_time(row.at_ms)}
    wire = {
        **said,
        "revision": state.revision,
        "as_of": format_time(state.as_of_ms),
        "inputs": inputs,
        "scores": scores(seen_by_scores(state, now_ms, rules)),
    }
    if dose is not None:
        wire["risk_window"] = {**said["risk_window"], **clock_of(dose, now_ms)}
    return wire
