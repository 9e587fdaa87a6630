"""Neurotoxicity over time: examinations on a ward, what they page, what they leave open. Minutes since the dose."""

import pytest

from tests.vignettes.bed import Bed, when
from tests.vignettes.on_the_board import due, prompts
from tests.vignettes.starting_points import DAY, HOUR, WELL, dosed_bed


def icans(bed: Bed) -> tuple[int, int]:
    """The ICANS interval as last shown."""
    return bed.estimate["icans_low"], bed.estimate["icans_high"]


def due_calls(bed: Bed) -> list[str]:
    """Examinations that were called for, by when."""
    return [page["occurred_at"] for page in bed.escalations("neuro_due")]


def test_a_handwriting_that_deteriorates_on_day_eight():  # clinical.md 8.2, the nurse's case
    bed = dosed_bed().chart(8 * DAY - 12 * HOUR, "neuro", ice=10, consciousness="awake").until(8 * DAY)
    bed.said()
    bed.chart(8 * DAY, "neuro", ice=8, consciousness="awake")
    assert bed.said() == ["icans_rise 1 #1"]
    page = bed.escalations("icans_rise")[0]
    assert page["priority"] == "low"
    assert page["because"] == [
        {
            "rule": "ice_grade1_score",
            "text": "ICE 8 (Grade 1 at 9 or less)",
            "value": 8,
            "threshold": 9,
            "unit": "{score}",
            "observed_at": when(8 * DAY),
            "citation": "Lee 2019 (ASTCT), consensus table",
            "would_change": "Lower with an ICE of 10 or more for 30 min; higher with an ICE of 6 or less.",
        }
    ]


def test_icans_climbs_and_falls_with_every_step_held():  # settled 17, 18
    bed = dosed_bed().chart(60, "neuro", ice=8).chart(120, "neuro", ice=4).chart(180, "neuro", ice=2)
    bed.chart(190, "neuro", consciousness="unarousable")
    assert bed.said() == ["icans_rise 1 #1", "icans_rise 2 #1", "icans_rise 3 #1", "icans_rise 4 #1"]
    assert [page["priority"] for page in bed.escalations()] == ["low", "medium", "high", "high"]
    bed.chart(240, "neuro", consciousness="awake").until(269.99)
    assert (icans(bed), bed.said()) == ((4, 4), [])
    bed.until(270)
    assert (icans(bed), bed.said()) == ((3, 3), ["resolved improved"])
    bed.chart(300, "neuro", ice=10).until(330)
    assert icans(bed) == (0, 0)
    assert bed.said() == ["resolved improved"]


def test_while_held_the_reason_says_so_and_until_when():
    bed = dosed_bed().chart(60, "neuro", ice=4).chart(120, "neuro", ice=10)
    reason = bed.estimate["because"][0]
    assert (reason["rule"], reason["value"]) == ("hold_min", 2)
    assert reason["text"] == "ICANS grade 2 is held: improvement not yet confirmed"
    assert when(150) in reason["would_change"]
    bed.until(150)
    assert bed.estimate["because"] == []


def test_a_return_while_held_is_no_new_rise_and_after_it_is():  # settled 15, 22
    bed = dosed_bed().chart(60, "neuro", ice=4).chart(120, "neuro", ice=10).chart(149, "neuro", ice=4)
    assert bed.said() == ["icans_rise 2 #1"]
    bed.chart(200, "neuro", ice=10).until(230).chart(231, "neuro", ice=4)
    assert bed.said() == ["resolved improved", "icans_rise 2 #2"]


def test_a_stale_awake_no_longer_explains_an_ice_of_zero():  # settled 31, 32
    bed = dosed_bed().chart(0, "neuro", consciousness="awake").chart(10 * HOUR, "neuro", ice=0)
    assert icans(bed) == (3, 3)
    assert icans(bed.until(14 * HOUR - 0.01)) == (3, 3)
    assert icans(bed.until(14 * HOUR)) == (3, 4)
    assert bed.estimate["missing"][-1] == "consciousness"
    assert "ice" not in bed.estimate["missing"]


