"""What the engine says of its own when a partition gets a new owner."""

from services.grader.engine import Origin
from services.grader.engine.estimate import fingerprint
from tests.vignettes.bed import Bed, valid

WELL = {"sbp_mmhg": 118, "spo2_pct": 97, "heart_rate_bpm": 80, "resp_rate_bpm": 16}


def test_what_stands_is_said_again_and_changes_nothing():
    bed = Bed().admit().on_room_air().monitor(1, **WELL).vitals(2, temperature_c=38.5).monitor(3, **WELL)
    bed.restarted().partition.touched.clear()
    before = bed.partition.encoded("bed-7")
    (again,) = valid(bed.partition.standing(["bed-7", "bed-8"]))

    assert (again.topic, again.key) == ("estimates", "bed-7")
    assert again.value["revision"] == bed.partition.patients["bed-7"].revision >= bed.estimate["revision"]
    assert fingerprint(again.value) == fingerprint(bed.estimate)
    assert (bed.partition.encoded("bed-7"), bed.partition.touched) == (before, set())


def test_nothing_is_said_again_of_a_patient_who_left():
    bed = Bed().admit().chart(1, "encounter", action="discharge")
    assert bed.partition.standing(["bed-7"]) == []


def test_lost_records_page_for_everybody_here_until_they_are_graded_again():
    bed = Bed(watch_all=False).admit().on_room_air().vitals(1, temperature_c=38.5, **WELL)
    bed.patient = "bed-8"
    bed.admit(2, event_id="admit-8").chart(3, "encounter", action="discharge").restarted().partition.touched.clear()
    page, evidence = valid(bed.partition.lost(Origin("crs.bedside.v1", 0, 40), 49))

    assert (page.value["kind"], page.value["priority"], page.key) == ("data_gap", "high", "bed-7")
    assert (page.value["provenance"]["first_offset"], page.value["provenance"]["last_offset"]) == (40, 49)
    assert evidence.value["escalation_id"] == page.value["escalation_id"]
    assert bed.partition.touched == {"bed-7"}
    again = bed.partition.lost(Origin("crs.bedside.v1", 0, 40), 55)[0].value
    assert again["escalation_id"] == page.value["escalation_id"]
    bed.patient = "bed-7"
    bed.vitals(9, sbp_mmhg=118)
    assert bed.escalations("resolved")[-1]["resolves"] == [page.value["escalation_id"]]
