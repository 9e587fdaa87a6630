"""The rule set: every number that grades, pages or waits, with its unit, its meaning and its source.

Source of the grades: Lee DW, Santomasso BD, Locke FL, et al. ASTCT consensus grading for cytokine release syndrome and
neurologic toxicity associated with immune effector cells. Biol Blood Marrow Transplant 2019;25(4):625-638.
A site changes values in a file (`site_rules.py`), never here; what units cannot give is its unit profile.
"""

from dataclasses import dataclass, fields
from functools import cached_property

from schemas.encoding import digest
from services.grader.engine.durations import minutes
from services.grader.engine.ruleset.cited_tables import cited_tables
from services.grader.engine.ruleset.grading_rules import GradingRules
from services.grader.engine.ruleset.neuro_rules import NeuroRules
from services.grader.engine.ruleset.paging_rules import PagingRules
from services.grader.engine.ruleset.risk_rules import RiskRules
from services.grader.engine.ruleset.rule_fields import rule
from services.grader.engine.ruleset.score_rules import ScoreRules
from services.grader.engine.ruleset.timing_rules import TimingRules
from services.grader.engine.ruleset.trend_rules import TrendRules


@dataclass(frozen=True)
class RuleSet(TrendRules, RiskRules, ScoreRules, PagingRules, TimingRules, NeuroRules, GradingRules):
    """The thresholds in force. Immutable; another value is another hash, and the hash is on every output."""

    id: str = rule(
        "astct2019-1", unit="name", text="Name and version of this rule set.", source="ours", looser="neither"
    )
    signed_off_by: str = rule(
        "", unit="name", text="Who signed that limits are looser than ours.", source="the site", looser="neither"
    )
    signed_off_on: str = rule("", unit="date", text="When that was signed.", source="the site", looser="neither")
    unit_profile: str = rule(
        "", unit="name", text="Version of the unit profile, and who signed it.", source="the site", looser="neither"
    )

    # Set by the site's unit profile, not by an override: (unit, most vasopressors give, most devices give).
    unit_ceilings: tuple[tuple[str, int, int], ...] = rule(
        (), unit="{grade}", text="Grades of support that a unit cannot exceed, so that uncharted is not missing."
    )

    def ceilings(self, unit: str | None) -> tuple[int, int]:
        """The highest grade that vasopressors, and oxygen devices, can reach in a unit."""
        return next(((most[1], most[2]) for most in self.unit_ceilings if most[0] == unit), (4, 4))

    @cached_property
    def hash(self) -> str:
        """SHA-256 of all values, and of the published tables beside them."""
        return digest({**{rule.name: getattr(self, rule.name) for rule in fields(self)}, "tables": cited_tables()})

    @cached_property
    def reference(self) -> dict[str, str]:
        """How an output names the rules that spoke."""
        signed = {"signed_off_by": self.signed_off_by} if self.signed_off_by else {}
        return {"id": self.id, "hash": self.hash, **signed}

    @cached_property
    def support_of_device(self) -> dict[str, tuple[int, int]]:
        """Lowest and highest grade of each device whose flow does not decide."""
        return {device: (low, high) for device, low, high in self.device_grades}

    @cached_property
    def freshness_ms(self) -> dict[str, tuple[int, int]]:
        """Stale and lost by manner, in milliseconds: looked up with every reading."""
        return {
            "fast": (minutes(self.fast_stale_min), minutes(self.fast_lost_min)),
            "cuff": (minutes(self.cuff_stale_min), minutes(self.cuff_lost_min)),
            "patch": (minutes(self.patch_stale_min), minutes(self.patch_lost_min)),
            "spot": (minutes(self.spot_stale_min), minutes(self.spot_lost_min)),
        }

    def source(self, name: str) -> str:
        """Where a value comes from, for `because`."""
        return str(self.__dataclass_fields__[name].metadata["source"])


DEFAULT_RULES = RuleSet()
