"""Our own rules fail on one patient: people are told, the others are served."""

from services.notifier.ledger.settling import AGAIN_AFTER_FAULT_MS
from tests.unit.notifier.night import Night, shipped_policy


def test_a_patient_our_rules_fail_on_is_told_of_and_the_others_are_paged(night: Night):
    whole = night.manner.policy
    ladders = {level: ladder for level, ladder in whole.ladders.items() if level != "grade_2"}
    broken = whole.model_copy(update={"ladders": ladders})
    object.__setattr__(night, "manner", type(night.manner)(broken, night.manner.channels, "P0", "http://board"))
    two = night.rise(2, patient="patient-1")

    night.hear(two, night.rise(1, patient="patient-2"))

    told = [(page["data"]["to"], page["data"]["why"]) for _, page in night.pager.calls]
    assert ("primary_nurse", "raised") in told
    assert sorted(role for role, why in told if why == "software fault") == [
        "charge_nurse",
        "house_supervisor",
        "on_call_provider",
    ]
    night.pager.calls.clear()
    assert night.verdict(two) is None

    night.manner = type(night.manner)(shipped_policy(), night.manner.channels, "P0", "http://board")
    night.at(AGAIN_AFTER_FAULT_MS / 1000)
    night.expect("primary_nurse")
    assert night.verdict(two).startswith("page: first")
