"""Rules of the ward scores: whom each is for, and from which score it pages. The charts are in `score_charts.py`."""

from dataclasses import dataclass

from services.grader.engine.ruleset.rule_fields import NEWS2, rule
from services.grader.engine.scores.score_charts import PEWS_SOURCE, QSOFA_SOURCE


@dataclass(frozen=True)
class ScoreRules:
    """Which score, from when."""

    ward_score_pews: int = rule(
        8,
        unit="{score}",
        text="Bedside PEWS lower bound that pages, for patients too young for NEWS2.",
        source=PEWS_SOURCE + "; at 8: sensitivity 82 %, specificity 93 %",
        looser="higher",
        within=(1, 26),
    )
    qsofa_from_years: int = rule(
        18,
        unit="a",
        text="qSOFA is for patients from this age or age unknown.",
        source=QSOFA_SOURCE + ", adults [K]",
        looser="higher",
        within=(0, 130),
    )
    hypercapnic_target_pct: float = rule(
        88,
        unit="%",
        text="An ordered target saturation from here (88-92 %) puts NEWS2 on its SpO2 scale 2.",
        source=NEWS2,
        within=(80, 92),
    )
