"""Every kind of escalation that the grader raises: its priority, what its id is made of, and why it ends.

Kinds, priorities and ids: design.md 3. `unit_silent` and `identity` are raised elsewhere.
"""

import pytest

from schemas import ids
from services.grader.engine import Origin
from tests.vignettes.bed import Bed, ms, valid, when

HOUR = 60
WELL = {"sbp_mmhg": 118, "spo2_pct": 97, "heart_rate_bpm": 80, "resp_rate_bpm": 16}


def well_bed(**options) -> Bed:
    return Bed(**options).admit().on_room_air().vitals(0, temperature_c=36.8, **WELL)


def febrile() -> Bed:
    return well_bed().vitals(1, temperature_c=38.5, **WELL)


def page(bed: Bed, kind: str) -> dict:
    """The newest of its kind."""
    return bed.escalations(kind)[-1]


def ended(bed: Bed, told: dict) -> str:
    """Why an escalation is over; the `resolved` is named after what it resolves, and goes out at low priority."""
    (end,) = [item for item in bed.escalations("resolved") if told["escalation_id"] in item["resolves"]]
    assert end["escalation_id"] == ids.resolved_id(end["resolves"], end["reason"])
    assert end["priority"] == "low"
    return end["reason"]


# --- rises -----------------------------------------------------------------------------------------------------------

SUPPORT = {
    1: ("low", {}),
    2: ("medium", {"device": "nasal_cannula", "flow_l_min": 2}),
    3: ("high", {"device": "face_mask"}),
    4: ("high", {"device": "bipap"}),
}


@pytest.mark.parametrize("grade", SUPPORT)
def test_crs_rise(grade):
    priority, oxygen = SUPPORT[grade]
    bed = febrile()
    if oxygen:
        bed.chart(2, "oxygen", **oxygen)
    told = page(bed, "crs_rise")
    assert (told["grade"], told["priority"], told["rise"]) == (grade, priority, 1)
    assert told["escalation_id"] == ids.rise_id("bed-7", told["episode_id"], "crs_rise", grade, 1)


ICANS = {
    1: ("low", {"ice": 8}),
    2: ("medium", {"ice": 5}),
    3: ("high", {"ice": 1}),
    4: ("high", {"raised_icp": "diffuse"}),
}


@pytest.mark.parametrize("grade", ICANS)
def test_icans_rise(grade):
    priority, exam = ICANS[grade]
    bed = well_bed().chart(1, "neuro", consciousness="awake", **exam)
    told = page(bed, "icans_rise")
    assert (told["icans"], told["priority"], told["rise"]) == (grade, priority, 1)
    assert told["escalation_id"] == ids.rise_id("bed-7", "admit-1", "icans_rise", grade, 1)


def crs_2(bed: Bed) -> Bed:
    return bed.vitals(5, sbp_mmhg=84, event_id="low")


ENDS = {
    "improved": lambda bed: bed.vitals(20, sbp_mmhg=112).vitals(50, sbp_mmhg=112),
    "attributed": lambda bed: bed.chart(
        20, "attribution", finding="hypotension", cause="bleeding", author="dr-a", expires_at=when(600)
    ),
    "retracted": lambda bed: bed.chart(20, "retraction", retracts="low"),
    "discharged": lambda bed: bed.chart(20, "encounter", action="discharge"),
    "merged": lambda bed: bed.chart(20, "encounter", action="merge", merged_into="bed-8"),
}


@pytest.mark.parametrize("reason", ENDS)
def test_a_crs_rise_ends_for_this_reason(reason):
    bed = crs_2(febrile())
    told = page(bed, "crs_rise")
    ENDS[reason](bed)
    assert ended(bed, told) == reason


def test_the_rise_to_grade_1_ends_with_its_episode():
    bed = febrile()
    told = page(bed, "crs_rise")
    for hour in range(1, 26, 4):
        bed.vitals(hour * HOUR, temperature_c=36.8, **WELL).on_room_air(hour * HOUR)
    bed.until(25 * HOUR)
    assert ended(bed, told) == "episode_closed"


