"""`settled.md` 15 to 18, the held downgrade: one named test a point, minutes since admission."""

import pytest

from tests.vignettes.bed import Bed, when
from tests.vignettes.starting_points import HOUR, SECOND, WELL, febrile_bed


def test_settled_15_each_component_falls_on_its_own_evidence():
    bed = febrile_bed().vitals(10, sbp_mmhg=84).chart(11, "oxygen", device="face_mask")
    assert bed.said() == ["crs_rise 2 #1", "crs_rise 3 #1"]
    # The pressure recovers while the mask stays; then the mask goes.
    bed.vitals(20, sbp_mmhg=115).vitals(50, sbp_mmhg=115).chart(60, "oxygen", device="room_air").until(89.99)
    assert bed.interval == (3, 3)
    bed.until(90)
    assert bed.interval == (1, 1)


def test_settled_15_the_hold_counts_from_when_fever_makes_a_component_count():
    bed = Bed().admit().on_room_air().chart(1, "oxygen", device="face_mask").chart(5, "oxygen", device="room_air")
    bed.vitals(6, temperature_c=38.5, **WELL)
    assert bed.interval == (1, 1)


@pytest.mark.parametrize("drug", ["norepinephrine", "vasopressin"])
def test_settled_15_charted_support_falls_by_time_alone_and_a_new_chart_breaks_the_hold(drug):
    bed = febrile_bed().chart(10, "vasopressor", drug=drug).chart(20, "vasopressor", drug=drug, rate=0)
    bed.chart(40, "vasopressor", drug=drug, rate=0.1).chart(45, "vasopressor", drug=drug, rate=0).until(74.99)
    assert bed.interval == (3, 3)
    bed.until(75)
    assert bed.interval == (1, 1)


def test_settled_15_a_measured_fall_needs_a_second_reading_half_an_hour_after_the_first():
    bed = febrile_bed().vitals(10, sbp_mmhg=84).vitals(20, sbp_mmhg=115).until(60)
    assert bed.interval == (2, 2)  # by time alone it does not fall
    bed.vitals(60, sbp_mmhg=115)
    assert bed.interval == (1, 1)


def test_settled_15_a_sign_gone_stale_neither_breaks_nor_completes_the_hold():
    bed = febrile_bed().monitor(10, spo2_pct=88).until(11).monitor(12, spo2_pct=96).until(43)
    assert bed.estimate["inputs"]["spo2_pct"]["state"] == "lost"
    assert bed.interval[0] == 2  # not completed
    bed.monitor(44, spo2_pct=96)
    assert bed.interval[0] == 1  # and not broken: the first normal reading was at 12


def test_settled_15_only_an_established_contrary_reading_breaks_it():
    # One low second of a stream is not established: the hold goes on.
    bed = febrile_bed().monitor(10, spo2_pct=88).until(11)
    for minute in range(12, 43):
        bed.monitor(minute, spo2_pct=96)
        if minute == 30:
            bed.monitor(minute + 2 * SECOND, spo2_pct=88).monitor(minute + 6 * SECOND, spo2_pct=96)
    assert bed.interval == (1, 1)

    # Fifteen seconds are: the count starts again.
    bed = febrile_bed().monitor(10, spo2_pct=88).until(11)
    for minute in range(12, 43):
        bed.monitor(minute, spo2_pct=96)
        if minute == 30:
            bed.monitor(minute + 2 * SECOND, spo2_pct=88).monitor(minute + 20 * SECOND, spo2_pct=96)
    assert bed.interval == (2, 2)


def test_settled_15_unknown_never_lowers_the_grade():
    bed = febrile_bed().vitals(10, sbp_mmhg=84).until(30 * HOUR)
    # The pressure is lost, the temperature too: two is what is known.
    assert bed.estimate["inputs"]["sbp_mmhg"]["state"] == "lost"
    assert bed.interval[0] == 2


def test_settled_16_late_data_raise_a_past_grade_at_once():
    bed = febrile_bed().vitals(40, sbp_mmhg=118).vitals(20, sbp_mmhg=84, arrives=41)
    assert bed.said() == ["crs_rise 2 #1 late"]
    assert bed.interval == (2, 2)


def test_settled_16_a_sent_rise_that_late_data_refute_goes_into_the_hold_from_now():
    bed = febrile_bed().monitor(10, spo2_pct=88).until(10.5)
    assert bed.said() == ["crs_rise 2 #1"]
    # A normal second within the fifteen, five minutes late: it was no finding after all.
    bed.monitor(10 + 6 * SECOND, spo2_pct=95, arrives=15)
    assert (bed.said(), bed.interval) == ([], (2, 2))
    assert bed.estimate["held"] == {"to": 1, "until": when(45)}
    for minute in range(16, 45):
        bed.monitor(minute, spo2_pct=96)
    assert bed.said() == []
    bed.monitor(45, spo2_pct=96)
    assert bed.said() == ["resolved improved"]


def test_settled_16_only_a_retraction_withdraws():
    bed = febrile_bed().vitals(10, sbp_mmhg=84, event_id="wrong").chart(12, "retraction", retracts="wrong")
    assert bed.said() == ["crs_rise 2 #1", "resolved retracted"]
    assert bed.interval == (1, 1)


def test_settled_17_a_jump_that_falls_half_way_keeps_its_alarm_open():
    bed = febrile_bed().chart(10, "oxygen", device="face_mask")
    bed.chart(20, "oxygen", device="nasal_cannula", flow_l_min=2).until(50)
    assert bed.interval == (2, 2)
    assert bed.said() == ["crs_rise 3 #1"]
    assert bed.estimate["grade"] == 2
    bed.chart(60, "oxygen", device="room_air").until(90)
    assert bed.said() == ["resolved improved"]
    assert bed.escalations("resolved")[0]["resolves"] == [bed.escalations("crs_rise")[-1]["escalation_id"]]


def test_settled_17_a_rise_resolves_when_the_grade_is_back_at_the_one_it_rose_from():
    bed = febrile_bed().chart(5, "oxygen", device="nasal_cannula", flow_l_min=2).chart(10, "oxygen", device="face_mask")
    assert bed.said() == ["crs_rise 2 #1", "crs_rise 3 #1"]
    bed.chart(20, "oxygen", device="nasal_cannula", flow_l_min=2).until(50)
    (ended,) = bed.escalations("resolved")
    assert ended["resolves"] == [bed.escalations("crs_rise")[2]["escalation_id"]]  # the rise to 3 alone


def test_settled_18_icans_is_held_as_charted_state_and_held_on_the_wire_is_crs_only():
    bed = febrile_bed().chart(10, "neuro", ice=5, consciousness="awake")
    assert bed.said() == ["icans_rise 2 #1"]
    bed.chart(20, "neuro", ice=10).until(49.99)
    assert bed.estimate["icans"] == 2
    assert "held" not in bed.estimate
    bed.until(50)
    assert (bed.estimate["icans"], bed.said()) == (0, ["resolved improved"])
