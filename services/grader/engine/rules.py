"""The rule set: every number that grades, pages or waits, with its unit, its meaning and its source.

Source of the grades: Lee DW, Santomasso BD, Locke FL, et al. ASTCT consensus grading for cytokine release syndrome and
neurologic toxicity associated with immune effector cells. Biol Blood Marrow Transplant 2019;25(4):625-638.
ASTCT gives no numbers for hypotension and hypoxia; where ours come from stands beside each (`clinical.md` 1.2).
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

from schemas.encoding import digest
from services.grader.engine.durations import minutes
from services.grader.engine.rule_fields import PROPOSAL, rule

ASTCT = "Lee 2019 (ASTCT), consensus table"
PALS = "PALS 2015 (PedsCases); Mahadeo 2019 T2"
BRUDNO = "Brudno 2016 T2 (NCI)"
NEWS2 = "RCP NEWS2 2017, Chart 1"


@dataclass(frozen=True)
class RuleSet:
    """The thresholds in force. Immutable; another value is another hash, and the hash is on every output."""

    id: str = rule("astct2019-1", unit="name", text="Name and version of this rule set.", source="ours")

    # --- fever -------------------------------------------------------------------------------------------------------
    fever_c: float = rule(38.0, unit="Cel", text="Fever at or above, after rounding to 0.1.", source=ASTCT)
    suspect_temperature_c: float = rule(44.0, unit="Cel", text="Above it the unit is suspect: fever stays unknown.")
    antipyretic_mask_h: float = rule(6, unit="h", text="A normal temperature proves nothing so long after a dose.")

    # --- hypotension -------------------------------------------------------------------------------------------------
    adult_sbp_mmhg: float = rule(90, unit="mm[Hg]", text="Hypotension below, from 10 years.", source=PALS)
    neonate_sbp_mmhg: float = rule(60, unit="mm[Hg]", text="Hypotension below, first month of life.", source=PALS)
    infant_sbp_mmhg: float = rule(70, unit="mm[Hg]", text="Hypotension below, 1-12 months.", source=PALS)
    child_sbp_mmhg: float = rule(70, unit="mm[Hg]", text="1-9 years: below this plus 2 a year of age.", source=PALS)
    child_sbp_mmhg_per_year: float = rule(2, unit="mm[Hg]/a", text="Added for each completed year.", source=PALS)
    child_until_years: int = rule(10, unit="a", text="From this age the adult limit.", source=PALS)
    baseline_share: float = rule(0.8, unit="1", text="Hypotension below this share of the baseline ...", source=BRUDNO)
    baseline_sbp_mmhg: float = rule(100, unit="mm[Hg]", text="... if also below this pressure.", source=BRUDNO)
    baseline_from_years: int = rule(18, unit="a", text="The baseline rule applies from this age or age unknown.")
    low_map_mmhg: float = rule(65, unit="mm[Hg]", text="Mean pressure below: a supporting flag, never a grade.")

    # --- hypoxia -----------------------------------------------------------------------------------------------------
    low_spo2_pct: float = rule(90, unit="%", text="Hypoxia below, on room air.", source="Crombie 2024 T3; Mahadeo 2019")
    low_flow_l_min: float = rule(6, unit="L/min", text="Low flow at or below (Lunsumio reads below).", source=ASTCT)

    # --- when a finding is established -------------------------------------------------------------------------------
    fast_persistence_s: float = rule(15, unit="s", text="High-rate signs: established so long after the first reading.")
    deep_persistence_s: float = rule(10, unit="s", text="The same if all readings are far beyond the limit.")
    deep_units: float = rule(5, unit="units of the sign", text="What far beyond means.")
    cuff_persistence_min: float = rule(5, unit="min", text="Monitor cuff: so long after one low reading.")
    patch_persistence_min: float = rule(10, unit="min", text="Temperature by patch or axillary probe.")
    critical_persistence_s: float = rule(10, unit="s", text="Critical values on monitor streams.")

    # --- freshness: stale, lost --------------------------------------------------------------------------------------
    fast_stale_min: float = rule(5, unit="min", text="High-rate signs go stale.")
    fast_lost_min: float = rule(15, unit="min", text="High-rate signs are lost.")
    cuff_stale_min: float = rule(75, unit="min", text="A monitor's cuff goes stale: 1.25 x an hourly interval.")
    cuff_lost_min: float = rule(120, unit="min", text="A monitor's cuff is lost.")
    spot_stale_min: float = rule(270, unit="min", text="Temperature and hand-charted signs: 4 h interval + 30 min.")
    spot_lost_min: float = rule(480, unit="min", text="Temperature and hand-charted signs: interval x 2.")
    patch_stale_min: float = rule(10, unit="min", text="A temperature patch goes stale.")
    patch_lost_min: float = rule(30, unit="min", text="A temperature patch is lost.")
    pressor_confirmed_h: float = rule(4, unit="h", text="Charted vasopressors are unconfirmed after.")
    device_confirmed_h: float = rule(12, unit="h", text="A charted oxygen device is unconfirmed after.")

    # --- lateness ----------------------------------------------------------------------------------------------------
    monitor_lateness_min: float = rule(10, unit="min", text="Monitor and wearable readings are placed so late.")
    charted_lateness_h: float = rule(24, unit="h", text="Manual, interface and charted events are placed so late.")
    clock_ahead_min: float = rule(10, unit="min", text="So far ahead of the clock an event counts as now.")
    late_after_s: float = rule(60, unit="s", text="A rise is `late` when its event is older than the newest by more.")

    # --- holding and closing -----------------------------------------------------------------------------------------
    hold_min: float = rule(30, unit="min", text="A lower grade must be supported so long before the grade falls.")
    episode_quiet_h: float = rule(24, unit="h", text="An episode closes after so long without any sign of CRS.")

    # --- neurotoxicity -----------------------------------------------------------------------------------------------
    capd_until_years: int = rule(12, unit="a", text="Below this age CAPD in place of ICE.", source=ASTCT)
    capd_delirium: int = rule(9, unit="{score}", text="CAPD at or above is Grade 3.", source=ASTCT)
    exam_stale_h: float = rule(14, unit="h", text="A neurological finding goes stale (twice a day is asked for).")
    neuro_window_days: float = rule(30, unit="d", text="Neurotoxicity is watched for so long after each dose.")
    enrolment_days: float = rule(30, unit="d", text="Enrolment survives a discharge so long after the last dose.")

    # --- paging ------------------------------------------------------------------------------------------------------
    gap_persistence_s: float = rule(60, unit="s", text="`possible_crs` after the gap has lasted.")
    gap_grades: int = rule(2, unit="{grade}", text="`possible_crs` when the upper bound is so far above the lower.")
    critical_spo2_pct: float = rule(50, unit="%", text="Critical below.", source="CLIF outlier floor; " + PROPOSAL)
    critical_sbp_mmhg: float = rule(50, unit="mm[Hg]", text="Critical below.")
    silent_monitor_min: float = rule(15, unit="min", text="A monitored patient is silent after.")
    silent_charted_min: float = rule(480, unit="min", text="A hand-charted patient is silent after.")
    silent_admitted_min: float = rule(15, unit="min", text="An enrolled patient without any vitals, after admission.")
    others_arrive_min: float = rule(5, unit="min", text="`technical_stale` only if other vitals came so recently.")
    ward_score_news2: int = rule(7, unit="{score}", text="NEWS2 lower bound that pages.", source=NEWS2)
    news2_from_years: int = rule(
        16, unit="a", text="NEWS2 is for patients from this age or age unknown.", source="RCP NEWS2 2017, scope [K]"
    )
    ward_score_said_grade: int = rule(2, unit="{grade}", text="An open CRS rise from this grade says it already.")
    repeat_min: float = rule(5, unit="min", text="An unchanged estimate is repeated while data arrive.")
    forget_h: float = rule(24, unit="h", text="After discharge the estimate is removed.")

    # Set by the site's unit profile, not by an override: (unit, most vasopressors give, most devices give).
    unit_ceilings: tuple[tuple[str, int, int], ...] = rule(
        (), unit="{grade}", text="Grades of support that a unit cannot exceed, so that uncharted is not missing."
    )

    def ceilings(self, unit: str | None) -> tuple[int, int]:
        """The highest grade that vasopressors, and oxygen devices, can reach in a unit."""
        return next(((most[1], most[2]) for most in self.unit_ceilings if most[0] == unit), (4, 4))

    @cached_property
    def hash(self) -> str:
        """SHA-256 of all values."""
        return digest({rule.name: getattr(self, rule.name) for rule in fields(self)})

    @cached_property
    def reference(self) -> dict[str, str]:
        """How an output names the rules that spoke."""
        return {"id": self.id, "hash": self.hash}

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


def overridden(rules: RuleSet, values: Mapping[str, Any]) -> RuleSet:
    """The rule set with a site's own values.

    Raises:
        ValueError: a name that is no rule, a value of another type, a negative number, or no new `id`.
    """
    known = {item.name: getattr(rules, item.name) for item in fields(rules)}
    for name, value in values.items():
        if name not in known:
            raise ValueError(f"no such rule: {name}")
        if name == "id":
            continue
        if name == "unit_ceilings":
            raise ValueError("what units can give is said in the unit profile")
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise ValueError(f"not a number for a rule: {name}")
        if isinstance(known[name], int) and isinstance(value, float) and not value.is_integer():
            raise ValueError(f"not a whole number: {name}")
    if values and values.get("id", rules.id) == rules.id:
        raise ValueError("changed rules need an id of their own")
    return replace(rules, **dict(values))


def with_unit_profile(rules: RuleSet, profile: Mapping[str, Any] | None) -> RuleSet:
    """The rule set with what units cannot give at all; part of the hash, for it changes grades.

    Args:
        rules: the rule set.
        profile: `{"version": ..., "signed_off_by": ..., "units": {"onc": {"vasopressors": 0, "oxygen": 3}}}`, the
            highest grade of support each unit can give; None where every unit can give everything.

    Raises:
        ValueError: the profile says something else, or nobody signed it.
    """
    if profile is None:
        return rules
    if not profile.get("signed_off_by") or not isinstance(profile.get("units"), dict):
        raise ValueError("a unit profile needs `signed_off_by` and `units`")
    ceilings = []
    for unit, most in sorted(profile["units"].items()):
        grades = tuple(most.get(name, 4) for name in ("vasopressors", "oxygen"))
        if not all(isinstance(grade, int) and 0 <= grade <= 4 for grade in grades):
            raise ValueError("a unit gives support of grade 0 to 4")
        ceilings.append((str(unit), *grades))
    return replace(rules, unit_ceilings=tuple(ceilings))
