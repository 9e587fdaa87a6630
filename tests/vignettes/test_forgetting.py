"""A day after discharge a patient is forgotten; enrolment is remembered until the risk window ends."""

import orjson
import pytest

from tests.vignettes.bed import Bed

HOUR, DAY = 60, 1440
WELL = {"sbp_mmhg": 118, "spo2_pct": 97, "heart_rate_bpm": 80, "resp_rate_bpm": 16}


def discharged_bed(*, dosed: bool, watch_all: bool = False) -> Bed:
    """Febrile, and sent home an hour after admission."""
    bed = Bed(watch_all=watch_all).admit().on_room_air()
    if dosed:
        bed.chart(1, "immunotherapy", product="axi-cel")
    bed.vitals(2, temperature_c=38.5, **WELL).chart(HOUR, "encounter", action="discharge", event_id="discharge-1")
    bed.said()
    return bed


def tombstones(bed: Bed) -> list[str]:
    """Patients whose estimate was taken out of the topic; nothing else may carry no value."""
    return [output.key for output in bed.outputs if output.topic == "estimates" and output.value is None]


def test_a_day_after_discharge_nothing_is_left():
    bed = discharged_bed(dosed=False).until(HOUR + DAY - 0.01)
    assert tombstones(bed) == []
    bed.partition.touched.clear()
    bed.until(HOUR + DAY)
    assert tombstones(bed) == ["bed-7"]
    assert bed.outputs[-1].value is None
    assert bed.partition.patients == {}
    # The checkpoint has to learn of it.
    assert bed.partition.touched == {"bed-7"}
    assert bed.partition.encoded("bed-7") is None
    bed.until(40 * DAY)
    assert (tombstones(bed), bed.said()) == (["bed-7"], [])


@pytest.mark.parametrize("undone", ["cancelled", "retracted", "readmitted"])
def test_who_is_back_within_the_day_is_not_forgotten(undone):
    bed = discharged_bed(dosed=False).until(20 * HOUR)
    if undone == "cancelled":
        bed.chart(20 * HOUR, "encounter", action="cancel_discharge")
    elif undone == "retracted":
        bed.chart(20 * HOUR, "retraction", retracts="discharge-1")
    else:
        bed.chart(20 * HOUR, "encounter", action="admit")
    bed.until(3 * DAY)
    assert tombstones(bed) == []
    assert bed.estimate["encounter"] == "admitted"


def test_a_restart_forgets_at_the_same_time():
    bed = discharged_bed(dosed=False).restarted().until(HOUR + DAY)
    assert (tombstones(bed), bed.partition.patients) == (["bed-7"], {})


def test_enrolment_is_remembered_until_the_risk_window_ends():  # settled 26
    bed = discharged_bed(dosed=True).until(HOUR + DAY)
    assert tombstones(bed) == ["bed-7"]
    revision = bed.partition.patients["bed-7"].revision
    assert len(orjson.dumps(bed.known())) < 1280
    assert len(bed.partition.encoded("bed-7") or b"") < 512

    bed.restarted().chart(5 * DAY, "encounter", action="admit", event_id="admit-2").on_room_air(5 * DAY)
    bed.vitals(5 * DAY + 1, temperature_c=38.5, **WELL)
    assert bed.said() == ["neuro_due ice", "crs_rise 1 #1"]
    assert bed.estimate["revision"] > revision
    assert bed.estimate["product"] == "axi-cel"
    # Age and baseline were kept too.
    assert not any("age unknown" in prompt for prompt in bed.estimate.get("prompts", []))
    assert len({item["escalation_id"] for item in bed.escalations("crs_rise")}) == 2


def test_after_the_risk_window_nothing_is_left_of_the_enrolment():
    bed = discharged_bed(dosed=True).restarted().until(30 * DAY)
    assert set(bed.partition.patients) == {"bed-7"}
    bed.until(30 * DAY + 1)
    assert bed.partition.patients["bed-7"].fold.chart.dose is None
    bed.until(60 * DAY + 1)  # the name for a stay without admission is the last to go
    assert (tombstones(bed), bed.partition.patients) == (["bed-7"], {})


def test_an_admission_charted_before_and_arriving_after_the_forgetting_counts():
    bed = discharged_bed(dosed=True).until(HOUR + DAY)
    at = HOUR + DAY - 10
    bed.chart(at, "encounter", action="admit", event_id="admit-2", arrives=HOUR + DAY + 5)
    assert bed.estimate["encounter"] == "admitted"
    # The admission of the first stay, sent again, is not a new one.
    bed.chart(HOUR + DAY + 6, "encounter", action="discharge")
    bed.admit(0, arrives=HOUR + DAY + 7)
    assert bed.estimate["encounter"] == "discharged"


def test_a_discharge_cancelled_after_a_day_never_gives_an_id_twice():
    bed = discharged_bed(dosed=True)
    bed.chart(HOUR + 1, "encounter", action="cancel_discharge").vitals(HOUR + 2, heart_rate_bpm=0)
    bed.chart(HOUR + 3, "encounter", action="discharge").until(HOUR + DAY + 3)
    bed.chart(2 * DAY, "encounter", action="cancel_discharge").vitals(2 * DAY, heart_rate_bpm=0)
    pages = bed.escalations("critical_value")
    assert len(pages) == len({page["escalation_id"] for page in pages}) == 2


def test_what_arrives_after_the_forgetting_is_not_shown_and_changes_nothing():
    bed = discharged_bed(dosed=True).until(HOUR + DAY)
    sent = len(bed.outputs)
    bed.vitals(2 * DAY, temperature_c=39.5).chart(2 * DAY, "oxygen", device="bipap").until(2 * DAY + 30)
    assert len(bed.outputs) == sent
    assert bed.partition.patients["bed-7"].stay.discharged_ms is not None
