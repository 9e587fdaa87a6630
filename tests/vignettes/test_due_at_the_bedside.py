"""What is due at the bedside, to be confirmed, or to be known: prompts on the estimate. Minutes since the dose."""

from dataclasses import replace

from services.grader.engine.ruleset.rules import DEFAULT_RULES
from tests.vignettes.bed import Bed, when
from tests.vignettes.on_the_board import due, prompts
from tests.vignettes.starting_points import DAY, HOUR, WELL, dosed_bed

MASKED = "fever may be masked: antipyretic in the last 6 h"
LOW_MEAN = "possible hypotension: mean pressure low"


def test_a_round_is_due_half_an_hour_late_and_shown_without_new_data():
    bed = dosed_bed().until(4 * HOUR + 29.99)
    assert due(bed) == []
    bed.until(4 * HOUR + 30)
    assert due(bed) == ["temperature", "heart rate", "respiratory rate", "SpO2", "blood pressure"]
    bed.vitals(4 * HOUR + 31, temperature_c=36.8)
    assert due(bed) == ["heart rate", "respiratory rate", "SpO2", "blood pressure"]
    bed.vitals(4 * HOUR + 32, **WELL)
    assert due(bed) == []
    assert bed.said() == []  # a prompt pages nobody


def test_with_fever_after_a_dose_rounds_are_expected_every_two_hours():  # clinical.md 7.1, NCI
    bed = dosed_bed().vitals(10, temperature_c=38.0, **WELL)
    assert bed.estimate["risk_window"]["expected"] == {"vitals_every_h": 2, "exam_every_h": 12}
    assert due(bed.until(2 * HOUR + 39.99)) == []
    assert "temperature" in due(bed.until(2 * HOUR + 40))
    bed.vitals(3 * HOUR, temperature_c=37.9, **WELL)
    assert bed.estimate["risk_window"]["expected"]["vitals_every_h"] == 4
    assert due(bed.until(7 * HOUR + 29.99)) == []
    assert "temperature" in due(bed.until(7 * HOUR + 30))


def test_fever_without_a_dose_keeps_the_usual_round():
    bed = Bed().admit().on_room_air().vitals(0, temperature_c=38.5, **WELL)
    assert due(bed.until(4 * HOUR + 29.99)) == []
    assert "temperature" in due(bed.until(4 * HOUR + 30))


def test_a_sign_never_measured_is_due_a_quarter_of_an_hour_after_admission():
    bed = Bed().admit().vitals(1, heart_rate_bpm=80, spo2_pct=97)
    assert due(bed.until(14.99)) == []
    assert due(bed.until(15)) == ["temperature", "respiratory rate", "blood pressure"]


def test_a_patient_nobody_admitted_is_not_waited_for_sign_by_sign():
    bed = Bed().vitals(1, heart_rate_bpm=80, spo2_pct=97)
    assert due(bed.until(60)) == []


def test_a_fallen_probe_is_due_when_its_stream_goes_stale():
    bed = dosed_bed().monitor(10, spo2_pct=97, heart_rate_bpm=80)
    for minute in range(11, 15):
        bed.monitor(minute, heart_rate_bpm=80)
    assert due(bed.until(14.99)) == []
    assert due(bed.until(15)) == ["SpO2"]
    bed.monitor(15.5, spo2_pct=97, heart_rate_bpm=80)
    assert due(bed) == []


def test_a_cuff_stands_in_for_a_disconnected_arterial_line():
    bed = dosed_bed().monitor(10, sbp_mmhg=116, bp_source="arterial").monitor(12, sbp_mmhg=118, bp_source="cuff")
    assert "blood pressure" not in due(bed.until(86.99))
    assert "blood pressure" in due(bed.until(87))


def test_each_source_is_shown_as_stale_at_its_own_time():
    bed = dosed_bed().monitor(10, map_mmhg=80, bp_source="arterial").monitor(12, map_mmhg=82, bp_source="cuff")
    shown = bed.until(14.99).estimate["inputs"]
    assert (shown["map_mmhg"]["state"], shown["map_mmhg:arterial"]["state"]) == ("fresh", "fresh")
    shown = bed.until(15).estimate["inputs"]
    assert (shown["map_mmhg"]["state"], shown["map_mmhg:arterial"]["state"]) == ("fresh", "stale")


