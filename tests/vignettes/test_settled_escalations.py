"""`settled.md` 22 to 26, who is paged for what: one named test a point, minutes since admission."""

import pytest

from services.control.__main__ import main
from tests.vignettes.bed import Bed
from tests.vignettes.starting_points import HOUR, SECOND, WELL, febrile_bed, well_bed


def test_settled_22_a_rise_that_returns_after_resolved_gets_the_next_number_and_pages():
    bed = febrile_bed().vitals(10, sbp_mmhg=84).vitals(20, sbp_mmhg=112).vitals(50, sbp_mmhg=112)
    assert bed.said() == ["crs_rise 2 #1", "resolved improved"]
    bed.vitals(60, sbp_mmhg=84)
    assert bed.said() == ["crs_rise 2 #2"]
    names = [item["escalation_id"] for item in bed.escalations("crs_rise")]
    assert len(names) == len(set(names))


def test_settled_22_withdrawn_rises_are_counted():
    bed = febrile_bed().chart(10, "vasopressor", drug="norepinephrine", event_id="p1")
    bed.chart(20, "retraction", retracts="p1").chart(30, "vasopressor", drug="norepinephrine")
    assert bed.said() == ["crs_rise 3 #1", "resolved retracted", "crs_rise 3 #2"]


def test_settled_22_another_episode_counts_from_one():
    bed = febrile_bed().vitals(10, sbp_mmhg=84)
    for hour in range(1, 26):
        bed.vitals(hour * HOUR, temperature_c=36.8, **WELL).on_room_air(hour * HOUR)
    bed.until(26 * HOUR)
    assert bed.said() == ["crs_rise 2 #1", "resolved improved", "resolved episode_closed"]
    bed.vitals(26 * HOUR + 1, temperature_c=38.5).vitals(26 * HOUR + 2, sbp_mmhg=84)
    assert bed.said() == ["crs_rise 1 #1", "crs_rise 2 #1"]


def test_settled_23_a_late_rise_not_above_the_highest_already_sent_is_recorded_only():
    bed = febrile_bed().chart(10, "oxygen", device="face_mask").chart(20, "oxygen", device="room_air").until(55)
    assert bed.said() == ["crs_rise 3 #1", "resolved improved"]
    bed.vitals(56, sbp_mmhg=118).vitals(15, sbp_mmhg=84, arrives=57)
    assert bed.said() == []
    bed.chart(15, "oxygen", device="bipap", arrives=58)
    assert (bed.said(), bed.interval[0]) == (["crs_rise 4 #1 late"], 2)
    bed.vitals(87, sbp_mmhg=118)
    assert (bed.said(), bed.interval[0]) == (["resolved improved"], 1)  # back at what was paged for before


@pytest.mark.parametrize("refuted", ["reading", "chart"])
def test_settled_23_readings_and_charts_can_both_refute(refuted):
    bed = febrile_bed().vitals(30, **WELL)
    if refuted == "reading":
        bed.vitals(20, sbp_mmhg=84, arrives=31)
    else:
        bed.chart(30, "oxygen", device="room_air").chart(20, "oxygen", device="nasal_cannula", flow_l_min=2, arrives=31)
    assert bed.said() == ["crs_rise 2 #1 late"]
    assert bed.escalations("crs_rise")[-1]["priority"] == "low"  # medium, one lower


def test_settled_23_unrefuted_it_keeps_its_priority():
    bed = febrile_bed().vitals(30, spo2_pct=97).vitals(20, sbp_mmhg=84, arrives=31)
    assert bed.said() == ["crs_rise 2 #1 late"]
    assert bed.escalations("crs_rise")[-1]["priority"] == "medium"


def test_settled_23_a_vasopressor_start_is_never_lowered_in_priority():
    bed = febrile_bed().chart(30, "vasopressor", drug="none").vitals(30, sbp_mmhg=118)
    bed.chart(20, "vasopressor", drug="norepinephrine", arrives=31)
    assert bed.said() == ["crs_rise 3 #1 late"]
    assert bed.escalations("crs_rise")[-1]["priority"] == "high"


def test_settled_24_a_gap_pages_after_sixty_seconds():
    bed = Bed().admit().chart(0, "vasopressor", drug="none").vitals(1, temperature_c=38.5, spo2_pct=97)
    bed.said()
    bed.until(1 + 59.9 * SECOND)
    assert bed.said() == []
    bed.until(2)
    assert bed.said() == ["possible_crs"]
    assert bed.escalations("possible_crs")[0]["missing"] == ["sbp_mmhg", "oxygen_device"]


def test_settled_24_it_pages_again_only_for_an_input_not_yet_paged_for_in_the_episode():
    bed = Bed().admit().chart(0, "vasopressor", drug="none").vitals(1, temperature_c=38.5, spo2_pct=97).until(2)
    assert bed.said() == ["crs_rise 1 #1", "possible_crs"]
    bed.vitals(10, sbp_mmhg=118).chart(10, "oxygen", device="room_air")
    assert bed.said() == ["resolved data_returned"]
    # The vasopressors become unconfirmed, which counts as uncharted, while the pressure goes stale: the list is new.
    bed.vitals(4 * HOUR - 1, spo2_pct=97).until(4 * HOUR + 41)
    assert [line for line in bed.said() if line == "possible_crs"] == ["possible_crs"]
    assert "vasopressor" in bed.escalations("possible_crs")[-1]["missing"]
    bed.vitals(5 * HOUR, sbp_mmhg=118).chart(5 * HOUR, "vasopressor", drug="none").on_room_air(5 * HOUR)
    bed.vitals(8 * HOUR, spo2_pct=97)
    bed.said()
    # The same two once more: nothing is new.
    bed.until(9 * HOUR + 45)
    assert bed.estimate["missing"] == ["sbp_mmhg", "vasopressor"]
    assert "possible_crs" not in bed.said()


