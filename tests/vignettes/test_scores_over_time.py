"""Ward scores as signs come, go stale and are retracted; when one pages, and for whom."""

from typing import Any

import pytest

from tests.vignettes.bed import Bed

HOUR = 60
WELL = {"temperature_c": 36.8, "sbp_mmhg": 118, "spo2_pct": 97, "heart_rate_bpm": 80, "resp_rate_bpm": 16}
WELL_CHILD = {"temperature_c": 36.8, "sbp_mmhg": 105, "spo2_pct": 98, "heart_rate_bpm": 90, "resp_rate_bpm": 24}
RED_CHILD = {**WELL_CHILD, "heart_rate_bpm": 150, "resp_rate_bpm": 52}  # 4 and 4 at 6 years, pressure unharmed


def shown(bed: Bed) -> dict[str, Any]:
    """The scores that an estimate would carry now, sent or not."""
    (output,) = bed.partition.standing([bed.patient])
    return dict(output.value or {})["scores"]


def score(bed: Bed, name: str) -> tuple[int, int]:
    found = shown(bed)[name]
    return found["low"], found["high"]


def child(age_years: float = 6) -> Bed:
    return Bed().admit(age_years=age_years).on_room_air().vitals(0, **WELL_CHILD)


def test_a_stale_sign_widens_the_score_again():
    bed = Bed().admit().on_room_air().chart(0, "neuro", consciousness="awake")
    bed.vitals(0, **WELL).monitor(1, resp_rate_bpm=26)
    assert score(bed, "news2") == (3, 3)

    bed.until(1 + 4.9)
    assert score(bed, "news2") == (3, 3)
    bed.until(1 + 5)
    assert score(bed, "news2") == (0, 3)
    assert shown(bed)["news2"]["missing"] == ["resp_rate_bpm"]


def test_a_score_sharpens_with_every_sign_that_comes():
    bed = Bed().admit().vitals(1, heart_rate_bpm=80)
    ranges = [score(bed, "news2")]
    for sign in ("resp_rate_bpm", "sbp_mmhg", "spo2_pct", "temperature_c"):
        ranges.append(score(bed.vitals(1, **{sign: WELL[sign]}), "news2"))
    ranges.append(score(bed.chart(1, "oxygen", device="room_air"), "news2"))
    ranges.append(score(bed.chart(1, "neuro", consciousness="awake"), "news2"))

    assert ranges == [(0, 17), (0, 14), (0, 11), (0, 8), (0, 5), (0, 3), (0, 0)]


def test_an_examination_goes_stale_for_a_score_too():
    bed = Bed().admit().chart(0, "neuro", consciousness="voice").vitals(0, **WELL)
    assert score(bed, "qsofa") == (1, 1)
    bed.until(14 * HOUR - 0.1).vitals(14 * HOUR - 0.1, **WELL)
    assert score(bed, "qsofa") == (1, 1)
    bed.until(14 * HOUR)
    assert score(bed, "qsofa") == (0, 1)


def test_room_air_that_nobody_confirms_is_not_known_to_be_room_air():
    bed = Bed().admit().on_room_air(0).chart(0, "neuro", consciousness="awake")
    bed.until(12 * HOUR - 1).vitals(12 * HOUR - 1, **WELL)
    assert score(bed, "news2") == (0, 0)
    bed.until(12 * HOUR)
    assert score(bed, "news2") == (0, 2)

    on_oxygen = Bed().admit().chart(0, "oxygen", device="nasal_cannula", flow_l_min=2)
    on_oxygen.chart(0, "neuro", consciousness="awake").until(12 * HOUR).vitals(12 * HOUR, **WELL)
    assert score(on_oxygen, "news2") == (2, 2)


def test_a_target_ordered_later_changes_the_scale():
    bed = Bed().admit().chart(0, "oxygen", device="nasal_cannula", flow_l_min=2)
    bed.chart(0, "neuro", consciousness="awake").vitals(1, **{**WELL, "spo2_pct": 89})
    assert score(bed, "news2") == (5, 5)

    bed.chart(2, "baseline", spo2_target_low_pct=88)
    assert score(bed, "news2") == (2, 2)
    assert shown(bed)["news2"]["scale"] == 2


def test_a_retracted_value_leaves_the_score():
    bed = Bed(watch_all=False).admit().vitals(1, **WELL).vitals(2, heart_rate_bpm=140, event_id="typo")
    assert score(bed, "news2")[0] == 3
    bed.chart(3, "retraction", retracts="typo")
    assert score(bed, "news2")[0] == 0


def test_the_newer_pressure_source_is_scored():
    bed = Bed(watch_all=False).admit().vitals(1, **WELL).vitals(2, sbp_mmhg=95, bp_source="arterial")
    assert score(bed, "news2")[0] == 2
    bed.vitals(3, sbp_mmhg=118, bp_source="cuff")
    assert score(bed, "news2")[0] == 0


def test_a_red_pews_pages_for_a_child_without_fever():
    bed = child().vitals(1, **RED_CHILD)

    assert bed.said() == ["ward_score pews"]
    page = bed.escalations()[-1]
    assert page["priority"] == "high"
    assert page["because"][0]["rule"] == "ward_score_pews"
    assert (page["because"][0]["value"], page["because"][0]["threshold"]) == (8, 8)
    assert "Parshuram" in page["because"][0]["citation"]