def test_a_monitors_cuff_is_due_when_stale_however_often_rounds_are_expected():
    rules = replace(DEFAULT_RULES, cuff_stale_min=200, cuff_lost_min=300)
    bed = Bed(rules=rules).admit(-1).chart(0, "immunotherapy", product="axi-cel").vitals(0, temperature_c=38.5, **WELL)
    bed.monitor(1, sbp_mmhg=118)
    assert "blood pressure" not in due(bed.until(200.99))
    assert "blood pressure" in due(bed.until(201))


def test_nothing_is_due_while_the_patient_is_expected_elsewhere():  # settled 27
    bed = dosed_bed().chart(HOUR, "encounter", action="off_unit", expected_return=when(6 * HOUR))
    assert due(bed.until(6 * HOUR - 0.01)) == []
    assert "temperature" in due(bed.until(6 * HOUR))


def test_nothing_is_due_while_monitoring_is_stopped_by_order():  # settled 27
    bed = dosed_bed().chart(HOUR, "monitoring", state="stopped_by_order", author="dr-a").until(12 * HOUR)
    assert due(bed) == []


def test_unconfirmed_support_is_to_be_confirmed_where_it_matters():  # settled 1
    bed = dosed_bed().vitals(10, temperature_c=38.5, **WELL).until(4 * HOUR - 0.01)
    assert not any(prompt.startswith("confirm") for prompt in prompts(bed))
    assert "confirm vasopressors: charted 4 h ago or earlier" in prompts(bed.until(4 * HOUR))
    assert not any("device" in prompt for prompt in prompts(bed.until(12 * HOUR - 0.01)))
    assert "confirm the oxygen device: charted 12 h ago or earlier" in prompts(bed.until(12 * HOUR))
    bed.on_room_air(12 * HOUR + 1)
    assert not any(prompt.startswith("confirm") for prompt in prompts(bed))


def test_support_that_a_unit_cannot_give_is_not_asked_for():
    profile = {"version": "1", "signed_off_by": "dr-a", "units": {"onc": {"vasopressors": 0, "oxygen": 4}}}
    bed = Bed(unit_profile=profile).admit().vitals(1, temperature_c=38.5, **WELL)
    assert "chart the oxygen device" in prompts(bed)
    assert not any("vasopressors" in prompt for prompt in prompts(bed))


def test_fever_may_be_masked_for_six_hours_after_an_antipyretic():  # clinical.md 10.1(2)
    bed = dosed_bed().chart(10, "medication", drug="paracetamol").vitals(2 * HOUR, temperature_c=36.8, **WELL)
    assert MASKED in prompts(bed)
    assert MASKED in prompts(bed.until(6 * HOUR + 9.99))
    assert MASKED not in prompts(bed.until(6 * HOUR + 10))
    assert MASKED not in prompts(dosed_bed().chart(10, "medication", drug="levetiracetam"))


def test_fever_is_called_unassessed_until_somebody_explains_it():  # clinical.md 10.1(1)
    bed = dosed_bed().vitals(10, temperature_c=38.5, **WELL)
    assert "fever, cause not assessed" in prompts(bed)
    bed.chart(20, "attribution", finding="fever", cause="line infection", author="dr-a", expires_at=when(DAY))
    assert "fever, cause not assessed" not in prompts(bed)


def test_a_low_mean_pressure_is_told_while_it_is_fresh():
    bed = dosed_bed().monitor(10, map_mmhg=64)
    assert LOW_MEAN in prompts(bed)
    assert LOW_MEAN in prompts(bed.until(84.99))
    assert LOW_MEAN not in prompts(bed.until(85))
    assert LOW_MEAN not in prompts(bed.monitor(90, map_mmhg=65))


def test_an_unknown_product_is_said():
    said = "product not in the table: default risk window"
    assert said in prompts(dosed_bed("car-t study 7"))
    assert said not in prompts(dosed_bed("TECVAYLI"))
