"""The partition around the rules: faults, deadlines, what a unit cannot give, old retractions."""

import pytest

from services.grader.engine import Origin
from services.grader.engine.partition import Partition
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.engine.ruleset.unit_profile import with_unit_profile
from tests.vignettes.bed import Bed, ms, when

WELL = {"sbp_mmhg": 118, "spo2_pct": 97, "heart_rate_bpm": 80, "resp_rate_bpm": 16}


def test_a_fault_costs_one_record():
    bed = Bed().admit().on_room_air().vitals(1, temperature_c=38.5, **WELL)
    bed.said()
    # No decoder lets this through: it stands for what we did not think of.
    broken = {
        "schema": "crs.clinical.v1",
        "event_id": "x",
        "patient_id": "bed-7",
        "recorded_at": when(2),
        "kind": "oxygen",
    }
    outputs = bed.partition.apply(broken, clock_ms=ms(2), origin=Origin("t", 0, 99))
    assert [output.topic for output in outputs] == ["rejected", "escalations", "evidence", "estimates"]
    assert outputs[0].value["reason"] == "engine_fault"
    assert (outputs[1].value["kind"], outputs[1].value["priority"]) == ("engine_fault", "high")
    assert outputs[3].value["prompts"][0] == "not graded: software fault"

    bed.vitals(3, sbp_mmhg=84)
    assert bed.said() == ["crs_rise 2 #1", "resolved data_returned"]
    assert bed.escalations("resolved")[-1]["resolves"] == [outputs[1].value["escalation_id"]]
    assert "not graded: software fault" not in bed.estimate.get("prompts", [])


def test_ticks_and_rule_activations_are_not_about_a_patient():
    assert Partition().apply({"schema": "crs.tick.v1"}, clock_ms=1, origin=Origin("t", 0, 0)) == []


def test_each_escalation_is_followed_by_its_evidence_and_the_estimate_comes_last():
    bed = Bed().admit().on_room_air().vitals(1, temperature_c=38.5, **{**WELL, "sbp_mmhg": 45})
    topics = [output.topic for output in bed.outputs if output.topic != "estimates"]
    assert topics == ["escalations", "evidence"] * (len(topics) // 2)
    assert bed.outputs[-1].topic == "estimates"
    names = [output.value["escalation_id"] for output in bed.outputs if output.topic != "estimates"]
    assert names[::2] == names[1::2]


def test_what_a_unit_cannot_give_is_not_missing():
    profile = {"version": "1", "signed_off_by": "lead", "units": {"onc": {"vasopressors": 0, "oxygen": 3}}}
    bed = Bed(unit_profile=profile).admit().vitals(1, temperature_c=38.5, **WELL)
    assert bed.interval == (1, 3)
    assert bed.estimate["missing"] == ["oxygen_device"]
    bed.chart(2, "encounter", action="transfer", unit="icu")
    assert bed.interval == (1, 4)


def test_an_unsigned_unit_profile_is_refused():
    with pytest.raises(ValueError, match="signed_off_by"):
        with_unit_profile(DEFAULT_RULES, {"units": {"onc": {"vasopressors": 0}}})


def test_a_retraction_is_never_too_late():  # settled 14
    bed = Bed().admit().vitals(1, temperature_c=38.5, **WELL)
    bed.chart(2, "oxygen", device="face_mask", event_id="mask")
    day = 24 * 60
    for hour in range(4, 80, 4):
        bed.vitals(hour * 60, temperature_c=38.5, **WELL).chart(hour * 60, "vasopressor", drug="none")
    assert "mask" in bed.partition.patients["bed-7"].history.entries  # at any age: the grade rests on it
    bed.said()
    bed.chart(3 * day + 480, "retraction", retracts="mask")
    assert bed.interval == (1, 4)
    assert "resolved retracted" in bed.said()


def test_deadlines_run_in_order_of_time_then_patient():
    bed = Bed(watch_all=False)
    for patient in ("bed-9", "bed-8"):
        bed.patient = patient
        bed.admit(0, event_id=f"admit-{patient}").monitor(1, **WELL)
    bed.until(100)
    found = [(item["occurred_at"], item["patient_id"]) for item in bed.escalations("technical_silent")]
    assert found == [(when(16), "bed-8"), (when(16), "bed-9")]
    assert all(item["detected_at"] == item["occurred_at"] for item in bed.escalations("technical_silent"))
