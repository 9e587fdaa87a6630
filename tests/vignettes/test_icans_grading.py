"""The ICANS table, row by row, and what time does to it."""

from services.grader.engine.chart import NEURO_DOMAINS
from tests.vignettes.bed import Bed
from tests.vignettes.tables import bounds, rows

HOUR = 60


def _chart(row: dict[str, str]) -> dict[str, object]:
    found: dict[str, object] = {name: int(row[name]) for name in ("ice", "capd") if row[name] != "?"}
    found |= {name: row[name] for name in ("consciousness", "seizure") if row[name] != "?"}
    if row["raised icp"] != "?":
        found["raised_icp"] = row["raised icp"]
    if row["motor weakness"] != "?":
        found["motor_weakness"] = row["motor weakness"] == "yes"
    return found


DOMAIN_OF = {
    **dict.fromkeys(("ice_grade1_score", "ice_grade2_score", "ice_grade3_score"), "ice"),
    **dict.fromkeys(("capd_grade1_score", "capd_delirium"), "capd"),
    "consciousness_grades": "consciousness",
    "seizure_grades": "seizure",
    "motor_weakness_grade": "motor_weakness",
    "raised_icp_grades": "raised_icp",
}


@rows("icans_grading.md")
def test_vignette(row: dict[str, str]) -> None:
    age = None if row["age"] == "?" else float(row["age"])
    bed = Bed().admit(age_years=age).chart(1, "immunotherapy", product="axi-cel")
    bed.chart(HOUR, "neuro", **_chart(row)).until(HOUR + HOUR * float(row.get("hours later", 0)))
    shown = bed.estimate

    assert (shown["icans_low"], shown["icans_high"]) == bounds(row["grade"])
    assert shown["icans"] == (None if row["grade"].startswith("0-") else shown["icans_low"])
    assert ", ".join(name for name in shown["missing"] if name in NEURO_DOMAINS) == row["missing"]
    if "graded by" in row:
        assert ", ".join(DOMAIN_OF[item["rule"]] for item in shown["because"]) == row["graded by"]


@rows("icans_grading.md")
def test_every_reason_says_what_was_found_the_limit_the_source_and_what_would_change_it(row: dict[str, str]) -> None:
    bed = Bed().admit().chart(1, "neuro", **_chart(row))
    for page in bed.escalations("icans_rise"):
        for reason in page["because"]:
            assert {"text", "value", "threshold", "citation", "observed_at", "would_change"} <= set(reason)
            assert reason["text"][:1].isupper()


def test_an_examination_goes_stale_but_never_lowers():  # settled 32
    bed = Bed().admit().chart(1, "neuro", ice=5, consciousness="awake").until(14 * HOUR)
    assert (bed.estimate["icans_low"], bed.estimate["icans_high"]) == (2, 2)
    bed.until(14 * HOUR + 1)
    assert (bed.estimate["icans_low"], bed.estimate["icans_high"]) == (2, 4)


def test_icans_is_held_for_half_an_hour():  # settled 18
    bed = Bed().admit().vitals(0, heart_rate_bpm=80).chart(1, "neuro", ice=5)
    assert bed.said() == ["icans_rise 2 #1"]
    bed.chart(10, "neuro", ice=10).until(39.99)
    assert bed.said() == []
    assert "held" not in bed.estimate
    bed.until(40)
    assert bed.said() == ["resolved improved"]
    bed.chart(50, "neuro", ice=5)
    assert bed.said() == ["icans_rise 2 #2"]


def test_unarousable_counts_at_once_and_pages_high():
    bed = Bed().admit().chart(1, "neuro", consciousness="unarousable")
    assert bed.said() == ["icans_rise 4 #1"]
    assert bed.escalations()[0]["priority"] == "high"


def test_an_attributed_neuro_finding_falls_at_once():
    bed = Bed().admit().chart(1, "neuro", ice=5, consciousness="awake")
    bed.chart(2, "attribution", finding="neuro", cause="sedation", author="dr-a", expires_at="2026-03-01T20:00:00Z")
    assert bed.said() == ["icans_rise 2 #1", "resolved attributed"]