def test_an_examination_every_twelve_hours_is_never_called_for():
    bed = dosed_bed()
    for half_day in range(1, 6):
        bed.chart(half_day * 12 * HOUR, "neuro", ice=10, consciousness="awake")
    assert due_calls(bed) == []
    assert "ICE" not in due(bed)


def test_an_overdue_examination_is_called_for_once_and_again_in_the_next_spell():
    bed = dosed_bed().until(14 * HOUR)
    assert due_calls(bed) == [when(14 * HOUR)]
    assert "ICE" in due(bed)
    page = bed.escalations("neuro_due")[0]
    assert (page["priority"], page["sign"], page["missing"]) == ("low", "ice", ["ice"])
    assert page["because"][0]["text"] == "No ICE since the dose, 14 h or more ago"
    bed.until(20 * HOUR).chart(20 * HOUR, "neuro", ice=10).until(34 * HOUR - 0.01)
    assert len(due_calls(bed)) == 1
    bed.until(34 * HOUR)
    assert due_calls(bed)[1] == when(34 * HOUR)
    assert len({page["escalation_id"] for page in bed.escalations("neuro_due")}) == 2
    last = bed.escalations("neuro_due")[-1]["because"][0]
    assert (last["text"], last["observed_at"]) == ("Last ICE before, 14 h or more ago", when(20 * HOUR))


@pytest.mark.parametrize("domain", [{"consciousness": "awake"}, {"seizure": "none"}, {"capd": 0}])
def test_nothing_but_the_score_of_this_age_counts_as_the_examination(domain):
    bed = dosed_bed().chart(13 * HOUR, "neuro", **domain).until(14 * HOUR)
    assert due_calls(bed) == [when(14 * HOUR)]


def test_a_child_is_due_a_capd():
    bed = Bed(watch_all=False).admit(age_years=8).chart(0, "immunotherapy", product="tisa-cel").until(14 * HOUR)
    assert bed.escalations("neuro_due")[0]["sign"] == "capd"
    assert "CAPD" in due(bed)
    bed.chart(15 * HOUR, "neuro", capd=0, consciousness="awake").until(29 * HOUR - 0.01)
    assert (len(due_calls(bed)), due(bed).count("CAPD")) == (1, 0)
    assert due_calls(bed.until(29 * HOUR))[1] == when(29 * HOUR)


@pytest.mark.parametrize(("before_h", "called"), [(14.01, True), (14, False)])
def test_the_last_examination_that_is_followed_up_falls_due_inside_the_window(before_h, called):  # settled 32
    bed = dosed_bed().chart(30 * DAY - before_h * HOUR, "neuro", ice=10).until(31 * DAY)
    assert (due_calls(bed)[-1] > when(29 * DAY)) is called


def test_a_retracted_examination_leaves_the_one_before():
    bed = dosed_bed().chart(2 * HOUR, "neuro", ice=10).chart(4 * HOUR, "neuro", ice=3, event_id="wrong-patient")
    assert bed.said() == ["icans_rise 2 #1"]
    bed.chart(5 * HOUR, "retraction", retracts="wrong-patient")
    assert (icans(bed), bed.said()) == ((0, 0), ["resolved retracted"])
    bed.until(16 * HOUR)
    assert due_calls(bed) == [when(16 * HOUR)]


def test_an_examination_charted_late_pages_as_late_and_moves_the_next_one():
    bed = dosed_bed().vitals(5 * HOUR, temperature_c=36.8, **WELL)
    bed.chart(3 * HOUR, "neuro", ice=2, arrives=5 * HOUR + 1)
    assert bed.said() == ["icans_rise 3 #1 late"]
    bed.until(17 * HOUR)
    assert due_calls(bed) == [when(17 * HOUR)]


def test_a_late_examination_that_a_newer_one_refutes_pages_one_priority_lower():
    bed = dosed_bed().chart(4 * HOUR, "neuro", ice=10, consciousness="awake")
    bed.chart(3 * HOUR, "neuro", ice=2, arrives=4 * HOUR + 1)
    page = bed.escalations("icans_rise")[0]
    assert (page["icans"], page["priority"], page["late"]) == (3, "medium", True)


