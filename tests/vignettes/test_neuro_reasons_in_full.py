"""Every reason of an ICANS grade, word for word as it stands on the screen. Minutes since the dose."""

from typing import Any

import pytest

from services.grader.engine.ruleset.rules import DEFAULT_RULES
from tests.vignettes.bed import Bed, when
from tests.vignettes.starting_points import HOUR, dosed_bed

ASTCT = "Lee 2019 (ASTCT), consensus table"
NO_FINDING = DEFAULT_RULES.source("capd_grade1_score")


def because(bed: Bed) -> list[dict[str, Any]]:
    return list(bed.estimate["because"])


@pytest.mark.parametrize(
    ("years", "exam", "reasons"),
    [
        (
            60,
            {"ice": 5, "consciousness": "awake"},
            [
                {
                    "rule": "ice_grade2_score",
                    "text": "ICE 5 (Grade 2 at 6 or less)",
                    "value": 5,
                    "threshold": 6,
                    "unit": "{score}",
                    "citation": ASTCT,
                    "would_change": "Lower with an ICE of 7 or more for 30 min; higher with an ICE of 2 or less.",
                }
            ],
        ),
        (
            60,
            {"ice": 1},
            [
                {
                    "rule": "ice_grade3_score",
                    "text": "ICE 1 (Grade 3 at 2 or less)",
                    "value": 1,
                    "threshold": 2,
                    "unit": "{score}",
                    "citation": ASTCT,
                    "would_change": "Lower with an ICE of 3 or more for 30 min; "
                    "higher with an ICE of 0 because unarousable.",
                }
            ],
        ),
        (
            60,
            {"ice": 0},
            [
                {
                    "rule": "ice_grade3_score",
                    "text": "ICE 0 (Grade 3 at 2 or less); whether the patient can be roused is not known",
                    "value": 0,
                    "threshold": 2,
                    "unit": "{score}",
                    "citation": ASTCT,
                    "would_change": "Lower with an ICE of 3 or more for 30 min; "
                    "consciousness decides between Grade 3 and 4.",
                }
            ],
        ),
        (
            60,
            {"ice": 0, "consciousness": "unarousable"},
            [
                {
                    "rule": "consciousness_grades",
                    "text": "Consciousness: unarousable (Grade 4)",
                    "value": "unarousable",
                    "threshold": "unarousable is Grade 4",
                    "citation": ASTCT,
                    "would_change": "Charted awake for 30 min.",
                },
                {
                    "rule": "ice_grade3_score",
                    "text": "ICE 0 because unarousable (Grade 4)",
                    "value": 0,
                    "threshold": 0,
                    "unit": "{score}",
                    "citation": ASTCT,
                    "would_change": "Lower with an ICE of 1 or more for 30 min; "
                    "consciousness decides between Grade 3 and 4.",
                },
            ],
        ),
        (
            60,
            {"ice": 10, "seizure": "resolved", "motor_weakness": True, "raised_icp": "focal"},
            [
                {
                    "rule": "motor_weakness_grade",
                    "text": "Motor weakness: present (Grade 4)",
                    "value": True,
                    "threshold": "present is Grade 4",
                    "citation": ASTCT,
                    "would_change": "Charted absent for 30 min.",
                },
                {
                    "rule": "raised_icp_grades",
                    "text": "Raised intracranial pressure: focal (Grade 3)",
                    "value": "focal",
                    "threshold": "focal is Grade 3",
                    "citation": ASTCT,
                    "would_change": "Charted none for 30 min.",
                },
                {
                    "rule": "seizure_grades",
                    "text": "Seizure: resolved (Grade 3)",
                    "value": "resolved",
                    "threshold": "resolved is Grade 3",
                    "citation": ASTCT,
                    "would_change": "Charted none for 30 min.",
                },
            ],
        ),
        (
            8,
            {"capd": 8, "consciousness": "awake"},
            [
                {
                    "rule": "capd_grade1_score",
                    "text": "CAPD 8 (Grade 1 from 1)",
                    "value": 8,
                    "threshold": 1,
                    "unit": "{score}",
                    "citation": NO_FINDING,
                    "would_change": "Lower with a CAPD below 1 for 30 min; higher with a CAPD of 9 or more.",
                }
            ],
        ),
        (
            8,
            {"capd": 9, "consciousness": "awake"},
            [
                {
                    "rule": "capd_delirium",
                    "text": "CAPD 9 (Grade 3 from 9)",
                    "value": 9,
                    "threshold": 9,
                    "unit": "{score}",
                    "citation": ASTCT,
                    "would_change": "Lower with a CAPD below 9 for 30 min.",
                }
            ],
        ),
    ],
    ids=str,
)
def test_an_examination_as_charted(years, exam, reasons):
    bed = Bed().admit(age_years=years).chart(10, "neuro", **exam)
    assert because(bed) == [{"observed_at": when(10), **reason} for reason in reasons]


@pytest.mark.parametrize(("first", "then", "standing"), [(2, 5, ["ice_grade2_score"]), (8, 10, [])])
def test_a_held_grade_is_named_before_what_stands(first, then, standing):
    bed = dosed_bed().chart(60, "neuro", ice=first).chart(120, "neuro", ice=then)
    held, *others = because(bed)
    grade = {2: 3, 8: 1}[first]
    assert held == {
        "rule": "hold_min",
        "text": f"ICANS grade {grade} is held: improvement not yet confirmed",
        "value": grade,
        "threshold": 30,
        "citation": DEFAULT_RULES.source("hold_min"),
        "would_change": f"Falls at {when(150)}, unless the finding returns.",
    }
    assert [reason["rule"] for reason in others] == standing


def test_what_is_explained_gives_no_reason():
    bed = dosed_bed().chart(60, "neuro", ice=5, consciousness="awake")
    bed.chart(61, "attribution", finding="neuro", cause="opioids", author="dr-a", expires_at=when(600))
    assert because(bed) == []


@pytest.mark.parametrize(("years", "name", "score"), [(60, "ICE", {"ice": 10}), (8, "CAPD", {"capd": 0})])
def test_an_overdue_examination_says_which_and_since_when(years, name, score):
    def reason(bed: Bed) -> dict[str, Any]:
        (found,) = bed.escalations("neuro_due")[-1]["because"]
        return dict(found)

    expected = {
        "rule": "exam_stale_h",
        "text": f"No {name} since the dose, 14 h or more ago",
        "threshold": 14,
        "unit": "h",
        "citation": "NCCN CART-9 and EBMT handbook: at least twice a day",
        "would_change": f"Ends with the next {name}.",
    }
    bed = Bed().admit(-1, age_years=years).chart(0, "immunotherapy", product="axi-cel").until(14 * HOUR)
    assert reason(bed) == expected
    bed.chart(15 * HOUR, "neuro", **score).until(29 * HOUR)
    last = {"text": f"Last {name} before, 14 h or more ago", "observed_at": when(15 * HOUR)}
    assert reason(bed) == expected | last
