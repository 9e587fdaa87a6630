"""Rises, the held downgrade, resolving: timelines in minutes. An escalation that is not expected fails the test."""

from tests.vignettes.bed import Bed, when


def febrile_bed() -> Bed:
    """Everything known, nothing but a fever; the rise to Grade 1 is read off."""
    bed = Bed().admit().on_room_air()
    bed.vitals(1, temperature_c=38.5, sbp_mmhg=118, spo2_pct=97, heart_rate_bpm=90, resp_rate_bpm=16)
    assert bed.said() == ["crs_rise 1 #1"]
    return bed


def test_a_lower_grade_needs_a_second_normal_reading_half_an_hour_after_the_first():
    bed = febrile_bed().vitals(10, sbp_mmhg=84)
    assert bed.said() == ["crs_rise 2 #1"]

    bed.vitals(20, sbp_mmhg=112).vitals(49, sbp_mmhg=114)
    assert bed.interval == (2, 2)
    assert bed.estimate["held"] == {"to": 1, "until": when(50)}
    bed.until(60)
    assert bed.said() == []

    bed.vitals(61, sbp_mmhg=113)
    assert bed.interval == (1, 1)
    assert bed.said() == ["resolved improved"]


def test_a_low_reading_in_between_breaks_the_hold():
    bed = febrile_bed().vitals(10, sbp_mmhg=84).vitals(20, sbp_mmhg=112).vitals(30, sbp_mmhg=84)
    bed.vitals(40, sbp_mmhg=112).vitals(60, sbp_mmhg=113)
    assert bed.interval == (2, 2)

    bed.vitals(70, sbp_mmhg=113)
    assert bed.interval == (1, 1)


def test_charted_support_falls_by_time_alone():
    bed = febrile_bed().chart(10, "oxygen", device="face_mask")
    assert bed.said() == ["crs_rise 3 #1"]

    bed.chart(20, "oxygen", device="room_air").until(49.99)
    assert bed.interval == (3, 3)
    bed.until(50)
    assert bed.interval == (1, 1)
    assert bed.said() == ["resolved improved"]


def test_a_sign_gone_stale_neither_breaks_nor_completes_the_hold():  # settled 15
    bed = febrile_bed().monitor(10, sbp_mmhg=84, bp_source="arterial").until(10.5)
    assert bed.said() == ["crs_rise 2 #1"]

    bed.monitor(12, sbp_mmhg=112, bp_source="arterial").until(45)
    assert bed.interval[0] == 2
    bed.monitor(46, sbp_mmhg=112, bp_source="arterial")
    assert bed.interval[0] == 1


def test_a_jump_from_one_to_three_that_falls_to_two_keeps_its_alarm_open():  # settled 17
    bed = (
        febrile_bed().chart(10, "oxygen", device="face_mask").chart(20, "oxygen", device="nasal_cannula", flow_l_min=2)
    )
    bed.until(51)
    assert bed.interval == (2, 2)
    assert bed.said() == ["crs_rise 3 #1"]

    bed.chart(60, "oxygen", device="room_air").until(90)
    assert bed.interval == (1, 1)
    assert bed.said() == ["resolved improved"]


def test_a_return_after_a_confirmed_downgrade_is_a_new_rise_and_pages():  # settled 22
    bed = febrile_bed().vitals(10, sbp_mmhg=84).vitals(20, sbp_mmhg=112).vitals(50, sbp_mmhg=112)
    assert bed.said() == ["crs_rise 2 #1", "resolved improved"]

    bed.vitals(60, sbp_mmhg=84)
    assert bed.said() == ["crs_rise 2 #2"]
    first, second = (item["escalation_id"] for item in bed.escalations("crs_rise") if item["grade"] == 2)
    assert first != second


def test_the_same_grade_does_not_repeat_while_it_lasts():
    bed = febrile_bed()
    for minute in range(10, 60, 5):
        bed.vitals(minute, sbp_mmhg=84 + minute % 3)
    assert bed.said() == ["crs_rise 2 #1"]


def test_the_hold_counts_from_when_fever_makes_a_component_count():  # settled 15
    bed = Bed().admit().on_room_air().chart(1, "oxygen", device="face_mask").chart(5, "oxygen", device="room_air")
    bed.vitals(6, temperature_c=38.5, sbp_mmhg=118, spo2_pct=97, heart_rate_bpm=90, resp_rate_bpm=16)
    assert bed.interval == (1, 1)


def test_a_pressure_held_up_by_a_pressor_does_not_support_clearing():  # settled 8
    bed = febrile_bed().vitals(10, sbp_mmhg=84).chart(11, "vasopressor", drug="norepinephrine", rate=0.1)
    bed.vitals(15, sbp_mmhg=110).vitals(50, sbp_mmhg=112).chart(60, "vasopressor", drug="none").until(95)
    assert bed.interval[0] == 2
    bed.vitals(96, sbp_mmhg=112).vitals(120, sbp_mmhg=112)
    assert bed.interval[0] == 2
    bed.vitals(126, sbp_mmhg=112)
    assert bed.interval[0] == 1


def test_fever_is_latched_while_the_episode_is_open():
    bed = febrile_bed().vitals(10, temperature_c=36.9).chart(12, "vasopressor", drug="norepinephrine", rate=0.1)
    assert bed.interval == (3, 3)
    assert bed.said() == ["crs_rise 3 #1"]


def test_an_improved_temperature_alone_leaves_grade_one():
    bed = febrile_bed().vitals(10, temperature_c=36.9).until(120)
    assert bed.interval[0] == 1
    assert bed.said() == []
