"""Other rule sets that may come into force, and the record that brings one."""

from dataclasses import replace
from typing import Any

from services.grader.engine.ruleset.rules import DEFAULT_RULES, RuleSet

SETS = (
    replace(DEFAULT_RULES, id="tighter", fever_c=37.8, low_spo2_pct=92, adult_sbp_mmhg=95, hold_min=60),
    replace(DEFAULT_RULES, id="looser", fever_c=38.5, low_spo2_pct=88, adult_sbp_mmhg=85, hold_min=15),
    replace(DEFAULT_RULES, id="slower", fast_persistence_s=60, cuff_persistence_min=30, patch_persistence_min=60),
    replace(DEFAULT_RULES, id="sooner stale", spot_stale_min=30, spot_lost_min=60, fast_stale_min=2, fast_lost_min=4),
)


def activation(rules: RuleSet) -> dict[str, Any]:
    return {"schema": "crs.rules.v1", "rules_id": rules.id, "rules_hash": rules.hash, "activated_by": "dr-ito"}
