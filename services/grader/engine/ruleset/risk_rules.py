"""Rules of the risk windows: how long after a dose CRS is waited for, and what is expected meanwhile (`clinical.md` 6).

The windows of the single products are a table of their own (`products.py`). None of this gates an alert.
"""

from dataclasses import dataclass

from services.grader.engine.ruleset.rule_fields import rule


@dataclass(frozen=True)
class RiskRules:
    """How long, and how often."""

    risk_days_at_least: float = rule(
        14, unit="d", text="CRS is waited for at least so long after a dose.", looser="lower", within=(7, 60)
    )
    unknown_product_days: float = rule(
        30, unit="d", text="The same for a product that is not in the table.", looser="lower", within=(14, 120)
    )
    peak_share: float = rule(
        0.5,
        unit="1",
        text="CRS usually begins within this share of the median onset before and after it.",
        looser="neither",
        within=(0.1, 0.9),
    )
    vitals_every_h: float = rule(
        4,
        unit="h",
        text="Vitals by hand are expected so often.",
        source="Brudno 2016 (NCI): at least every 4 h",
        looser="higher",
        within=(1, 12),
    )
    vitals_every_febrile_h: float = rule(
        2,
        unit="h",
        text="The same with fever after a dose.",
        source="Brudno 2016 (NCI): every 2 h with fever and tachycardia; on fever alone: [P] proposal",
        looser="higher",
        within=(0.5, 12),
    )
    due_grace_min: float = rule(30, unit="min", text="A round so late is overdue.", looser="higher", within=(0, 120))
