"""The parts of the ward scores on their own: bands, what is missing, oxygen, alertness, the published tables."""

import pytest

from services.grader.engine.chart import Baseline, Chart, Exam, Oxygen
from services.grader.engine.person import Person
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.engine.scores.score_charts import NEWS2, Bands, both_sides, charts, pews_chart
from services.grader.engine.scores.scores import Range, Seen, scores, shock_index
from services.grader.engine.scores.seen import child_months, is_alert, paged_chart, pews_oxygen

HOUR_MS = 3_600_000
WELL = {"temperature_c": 36.8, "sbp_mmhg": 118.0, "spo2_pct": 97.0, "heart_rate_bpm": 80.0, "resp_rate_bpm": 16.0}
NOT_ON_THE_WIRE = ["capillary_refill", "respiratory_effort"]


def test_a_value_is_rounded_half_up_before_it_is_banded():
    whole, tenths = Bands((8, 11), (3, 1, 0)), Bands((35.0, 36.0), (3, 1, 0), "0.1")
    assert [whole.score(value) for value in (8, 8.49, 8.5, 11, 11.49, 11.5)] == [3, 3, 1, 1, 1, 0]
    assert [tenths.score(value) for value in (35.0, 35.04, 35.05, 36.04, 36.05)] == [3, 3, 1, 1, 0]
    assert [whole.band(value) for value in (0, 9, 90)] == [0, 1, 2]
    assert (whole.most, tenths.most) == (3, 3)


def test_points_on_both_sides_of_what_is_normal():
    pulse = both_sides(50, 60, 70, 110, 130, 150)
    values = (50, 51, 60, 61, 70, 71, 109, 110, 129, 130, 149, 150)
    assert [pulse.score(value) for value in values] == [4, 2, 2, 1, 1, 0, 0, 1, 1, 2, 2, 4]


def test_what_of_the_published_tables_is_part_of_the_hash():
    said = charts()
    assert said["news2"] == {
        "resp_rate_bpm": [(8, 11, 20, 24), (3, 1, 0, 2, 3), "1"],
        "spo2_pct": [(91, 93, 95), (3, 2, 1, 0), "1"],
        "sbp_mmhg": [(90, 100, 110, 219), (3, 2, 1, 0, 3), "1"],
        "heart_rate_bpm": [(40, 50, 90, 110, 130), (3, 1, 0, 1, 2, 3), "1"],
        "temperature_c": [(35.0, 36.0, 38.0, 39.0), (3, 1, 0, 1, 2), "0.1"],
        "oxygen": 2,
        "consciousness": 3,
    }
    assert said["news2_scale_2"] == {
        "air": [(83, 85, 87), (3, 2, 1, 0), "1"],
        "oxygen": [(83, 85, 87, 92, 94, 96), (3, 2, 1, 0, 1, 2, 3), "1"],
    }
    assert said["qsofa"] == {
        "resp_rate_bpm": [(21,), (0, 1), "1"],
        "sbp_mmhg": [(100,), (1, 0), "1"],
        "mentation": 1,
    }
    assert [until_months for until_months, _ in said["bedside_pews"]] == [3, 12, 48, 144, 9999]
    assert said["bedside_pews"][3][1] == {
        "heart_rate_bpm": [(50, 60, 70, 109, 129, 149), (4, 2, 1, 0, 1, 2, 4), "1"],
        "sbp_mmhg": [(70, 80, 90, 119, 139, 169), (4, 2, 1, 0, 1, 2, 4), "1"],
        "resp_rate_bpm": [(10, 14, 19, 30, 40, 50), (4, 2, 1, 0, 1, 2, 4), "1"],
    }
    assert said["bedside_pews_oxygen"] == [2, 4, 4, 0.5]
    assert said["bedside_pews_others"] == {
        "spo2_pct": [(90, 94), (2, 1, 0), "1"],
        "capillary_refill": 4,
        "respiratory_effort": 4,
    }
    assert len(said) == 6


def test_all_scores_of_an_adult_as_the_estimate_carries_them():
    known = Seen(WELL, on_oxygen=False, alert=True)
    assert scores(known) == {"news2": {"low": 0, "high": 0}, "qsofa": {"low": 0, "high": 0}, "shock_index": 0.68}
    assert scores(known._replace(scale_2=True))["news2"] == {"low": 0, "high": 0, "scale": 2}


def test_on_scale_2_more_than_the_target_scores_only_on_oxygen():
    known = Seen(WELL, alert=True, scale_2=True)
    found = [scores(known._replace(on_oxygen=given))["news2"] for given in (True, False, None)]
    assert [(score["low"], score["high"]) for score in found] == [(5, 5), (0, 0), (0, 5)]


def test_a_score_names_all_that_would_narrow_it():
    assert scores(Seen({}, scale_2=True)) == {
        "news2": {
            "low": 0,
            "high": 20,
            "missing": ["resp_rate_bpm", "sbp_mmhg", "heart_rate_bpm", "temperature_c", "spo2_pct", "oxygen_device",
                        "consciousness"],
            "scale": 2,
        },
        "qsofa": {"low": 0, "high": 3, "missing": ["resp_rate_bpm", "sbp_mmhg", "consciousness"]},
    }  # fmt: skip
    assert scores(Seen({}, child_months=80, qsofa_applies=False)) == {
        "pews": {
            "low": 0,
            "high": 26,
            "missing": ["heart_rate_bpm", "sbp_mmhg", "resp_rate_bpm", "spo2_pct", "oxygen_device", *NOT_ON_THE_WIRE],
        }
    }


