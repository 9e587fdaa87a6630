"""Rules of neurotoxicity: the ICANS table by domain, and how often it is examined (`clinical.md` 2)."""

from dataclasses import dataclass
from functools import cached_property

from services.grader.engine.ruleset.rule_fields import ASTCT, rule


@dataclass(frozen=True)
class NeuroRules:
    """What each domain of an examination says. The most severe one grades."""

    ice_grade1_score: int = rule(
        9, unit="{score}", text="ICE at or below is Grade 1.", source=ASTCT, looser="lower", within=(7, 9)
    )
    ice_grade2_score: int = rule(
        6, unit="{score}", text="ICE at or below is Grade 2.", source=ASTCT, looser="lower", within=(3, 8)
    )
    ice_grade3_score: int = rule(
        2, unit="{score}", text="ICE at or below is Grade 3.", source=ASTCT, looser="lower", within=(0, 5)
    )
    capd_grade1_score: int = rule(
        1,
        unit="{score}",
        text="CAPD at or above is Grade 1, for CAPD 0 is a child without a finding.",
        source=ASTCT + "; that 0 is no finding: [P] proposal, to be signed off by the site",
        looser="higher",
        within=(1, 8),
    )
    consciousness_grades: tuple[tuple[str, int], ...] = rule(
        (("awake", 0), ("voice", 2), ("tactile", 3), ("unarousable", 4)),
        unit="{grade}",
        text="Grade of what it takes to wake the patient.",
        source=ASTCT,
    )
    seizure_grades: tuple[tuple[str, int], ...] = rule(
        (("none", 0), ("resolved", 3), ("prolonged", 4)),
        unit="{grade}",
        text="Grade of a seizure that resolved, and of one over 5 min or repetitive.",
        source=ASTCT,
    )
    raised_icp_grades: tuple[tuple[str, int], ...] = rule(
        (("none", 0), ("focal", 3), ("diffuse", 4)),
        unit="{grade}",
        text="Grade of focal oedema, and of diffuse oedema or raised pressure.",
        source=ASTCT,
    )
    motor_weakness_grade: int = rule(
        4, unit="{grade}", text="Grade of deep focal motor weakness.", source=ASTCT, looser="lower", within=(3, 4)
    )
    avpu_grades: tuple[tuple[str, int], ...] = rule(
        (("voice", 2), ("pain", 3), ("unresponsive", 4)),
        unit="{grade}",
        text="What V, P and U of a ward score may be: said where an examination is asked for, never graded.",
        source="[P] proposal, clinical.md 2",
    )
    exam_every_h: float = rule(
        12,
        unit="h",
        text="A neurological examination is expected so often inside the neurotoxicity window.",
        source="NCCN CART-9 and EBMT handbook: at least twice a day",
        looser="higher",
        within=(4, 24),
    )

    @cached_property
    def neuro_grades(self) -> dict[str, dict[str, int]]:
        """The grade of each word, by domain."""
        return {
            "consciousness": dict(self.consciousness_grades),
            "seizure": dict(self.seizure_grades),
            "raised_icp": dict(self.raised_icp_grades),
        }