def test_one_point_less_is_not_red():
    bed = child().vitals(1, **{**RED_CHILD, "resp_rate_bpm": 50})  # 4 and 2
    assert bed.said() == []
    assert score(bed, "pews") == (6, 14)


def test_a_red_pews_on_a_monitor_has_to_last():
    bed = child().monitor(1, **RED_CHILD)
    assert bed.said() == []
    bed.until(1 + 14.9 / 60)
    assert bed.said() == []
    bed.until(1 + 15 / 60)
    assert bed.said() == ["ward_score pews"]


def test_a_monitors_child_who_gets_worse_slowly_is_seen_at_the_same_second_by_both_ways():
    said = []
    for thorough in (False, True):
        bed = Bed().admit(age_years=6).on_room_air().vitals(0, **WELL_CHILD)
        bed.partition.ward = bed.partition.ward._replace(thorough=thorough)
        for second in range(90):
            bed.monitor(1 + second / 60, heart_rate_bpm=105 + second, resp_rate_bpm=20 + second // 2, spo2_pct=97)
        said.append([(item["kind"], item["occurred_at"]) for item in bed.escalations()])

    assert said[0] == said[1]
    assert said[0][0][0] == "ward_score"


@pytest.mark.parametrize("thorough", [False, True])
def test_a_cuff_that_speaks_after_the_arterial_line_is_scored_again_and_pages(thorough):
    bed = Bed().admit().on_room_air().vitals(0, **WELL)
    bed.partition.ward = bed.partition.ward._replace(thorough=thorough)
    # NEWS2: 3 for breathing, 2 for the pulse; 2 more by the cuff and none by the arterial line.
    bed.monitor(1, resp_rate_bpm=25, heart_rate_bpm=120, spo2_pct=97, sbp_mmhg=95, bp_source="cuff")
    bed.monitor(1 + 5 / 60, sbp_mmhg=118, bp_source="arterial")
    assert score(bed, "news2")[0] == 5
    bed.monitor(1 + 10 / 60, sbp_mmhg=96, bp_source="cuff")
    assert score(bed, "news2")[0] == 7
    bed.until(1 + 24.9 / 60)
    assert bed.said() == []
    bed.until(1 + 25 / 60)
    assert bed.said() == ["ward_score news2"]


def test_a_pews_page_holds_through_half_an_hour_of_better_signs():
    bed = child().vitals(1, **RED_CHILD)
    assert bed.said() == ["ward_score pews"]
    bed.vitals(5, **WELL_CHILD).vitals(10, **RED_CHILD).vitals(15, **WELL_CHILD).vitals(30, **WELL_CHILD)
    assert bed.said() == []
    bed.vitals(46, **WELL_CHILD)
    assert bed.said() == ["resolved improved"]


def test_a_ward_score_is_not_improved_by_a_sign_that_goes_stale():
    """Cold, fast and breathless: 3 + 2 + 2. The temperature is charted once, stale after 4 h 30 min, lost after 8 h."""
    poorly = {**WELL, "heart_rate_bpm": 112, "resp_rate_bpm": 22}
    bed = Bed().admit().on_room_air(0).vitals(1, **{**poorly, "temperature_c": 35.0})
    for minute in range(31, 8 * HOUR, 30):
        bed.vitals(minute, **{name: value for name, value in poorly.items() if name != "temperature_c"})
    assert (score(bed, "news2")[0], bed.said()) == (4, ["ward_score news2"])
    bed.vitals(8 * HOUR + 30, **{**poorly, "temperature_c": 36.8}).vitals(9 * HOUR, **poorly)
    assert "resolved improved" in bed.said()


def test_a_rise_that_was_paged_says_it_already():
    bed = child().vitals(1, **{**RED_CHILD, "temperature_c": 39.0, "sbp_mmhg": 80})
    assert bed.said() == ["crs_rise 2 #1"]


def test_an_age_charted_late_takes_the_childs_chart_and_its_own_page():
    bed = Bed().admit(age_years=None).on_room_air().vitals(1, **{**RED_CHILD, "spo2_pct": 93})
    assert bed.said() == ["ward_score news2"]  # RR 52 and HR 150 are three points each, two more of saturation

    bed.chart(2, "encounter", action="update", age_years=6)
    assert bed.said() == ["resolved improved", "ward_score pews"]


@pytest.mark.parametrize(("age_years", "scored"), [(17.99, False), (18, True), (None, True)])
def test_qsofa_is_for_adults(age_years, scored):
    bed = Bed(watch_all=False).admit(age_years=age_years).vitals(1, **WELL)
    assert ("qsofa" in shown(bed)) is scored


def test_a_birthday_changes_the_chart():
    bed = Bed(watch_all=False).admit(age_years=None, birth_date="2022-03-02").vitals(1, **WELL_CHILD)
    bed.vitals(2, heart_rate_bpm=115)
    assert score(bed, "pews")[0] == 0  # three years old: up to 119 is normal

    bed.until(24 * HOUR).vitals(24 * HOUR, heart_rate_bpm=115)
    assert score(bed, "pews")[0] == 1  # four since midnight: from 110


def test_nobody_who_is_not_watched_is_paged_for_by_a_score():
    bed = Bed(watch_all=False).admit(age_years=6).on_room_air().vitals(1, **RED_CHILD)
    assert bed.said() == []
    assert score(bed, "pews")[0] == 8