def test_a_second_dose_starts_the_examinations_anew():
    bed = dosed_bed("teclistamab").chart(10 * HOUR, "neuro", ice=10)
    bed.chart(20 * HOUR, "immunotherapy", product="teclistamab", dose_number=2).until(34 * HOUR - 0.01)
    assert due_calls(bed) == []
    assert due_calls(bed.until(34 * HOUR)) == [when(34 * HOUR)]


def test_nothing_is_called_for_anew_after_the_window_but_an_open_call_stands():  # settled 32
    bed = dosed_bed().chart(29 * DAY, "neuro", ice=10).until(31 * DAY)
    assert due_calls(bed)[-1] == when(29 * DAY + 14 * HOUR)
    assert "resolved" not in [item["kind"] for item in bed.escalations() if item["detected_at"] > when(30 * DAY)]
    assert "ICE" not in due(bed)
    known = len(due_calls(bed))
    bed.chart(31 * DAY, "neuro", ice=10).until(33 * DAY)
    assert len(due_calls(bed)) == known


def test_consciousness_alone_prompts_a_score_and_is_not_one():  # clinical.md 2, AVPU
    said = "examine ICE: consciousness alone is no score"
    bed = dosed_bed().chart(10, "neuro", consciousness="voice")
    assert (icans(bed), bed.said()) == ((2, 3), ["icans_rise 2 #1"])
    assert said in prompts(bed)
    bed.chart(20, "neuro", ice=9)
    assert said not in prompts(bed)
    assert said in prompts(bed.until(14 * HOUR + 20))
    assert said not in prompts(dosed_bed().chart(10, "neuro", consciousness="awake"))


@pytest.mark.parametrize(
    ("avpu", "said"),
    [
        ("confusion", "examine ICE: AVPU says confusion"),
        ("voice", "examine ICE: AVPU says voice, which may be Grade 2"),
        ("pain", "examine ICE: AVPU says pain, which may be Grade 3"),
        ("unresponsive", "examine ICE: AVPU says unresponsive, which may be Grade 4"),
    ],
)
def test_avpu_prompts_a_score_and_grades_nothing(avpu, said):  # clinical.md 2
    bed = dosed_bed().chart(10, "neuro", avpu=avpu)
    assert (icans(bed), bed.said()) == ((0, 4), [])
    assert said in prompts(bed)
    assert said not in prompts(bed.until(14 * HOUR + 10))
    bed = dosed_bed().chart(10, "neuro", avpu=avpu).chart(20, "neuro", ice=10, consciousness="awake")
    assert (icans(bed), said in prompts(bed)) == ((0, 0), False)


def test_avpu_alert_prompts_nothing_and_proves_nothing():
    bed = dosed_bed().chart(10, "neuro", avpu="alert")
    assert icans(bed) == (0, 4)
    assert not any("AVPU" in said for said in prompts(bed))


def test_avpu_does_not_lower_what_an_examination_established():
    bed = dosed_bed().chart(10, "neuro", ice=1).chart(20, "neuro", avpu="alert")
    assert icans(bed)[0] == 3


def test_a_retracted_avpu_prompts_no_more_at_any_age_and_leaves_the_grade():
    for minute in (30, 2 * DAY):
        bed = dosed_bed().chart(10, "neuro", ice=1).chart(20, "neuro", avpu="unresponsive", event_id="slip")
        bed.until(minute).chart(minute, "retraction", retracts="slip")
        assert icans(bed)[0] == 3
        assert not any("AVPU" in said for said in prompts(bed))


@pytest.mark.parametrize(("avpu", "points"), [("alert", 0), ("confusion", 3), ("voice", 3), ("unresponsive", 3)])
def test_avpu_is_the_consciousness_of_news2_unless_an_examination_is_newer(avpu, points):
    def news2(bed: Bed) -> tuple[int, int]:
        (standing,) = bed.partition.standing(["bed-7"])
        found = standing.value["scores"]["news2"]
        return found["low"], found["high"]

    well = {"temperature_c": 36.8, "spo2_pct": 97, "sbp_mmhg": 118, "heart_rate_bpm": 80, "resp_rate_bpm": 16}
    bed = Bed().admit().on_room_air(0).vitals(1, **well)
    assert news2(bed) == (0, 3)
    bed.chart(2, "neuro", avpu=avpu)
    assert news2(bed) == (points, points)
    bed.chart(3, "neuro", consciousness="awake")
    assert news2(bed) == (0, 0)