def test_the_shock_index_has_two_digits_and_needs_a_pressure_to_divide_by():
    def index(rate: float | None, sbp: float | None) -> float | None:
        signs = {"heart_rate_bpm": rate, "sbp_mmhg": sbp}
        return shock_index(Seen({name: value for name, value in signs.items() if value is not None}))

    assert (index(80, 118), index(125, 100), index(80, 1)) == (0.68, 1.25, 80.0)
    assert (index(80, 0), index(80, None), index(None, 118)) == (None, None, None)


@pytest.mark.parametrize(
    ("device", "confirmed", "score"),
    [
        (None, False, (0, 4)),
        (("room_air", None, None), True, (0, 0)),
        (("room_air", None, None), False, (0, 4)),
        (("nasal_cannula", 0, None), True, (0, 0)),
        (("nasal_cannula", 1, None), True, (2, 2)),
        (("face_mask", 0, None), True, (2, 2)),
        (("face_mask", 3.9, 0.49), True, (2, 2)),
        (("face_mask", 3.9, None), False, (2, 4)),
        (("face_mask", None, None), True, (2, 4)),
        (("face_mask", 4, None), False, (4, 4)),
        (("face_mask", None, 0.5), False, (4, 4)),
    ],
)
def test_how_much_oxygen_scores_in_pews(device, confirmed, score):
    oxygen = None if device is None else Oxygen(*device, 0, "e")
    missing = ("oxygen_device",) if score[0] < score[1] else ()
    assert pews_oxygen(oxygen, confirmed=confirmed) == Range(*score, missing)


@pytest.mark.parametrize(
    ("years", "exams", "alert"),
    [
        (60, {}, None),
        (60, {"consciousness": "awake"}, True),
        (60, {"consciousness": "voice"}, False),
        (60, {"consciousness": "awake", "ice": 10}, True),
        (60, {"consciousness": "awake", "ice": 9}, None),
        (60, {"consciousness": "awake", "capd": 9}, True),
        (8, {"consciousness": "awake", "capd": 8}, True),
        (8, {"consciousness": "awake", "capd": 9}, None),
        (8, {"consciousness": "awake", "ice": 5}, True),
        (60, {"avpu": "alert"}, True),
        (60, {"avpu": "confusion"}, False),
        (60, {"avpu": "voice", "consciousness": "awake"}, False),
    ],
    ids=str,
)
def test_who_is_alert_for_a_score(years, exams, alert):
    neuro = {domain: Exam(value, HOUR_MS, "e") for domain, value in exams.items()}
    chart = Chart(person=Person(age_years=years), neuro=neuro)
    assert is_alert(chart, HOUR_MS, DEFAULT_RULES) is alert
    assert is_alert(chart, 15 * HOUR_MS - 1, DEFAULT_RULES) is alert
    assert is_alert(chart, 15 * HOUR_MS, DEFAULT_RULES) is None


def test_of_acvpu_and_an_examination_the_newer_one_is_scored():
    older, newer = Exam("alert", 0, "a"), Exam("voice", HOUR_MS, "b")
    assert is_alert(Chart(neuro={"avpu": older, "consciousness": newer}), HOUR_MS, DEFAULT_RULES) is False
    older, newer = Exam("awake", 0, "a"), Exam("voice", HOUR_MS, "b")
    assert is_alert(Chart(neuro={"consciousness": older, "avpu": newer}), HOUR_MS, DEFAULT_RULES) is False
    # ACVPU that nobody charted for 14 h leaves the word to what was examined since.
    chart = Chart(neuro={"avpu": Exam("alert", 0, "a"), "consciousness": Exam("awake", 0, "b")})
    assert is_alert(chart, 14 * HOUR_MS, DEFAULT_RULES) is None


def test_a_stale_ice_does_not_take_alertness_from_somebody_awake():
    chart = Chart(neuro={"consciousness": Exam("awake", HOUR_MS, "a"), "ice": Exam(5, 0, "b")})
    assert is_alert(chart, 14 * HOUR_MS - 1, DEFAULT_RULES) is None
    assert is_alert(chart, 14 * HOUR_MS, DEFAULT_RULES) is True


def test_which_chart_a_patient_is_banded_by():
    def person(years: float | None) -> Chart:
        return Chart(person=Person(age_years=years))

    assert [child_months(person(years), 0, DEFAULT_RULES) for years in (None, 15.95, 16, 17, 60)] == [
        None, 191, None, None, None,
    ]  # fmt: skip
    assert paged_chart(person(60), 0, DEFAULT_RULES) == NEWS2
    assert paged_chart(person(5), 0, DEFAULT_RULES) == pews_chart(60)
    on_target = Chart(baseline=Baseline(spo2_target_low_pct=88))
    assert paged_chart(on_target, 0, DEFAULT_RULES)["spo2_pct"].uppers == (83, 85, 87, 92, 94, 96)
    assert paged_chart(on_target, 0, DEFAULT_RULES)["sbp_mmhg"] == NEWS2["sbp_mmhg"]
