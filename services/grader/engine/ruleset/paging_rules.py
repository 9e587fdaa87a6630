"""Rules of paging: what is waited for, from when, and what pages."""

from dataclasses import dataclass

from services.grader.engine.ruleset.rule_fields import NEWS2, PROPOSAL, rule


@dataclass(frozen=True)
class PagingRules:
    """What a person is told, and when."""

    # --- neurotoxicity -----------------------------------------------------------------------------------------------
    exam_stale_h: float = rule(
        14, unit="h", text="A neurological finding goes stale (twice a day is asked for).", within=(4, 48)
    )
    neuro_window_days: float = rule(
        30, unit="d", text="Neurotoxicity is watched for so long after each dose.", looser="lower", within=(7, 400)
    )
    enrolment_days: float = rule(
        30,
        unit="d",
        text="Enrolment survives a discharge so long after the last dose.",
        looser="lower",
        within=(7, 400),
    )

    # --- paging ------------------------------------------------------------------------------------------------------
    gap_persistence_s: float = rule(
        60, unit="s", text="`possible_crs` after the gap has lasted.", looser="higher", within=(0, 900)
    )
    gap_grades: int = rule(
        2,
        unit="{grade}",
        text="`possible_crs` when the upper bound is so far above the lower.",
        looser="higher",
        within=(1, 4),
    )
    critical_spo2_pct: float = rule(
        50, unit="%", text="Critical below.", source="CLIF outlier floor; " + PROPOSAL, looser="lower", within=(30, 85)
    )
    critical_sbp_mmhg: float = rule(50, unit="mm[Hg]", text="Critical below.", looser="lower", within=(20, 70))
    silent_monitor_min: float = rule(
        15, unit="min", text="A monitored patient is silent after.", looser="higher", within=(1, 120)
    )
    silent_charted_min: float = rule(
        480, unit="min", text="A hand-charted patient is silent after.", looser="higher", within=(30, 1440)
    )
    silent_admitted_min: float = rule(
        15,
        unit="min",
        text="An enrolled patient without any vitals, after admission.",
        looser="higher",
        within=(1, 240),
    )
    others_arrive_min: float = rule(
        5, unit="min", text="`technical_stale` only if other vitals came so recently.", looser="lower", within=(1, 60)
    )
    ward_score_news2: int = rule(
        7, unit="{score}", text="NEWS2 lower bound that pages.", source=NEWS2, looser="higher", within=(1, 20)
    )
    news2_from_years: int = rule(
        16,
        unit="a",
        text="NEWS2 is for patients from this age or age unknown.",
        source="RCP NEWS2 2017, scope [K]",
        looser="higher",
        within=(0, 130),
    )
    ward_score_said_grade: int = rule(
        2, unit="{grade}", text="An open CRS rise from this grade says it already.", looser="lower", within=(1, 4)
    )
    repeat_min: float = rule(
        5, unit="min", text="An unchanged estimate is repeated while data arrive.", looser="higher", within=(0.5, 60)
    )
    forget_h: float = rule(
        24, unit="h", text="After discharge the estimate is removed.", looser="lower", within=(0, 720)
    )