def test_the_score_of_another_age_prompts_the_right_one():
    bed = Bed().admit(age_years=15).chart(1, "neuro", capd=12)
    assert "examine ICE: the other score does not count at this age" in prompts(bed)
    bed.chart(2, "neuro", ice=9)
    assert "examine ICE: the other score does not count at this age" not in prompts(bed)


def test_what_counts_although_it_is_old_is_to_be_examined_again():  # settled 32
    said = "examine again: seizure counts until charted otherwise"
    bed = dosed_bed().chart(10, "neuro", seizure="resolved", consciousness="awake").until(14 * HOUR + 9.99)
    assert said not in prompts(bed)
    assert said in prompts(bed.until(14 * HOUR + 10))
    bed.chart(15 * HOUR, "neuro", seizure="none")
    assert said not in prompts(bed)


def test_a_sedated_patient_is_explained_but_cannot_be_graded():  # clinical.md 8.2: sedation
    bed = dosed_bed().chart(10, "neuro", ice=0, consciousness="unarousable")
    assert icans(bed) == (4, 4)
    bed.chart(20, "attribution", finding="neuro", cause="propofol", author="dr-a", expires_at=when(6 * HOUR))
    assert bed.said() == ["icans_rise 4 #1", "resolved attributed"]
    assert (icans(bed), bed.estimate["icans"]) == ((0, 4), None)
    assert bed.estimate["missing"] == ["ice"]
    assert bed.estimate["because"] == []
    # When the explanation runs out, a patient still unarousable is a new rise.
    bed.until(6 * HOUR)
    assert bed.said() == ["icans_rise 4 #2"]


def test_an_explained_score_of_somebody_who_can_be_examined_leaves_nothing_open():
    bed = dosed_bed().chart(10, "neuro", ice=5, consciousness="awake")
    bed.chart(20, "attribution", finding="neuro", cause="dementia", author="dr-a", expires_at=when(6 * HOUR))
    assert icans(bed) == (0, 0)


def test_an_explanation_ends_with_a_worse_finding():  # settled 7
    bed = dosed_bed().chart(10, "neuro", ice=5, consciousness="awake")
    bed.chart(20, "attribution", finding="neuro", cause="opioids", author="dr-a", expires_at=when(DAY))
    bed.chart(60, "neuro", ice=2)
    assert bed.said() == ["icans_rise 2 #1", "resolved attributed", "icans_rise 3 #1"]


def test_icans_without_crs_and_crs_beside_it_are_told_apart():
    bed = dosed_bed().chart(10, "neuro", ice=5, consciousness="awake").vitals(20, temperature_c=38.5, **WELL)
    assert bed.said() == ["icans_rise 2 #1", "crs_rise 1 #1"]
    assert (bed.estimate["grade"], bed.estimate["icans"]) == (1, 2)
    rules = [item["rule"] for item in bed.estimate["because"]]
    assert rules == ["fever_c", "ice_grade2_score"]


def test_a_restart_in_the_middle_of_a_hold_ends_it_at_the_same_time():
    bed = dosed_bed().chart(60, "neuro", ice=4).chart(120, "neuro", ice=10).until(130).restarted().until(149.99)
    assert bed.said() == ["icans_rise 2 #1"]
    bed.until(150)
    assert bed.said() == ["resolved improved"]


def test_an_unenrolled_patient_is_graded_and_not_called_for():
    bed = Bed(watch_all=False).admit().vitals(1, temperature_c=36.8, **WELL).chart(10, "neuro", ice=5).until(2 * DAY)
    assert bed.escalations("icans_rise", "neuro_due") == []
    assert bed.estimate["icans"] == 2
