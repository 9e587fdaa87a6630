"""ASTCT consensus grading of cytokine release syndrome, as pure functions over intervals.

Source: Lee DW, Santomasso BD, Locke FL, et al. ASTCT consensus grading for cytokine release syndrome and neurologic
toxicity associated with immune effector cells. Biol Blood Marrow Transplant 2019;25(4):625-638.
doi:10.1016/j.bbmt.2018.12.758. Where the paper gives no number or device, `clinical.md` 1.2, 1.3 and `settled.md` do.
"""

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from services.grader.engine.crs.drugs import NO_VASOPRESSOR, VASOPRESSIN
from services.grader.engine.ruleset.rules import RuleSet


class Interval(Protocol):
    """Whatever has a lower and an upper grade."""

    @property
    def low(self) -> int:
        """What is established."""

    @property
    def high(self) -> int:
        """What cannot be excluded."""


class Bounds(NamedTuple):
    """A grade as an interval: what the data establish, what they cannot exclude."""

    low: int
    high: int


NONE = Bounds(0, 0)
UNKNOWN = Bounds(0, 4)
FINDING = Bounds(2, 2)  # hypotension without a vasopressor, hypoxia on room air
FINDING_UNKNOWN = Bounds(0, 2)


def grade_device(device: str, flow_l_min: float | None, rules: RuleSet) -> Bounds:
    """Grade of the oxygen support; a mask is Grade 3 at any flow (trap T3).

    Args:
        device: as charted.
        flow_l_min: None where no flow was charted.
        rules: the grade of each device, and where low flow ends for a cannula.
    """
    if device == "nasal_cannula":
        return _grade_cannula(flow_l_min, rules)
    if device == "high_flow_nasal_cannula":
        low_flow = flow_l_min is not None and flow_l_min <= rules.low_flow_l_min
        return Bounds(2, 2) if low_flow else Bounds(3, 3)
    return Bounds(*rules.support_of_device.get(device, rules.support_of_device["other"]))


def _grade_cannula(flow_l_min: float | None, rules: RuleSet) -> Bounds:
    if flow_l_min is None:
        return Bounds(2, 3)
    if flow_l_min <= 0:
        return NONE
    return Bounds(2, 2) if flow_l_min <= rules.low_flow_l_min else Bounds(3, 3)


def grade_pressors(running: Iterable[str], rules: RuleSet) -> Bounds:
    """Grade of the vasopressors that run; what runs under an unknown name excludes nothing."""
    drugs = set(running) - {NO_VASOPRESSOR} - set(rules.inotropes)
    counted = drugs & set(rules.vasopressors)
    low = 4 if len(counted - {VASOPRESSIN}) >= 2 else 3 if counted else 0
    return Bounds(low, 4 if drugs - counted else low)


def combine(febrile: bool | None, *parts: Interval) -> Bounds:
    """Combine fever with hypotension and hypoxia.

    Fever opens the assessment and alone is Grade 1; after that the most severe part decides. An unknown fever
    establishes nothing and excludes nothing.

    Args:
        febrile: whether fever counts; None where it is unknown.
        parts: one interval for each part of hypotension and hypoxia.
    """
    low = max(1, *(part.low for part in parts)) if febrile else 0
    high = 0 if febrile is False else max(1, *(part.high for part in parts))
    return Bounds(low, high)


def hypotension_limit(age_months: int | None, baseline_sbp_mmhg: float | None, rules: RuleSet) -> float:
    """Systolic pressure below which a patient is hypotensive, by age band and by the patient's own baseline."""
    limit = _limit_by_age(age_months, rules)
    adult = age_months is None or age_months >= 12 * rules.baseline_from_years
    if baseline_sbp_mmhg is None or not adult:
        return limit
    # Rounded, so that a pressure of exactly 0.8 x the baseline stays the normal one that it is on paper.
    share = round(rules.baseline_share * baseline_sbp_mmhg, 6)
    return max(limit, min(share, rules.baseline_sbp_mmhg))


def _limit_by_age(age_months: int | None, rules: RuleSet) -> float:
    if age_months is None or age_months >= 12 * rules.child_until_years:
        return rules.adult_sbp_mmhg
    if age_months < rules.neonate_until_months:
        return rules.neonate_sbp_mmhg
    if age_months < rules.infant_until_months:
        return rules.infant_sbp_mmhg
    return rules.child_sbp_mmhg + rules.child_sbp_mmhg_per_year * (age_months // 12)