NEURO_ENDS = {
    "improved": lambda bed: bed.chart(20, "neuro", ice=10, consciousness="awake").until(50),
    "attributed": lambda bed: bed.chart(
        20, "attribution", finding="neuro", cause="sedation", author="dr-a", expires_at=when(600)
    ),
    "retracted": lambda bed: bed.chart(20, "retraction", retracts="exam"),
    "discharged": ENDS["discharged"],
    "merged": ENDS["merged"],
}


@pytest.mark.parametrize("reason", NEURO_ENDS)
def test_an_icans_rise_ends_for_this_reason(reason):
    bed = well_bed().chart(1, "neuro", ice=5, consciousness="awake", event_id="exam")
    told = page(bed, "icans_rise")
    NEURO_ENDS[reason](bed)
    assert ended(bed, told) == reason


# --- conditions ------------------------------------------------------------------------------------------------------


def test_possible_crs_is_named_after_the_episode_and_what_is_missing():
    bed = Bed().admit().chart(0, "vasopressor", drug="none").vitals(1, temperature_c=38.5, spo2_pct=97).until(3)
    told = page(bed, "possible_crs")
    assert told["priority"] == "medium"
    assert told["escalation_id"] == ids.possible_crs_id("bed-7", told["episode_id"], told["missing"])
    bed.vitals(4, sbp_mmhg=118).chart(4, "oxygen", device="room_air")
    assert ended(bed, told) == "data_returned"


def test_possible_crs_without_an_episode_is_named_after_the_stay():
    bed = Bed().admit().on_room_air().vitals(1, sbp_mmhg=82, spo2_pct=97).until(3)
    told = page(bed, "possible_crs")
    assert told["escalation_id"] == ids.possible_crs_id("bed-7", "admit-1", ["temperature_c"])


def test_critical_value():
    bed = well_bed(watch_all=False)
    for spell in (1, 2):
        bed.vitals(10 * spell, spo2_pct=49)
        told = page(bed, "critical_value")
        assert (told["priority"], told["sign"]) == ("high", "spo2_pct")
        assert told["escalation_id"] == ids.spell_id("bed-7", "admit-1", "critical_value", "spo2_pct", spell)
        bed.vitals(10 * spell + 1, spo2_pct=97)
        assert ended(bed, told) == "improved"


def test_ward_score():
    bed = well_bed().vitals(1, resp_rate_bpm=26, heart_rate_bpm=132, spo2_pct=95)
    told = page(bed, "ward_score")
    assert told["priority"] == "high"
    assert told["escalation_id"] == ids.spell_id("bed-7", "admit-1", "ward_score", told["sign"], 1)
    bed.vitals(2, **WELL).vitals(33, **WELL)
    assert ended(bed, told) == "improved"


def test_neuro_due():
    bed = (
        well_bed(watch_all=False).chart(1, "immunotherapy", product="axi-cel").chart(2, "encounter", action="off_unit")
    )
    bed.until(15 * HOUR)
    told = page(bed, "neuro_due")
    assert (told["priority"], told["sign"]) == ("low", "ice")
    assert told["escalation_id"] == ids.spell_id("bed-7", "admit-1", "neuro_due", "ice", 1)
    bed.chart(15 * HOUR + 1, "neuro", ice=10, consciousness="awake")
    assert ended(bed, told) == "data_returned"


@pytest.mark.parametrize(("scale", "given"), [("crs", {"crs": 0}), ("icans", {"icans": 0})])
def test_grade_disagreement(scale, given):
    bed = well_bed().chart(1, "clinician_grade", author="dr-a", **given)
    bed.vitals(2, temperature_c=38.5).chart(2, "neuro", ice=8, consciousness="awake")
    told = page(bed, "grade_disagreement")
    assert (told["priority"], told["sign"]) == ("medium", scale)
    assert told["escalation_id"] == ids.spell_id("bed-7", "admit-1", "grade_disagreement", scale, 1)
    bed.chart(3, "clinician_grade", author="dr-a", crs=1, icans=1)
    assert ended(bed, told) == "improved"


