"""The evidence of a page, and whole pages for what went wrong on the way. Minutes since admission."""

from schemas import ids
from services.grader.engine import Origin
from tests.vignettes.bed import Bed, ms, valid, when
from tests.vignettes.pages import RULES, at, evidence_of, lies, page
from tests.vignettes.starting_points import febrile_bed


def test_the_evidence_of_a_page_is_the_state_before_and_the_record():
    bed = febrile_bed()
    before = bed.known()
    bed.vitals(5, sbp_mmhg=84, event_id="low")
    (told,) = bed.escalations("crs_rise")[1:]
    assert evidence_of(bed, told) == {
        "schema": "crs.evidence.v1",
        "escalation_id": told["escalation_id"],
        "patient_id": "bed-7",
        "now": when(5),
        "state_before": before,
        "record": {
            "schema": "crs.vitals.v1",
            "event_id": "low",
            "patient_id": "bed-7",
            "observed_at": when(5),
            "source": "manual",
            "sbp_mmhg": 84,
        },
        "rules": RULES,
        "provenance": lies(5),
    }


def test_the_evidence_of_a_page_for_time_alone_has_no_record():
    bed = febrile_bed().monitor(3, heart_rate_bpm=80).until(17.99)
    before = bed.known()
    told = bed.until(30).escalations("technical_silent")[-1]
    assert evidence_of(bed, told) == {
        "schema": "crs.evidence.v1",
        "escalation_id": told["escalation_id"],
        "patient_id": "bed-7",
        "now": when(18),
        "state_before": before,
        "rules": RULES,
        "provenance": lies(5),
    }


def test_of_who_is_paged_for_at_the_first_record_nothing_was_known_before():
    bed = Bed().vitals(1, temperature_c=38.5)
    assert evidence_of(bed, bed.escalations("crs_rise")[0])["state_before"] is None


# --- what went wrong on the way -------------------------------------------------------------------------------------

BROKEN = {"schema": "crs.clinical.v1", "event_id": "x", "patient_id": "bed-7", "recorded_at": when(2), "kind": "oxygen"}


def broken_record(bed: Bed) -> Bed:
    bed.outputs += valid(bed.partition.apply(BROKEN, clock_ms=ms(2), origin=Origin("crs.bedside.v1", 0, 99)))
    return bed


def test_a_fault():
    bed = febrile_bed()
    before, revision = bed.known(), bed.estimate["revision"]
    told = page(broken_record(bed), "engine_fault")
    assert told == {
        "priority": "high",
        "grade": 1,
        "grade_high": 1,
        "icans": 0,
        **at(2),
        "drivers": ["fever"],
        "missing": [],
        "because": [{"rule": "engine_fault", "text": bed.estimate["prompts"][0]}],
        "provenance": lies(99),
    }
    assert evidence_of(bed, bed.escalations("engine_fault")[0]) == {
        "schema": "crs.evidence.v1",
        "escalation_id": ids.fault_id("bed-7", "engine_fault", 99),
        "patient_id": "bed-7",
        "now": when(2),
        "state_before": before,
        "record": BROKEN,
        "rules": RULES,
        "provenance": lies(99),
    }
    assert (bed.estimate["revision"], bed.estimate["as_of"]) == (revision + 1, when(2))
    assert (bed.estimate["grade_low"], bed.estimate["grade_high"]) == (1, 4)


def test_lost_records():
    bed = febrile_bed().until(3)
    before = bed.known()
    bed.outputs += valid(bed.partition.lost(Origin("crs.bedside.v1", 0, 40), 49))
    lost = {**lies(40), "last_offset": 49}
    assert page(bed, "data_gap") == {
        "priority": "high",
        "grade": 1,
        "grade_high": 1,
        "icans": 0,
        **at(3),
        "drivers": ["fever"],
        "missing": [],
        "because": [{"rule": "data_gap", "text": "records lost before they were graded"}],
        "provenance": lost,
    }
    assert evidence_of(bed, bed.escalations("data_gap")[0]) == {
        "schema": "crs.evidence.v1",
        "escalation_id": ids.fault_id("bed-7", "data_gap", 40),
        "patient_id": "bed-7",
        "now": when(3),
        "state_before": before,
        "rules": RULES,
        "provenance": lost,
    }