def test_settled_24_without_an_episode_it_counts_since_admission():
    bed = Bed().admit().on_room_air().vitals(1, sbp_mmhg=84, spo2_pct=97).until(3)
    assert bed.said() == ["possible_crs"]
    bed.vitals(10, sbp_mmhg=118).vitals(20, sbp_mmhg=84).until(22)
    assert bed.said() == ["resolved data_returned"]


CRITICAL = [("heart_rate_bpm", 0, 1), ("resp_rate_bpm", 0, 1), ("spo2_pct", 49, 50), ("sbp_mmhg", 49, 50)]


@pytest.mark.parametrize(("sign", "critical", "tolerable"), CRITICAL)
def test_settled_25_a_critical_value_by_hand_pages_at_once(sign, critical, tolerable):
    bed = well_bed(watch_all=False).vitals(1, **{sign: tolerable})
    assert bed.said() == []
    bed.vitals(2, **{sign: critical})
    assert bed.said() == [f"critical_value {sign}"]


@pytest.mark.parametrize(("sign", "critical", "tolerable"), CRITICAL)
def test_settled_25_on_a_monitors_stream_it_must_last_ten_seconds(sign, critical, tolerable):
    bed = well_bed(watch_all=False).monitor(1, **{sign: critical}).until(1 + 9.9 * SECOND)
    assert bed.said() == []
    bed.until(1 + 10 * SECOND)
    assert bed.said() == [f"critical_value {sign}"]

    bed = well_bed(watch_all=False).monitor(1, **{sign: critical}).monitor(1 + 9 * SECOND, **{sign: tolerable}).until(2)
    assert bed.said() == []


PLAUSIBLE = [
    ("temperature_c", 32, 44), ("heart_rate_bpm", 20, 300), ("sbp_mmhg", 30, 300), ("dbp_mmhg", 10, 200),
    ("map_mmhg", 20, 250), ("resp_rate_bpm", 3, 70), ("spo2_pct", 50, 100),
]  # fmt: skip


@pytest.mark.parametrize(("sign", "low", "high"), PLAUSIBLE)
def test_settled_25_other_values_outside_the_plausible_range_are_flagged_only(sign, low, high):
    for value, flags in ((low, None), (high, None), (low - 1, ["implausible"]), (high + 1, ["implausible"])):
        if sign == "spo2_pct" and value > 100:
            continue  # cannot be encoded
        bed = well_bed(watch_all=False).vitals(10, **{sign: value})
        shown = bed.estimate["inputs"][sign]
        if sign == "temperature_c" and value > high:
            flags = ["unit_suspect"]
        assert (shown["value"], shown.get("flags")) == (value, flags)
        critical = {"sbp_mmhg": value < 50, "spo2_pct": value < 50}.get(sign, False)
        assert ("critical_value " + sign in bed.said()) is critical


@pytest.mark.parametrize(("age_years", "flagged"), [(0.5, False), (1, True)])
def test_settled_25_infants_breathe_up_to_a_hundred(age_years, flagged):
    bed = Bed(watch_all=False).admit(age_years=age_years).vitals(10, resp_rate_bpm=100)
    assert ("flags" in bed.estimate["inputs"]["resp_rate_bpm"]) is flagged
    bed.vitals(20, resp_rate_bpm=101)
    assert bed.estimate["inputs"]["resp_rate_bpm"]["flags"] == ["implausible"]


def test_settled_26_critical_values_and_technical_kinds_need_no_enrolment():
    bed = Bed(watch_all=False).admit().monitor(1, spo2_pct=40, heart_rate_bpm=80).until(1.5)
    assert bed.said() == ["critical_value spo2_pct"]
    for minute in range(2, 18):
        bed.monitor(minute, heart_rate_bpm=80)
    assert "technical_stale spo2_pct" in bed.said()
    assert bed.until(40).said() == ["technical_silent"]


def test_settled_26_on_enrolment_the_standing_grade_is_raised_at_once_and_not_as_late():
    bed = Bed(watch_all=False).admit().on_room_air().vitals(1, temperature_c=38.5, **{**WELL, "sbp_mmhg": 84})
    assert bed.said() == []
    bed.chart(60, "immunotherapy", product="axi-cel")
    assert bed.said() == ["crs_rise 2 #1"]
    assert bed.escalations()[-1]["late"] is False


def test_settled_26_enrolment_survives_a_discharge_until_the_risk_window_ends():
    day = 24 * HOUR
    for back, said in ((29 * day, ["crs_rise 1 #1"]), (31 * day, [])):
        bed = Bed(watch_all=False).admit().chart(1, "immunotherapy", product="axi-cel")
        bed.chart(2 * day, "encounter", action="discharge").until(back)
        bed.said()
        bed.admit(back, event_id="admit-2").on_room_air(back).vitals(back + 1, temperature_c=38.5, **WELL)
        assert [line for line in bed.said() if line.startswith("crs_rise")] == said


@pytest.mark.parametrize("option", ["--watch-all", "--rules", "--unit-profile", "--until"])
def test_settled_26_replay_takes_these_options(option, capsys):
    with pytest.raises(SystemExit):
        main(["replay", "--help"])
    assert option in capsys.readouterr().out