@pytest.mark.parametrize(("sbp", "priority"), [(118, "low"), (84, "medium")])
def test_technical_stale(sbp, priority):
    bed = febrile().vitals(2, sbp_mmhg=sbp).monitor(3, spo2_pct=97, heart_rate_bpm=80)
    for minute in range(4, 30):
        bed.monitor(minute, heart_rate_bpm=80)
    told = page(bed, "technical_stale")
    assert (told["priority"], told["sign"]) == (priority, "spo2_pct")
    assert told["escalation_id"] == ids.technical_id("bed-7", "technical_stale", "spo2_pct", when(3))
    bed.monitor(31, spo2_pct=97, heart_rate_bpm=80)
    assert ended(bed, told) == "data_returned"


@pytest.mark.parametrize(("sbp", "priority"), [(118, "medium"), (84, "high")])
def test_technical_silent(sbp, priority):
    bed = febrile().vitals(2, sbp_mmhg=sbp).monitor(3, heart_rate_bpm=80).until(30)
    told = page(bed, "technical_silent")
    assert told["priority"] == priority
    assert told["escalation_id"] == ids.technical_id("bed-7", "technical_silent", None, when(3))
    bed.monitor(31, heart_rate_bpm=80)
    assert ended(bed, told) == "data_returned"


def test_technical_silent_of_a_patient_never_heard():
    bed = Bed().admit().until(15)
    told = page(bed, "technical_silent")
    assert told["priority"] == "high"
    assert told["escalation_id"] == ids.technical_id("bed-7", "technical_silent", None, "admit-1")


def test_engine_fault():
    bed = febrile()
    broken = {"schema": "crs.clinical.v1", "event_id": "x", "patient_id": "bed-7", "recorded_at": when(2),
              "kind": "oxygen"}  # fmt: skip
    bed.outputs += valid(bed.partition.apply(broken, clock_ms=ms(2), origin=Origin("crs.bedside.v1", 0, 99)))
    told = page(bed, "engine_fault")
    assert told["priority"] == "high"
    assert told["escalation_id"] == ids.fault_id("bed-7", "engine_fault", 99)
    bed.vitals(3, heart_rate_bpm=81)
    assert ended(bed, told) == "data_returned"


def test_data_gap():
    bed = febrile()
    bed.outputs += valid(bed.partition.lost(Origin("crs.bedside.v1", 0, 40), 49))
    told = page(bed, "data_gap")
    assert told["priority"] == "high"
    assert told["escalation_id"] == ids.fault_id("bed-7", "data_gap", 40)
    bed.vitals(3, heart_rate_bpm=81)
    assert ended(bed, told) == "data_returned"


# --- why conditions end otherwise ------------------------------------------------------------------------------------

ALL_ENDED = {"discharged": ENDS["discharged"], "merged": ENDS["merged"]}


@pytest.mark.parametrize("reason", ALL_ENDED)
def test_conditions_of_a_patient_who_is_gone_end_for_that_reason(reason):
    bed = febrile().vitals(2, heart_rate_bpm=0).chart(3, "clinician_grade", crs=0, author="dr-a")
    bed.vitals(4, resp_rate_bpm=0)
    told = [item for item in bed.escalations() if item["kind"] != "resolved"]
    assert {item["kind"] for item in told} >= {"crs_rise", "critical_value", "grade_disagreement"}
    ALL_ENDED[reason](bed)
    assert {ended(bed, item) for item in told} == {reason}


def test_a_retracted_value_withdraws_its_page():
    bed = febrile().vitals(2, heart_rate_bpm=0, event_id="wrong")
    told = page(bed, "critical_value")
    bed.chart(3, "retraction", retracts="wrong")
    assert ended(bed, told) == "retracted"
