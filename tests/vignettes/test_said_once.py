"""What was said is not said again when a stay gets another name, and no escalation id is ever used for two pages."""

import pytest

from services.grader.engine import Origin
from tests.vignettes.bed import Bed, when
from tests.vignettes.starting_points import DAY, HOUR

WELL = {"spo2_pct": 97, "sbp_mmhg": 120, "temperature_c": 37.0}
ARREST = {**WELL, "heart_rate_bpm": 0}
PULSE = {**WELL, "heart_rate_bpm": 80}


def ids_of(bed: Bed, kind: str) -> list[str]:
    return [page["escalation_id"] for page in bed.escalations(kind)]


def unarousable_and_awake_again(bed: Bed, minute: float) -> Bed:
    bed.chart(minute, "neuro", consciousness="unarousable").chart(minute + 2, "neuro", consciousness="awake", ice=10)
    return bed.until(minute + 45)


@pytest.mark.parametrize("restarted", [False, True])
def test_an_icans_rise_of_the_stay_before_is_not_paged_again_in_the_new_one(restarted: bool):
    bed = unarousable_and_awake_again(Bed().admit().on_room_air(1).vitals(1, **WELL), 10)
    bed.chart(90, "encounter", action="discharge").admit(100, event_id="admit-2").vitals(101, **WELL)
    assert bed.said() == ["icans_rise 4 #1", "resolved improved"]
    bed = bed.restarted() if restarted else bed
    bed.vitals(5, heart_rate_bpm=80, arrives=105)
    assert bed.said() == []


@pytest.mark.parametrize("admitted", [5, 100])
def test_an_admission_that_is_heard_of_later_pages_nothing_again(admitted: float):
    bed = unarousable_and_awake_again(Bed().on_room_air(1).vitals(1, **WELL), 10)
    assert bed.said() == ["icans_rise 4 #1", "resolved improved"]
    bed.chart(admitted, "encounter", action="admit", event_id="admit-1", age_years=60, arrives=100)
    bed.vitals(6, heart_rate_bpm=80, arrives=105)
    assert bed.said() == []


def test_a_rise_in_a_stay_whose_admission_was_an_error_is_not_paged_again_and_the_next_has_another_id():
    bed = Bed().admit().on_room_air(1).vitals(1, **WELL)
    bed.chart(20, "encounter", action="discharge", event_id="left").admit(30, event_id="admit-2")
    bed = unarousable_and_awake_again(bed.vitals(31, **WELL), 35)
    bed.chart(90, "retraction", retracts="admit-2").chart(91, "retraction", retracts="left")
    assert bed.said() == ["icans_rise 4 #1", "resolved improved"]
    bed.chart(95, "neuro", consciousness="unarousable")
    assert bed.said() == ["icans_rise 4 #2"]
    assert len(set(ids_of(bed, "icans_rise"))) == 2


def test_a_second_arrest_has_an_id_of_its_own_although_a_stay_was_entered_in_error_between():
    bed = Bed().admit().on_room_air(1).vitals(5, **ARREST).vitals(8, **PULSE)
    bed.chart(20, "encounter", action="discharge", event_id="left").admit(30, event_id="admit-2")
    bed.vitals(35, **ARREST).vitals(38, **PULSE)
    bed.chart(40, "retraction", retracts="admit-2").chart(41, "retraction", retracts="left").vitals(45, **ARREST)
    assert len(set(ids_of(bed, "critical_value"))) == 3


def test_spells_are_counted_for_the_last_four_stays_only():
    bed = Bed()
    for stay in range(6):
        bed.admit(stay * HOUR, event_id=f"admit-{stay}").vitals(stay * HOUR + 5, **ARREST)
        bed.vitals(stay * HOUR + 8, **PULSE).chart(stay * HOUR + 20, "encounter", action="discharge")
    stays = {name.partition("|")[0] for name in bed.partition.patients["bed-7"].sent.spells}
    assert stays == {"admit-2", "admit-3", "admit-4", "admit-5"}


def test_who_was_never_admitted_left_and_came_back_is_paged_for_under_new_ids():
    def worsens(bed: Bed, minute: float) -> Bed:
        bed.vitals(minute, spo2_pct=40).vitals(minute + 1, spo2_pct=97)
        bed.chart(minute + 2, "neuro", consciousness="unarousable")
        return bed

    bed = worsens(Bed().on_room_air(0).vitals(1, **WELL), 5).chart(60, "encounter", action="discharge").until(5 * DAY)
    assert bed.partition.standing(["bed-7"]) == []
    worsens(bed.restarted(), 5 * DAY + 1)
    for kind in ("critical_value", "icans_rise"):
        assert len(set(ids_of(bed, kind))) == len(ids_of(bed, kind))
    bed.restarted().vitals(5 * DAY + 30, spo2_pct=40)
    assert bed.said()[-1] == "critical_value spo2_pct"


def test_who_was_never_paged_for_is_forgotten_altogether():
    bed = Bed().on_room_air(0).vitals(1, **WELL).chart(60, "encounter", action="discharge").until(2 * DAY)
    assert bed.partition.patients == {}


def test_the_name_for_a_stay_without_admission_goes_in_the_end():
    bed = Bed().vitals(1, spo2_pct=40).chart(60, "encounter", action="discharge").until(2 * DAY)
    bed.said()
    assert bed.partition.patients.keys() == {"bed-7"}
    assert bed.partition.lost(Origin("crs.bedside.v1", 0, 1), 9) == []
    bed.until(60 * DAY)
    assert bed.partition.patients == {}


def test_a_stay_that_begins_with_a_transfer_after_all_was_forgotten_is_a_stay():
    bed = Bed().vitals(1, spo2_pct=40).chart(60, "encounter", action="discharge").until(2 * DAY)
    bed.chart(2 * DAY + 5, "encounter", action="transfer", event_id="moved", unit="icu")
    stay = bed.partition.patients["bed-7"].stay
    assert (stay.status, stay.encounter_id) == ("admitted", "moved")


def test_a_late_pulse_does_not_reveal_what_passed_before_the_enrolment():
    bed = Bed(watch_all=False).admit().on_room_air(1).vitals(2, spo2_pct=97, sbp_mmhg=120, temperature_c=39)
    bed.chart(10, "oxygen", device="cpap").chart(15, "oxygen", device="room_air")
    bed.vitals(60, spo2_pct=97, sbp_mmhg=120, temperature_c=38.5).until(90)
    bed.chart(100, "immunotherapy", product="axi-cel")
    assert bed.said() == ["crs_rise 1 #1"]
    bed.vitals(5, heart_rate_bpm=80, arrives=105)
    assert (bed.said(), bed.interval) == ([], (1, 1))


def test_what_a_late_chart_reveals_after_the_enrolment_does_page():
    bed = Bed(watch_all=False).admit().on_room_air(1).vitals(2, spo2_pct=97, sbp_mmhg=120, temperature_c=39)
    bed.chart(10, "immunotherapy", product="axi-cel").vitals(11, spo2_pct=97, sbp_mmhg=120, temperature_c=39)
    bed.chart(16, "oxygen", device="room_air")
    bed.chart(12, "oxygen", device="cpap", arrives=17)
    assert bed.said() == ["crs_rise 1 #1", "crs_rise 4 #1 late"]


def test_a_grade_that_is_still_held_is_raised_when_a_discharge_is_cancelled():
    """Settled 26: the standing grade is raised, and nobody was told of this one."""
    bed = Bed().admit().on_room_air(1).vitals(2, spo2_pct=97, sbp_mmhg=120, temperature_c=38.6)
    bed.chart(10, "encounter", action="discharge").chart(20, "oxygen", device="cpap")
    bed.chart(30, "oxygen", device="room_air")
    assert bed.said() == ["crs_rise 1 #1", "resolved discharged"]
    bed.chart(35, "encounter", action="cancel_discharge")
    assert (bed.interval, bed.said()) == ((4, 4), ["crs_rise 4 #1"])
    assert bed.until(61).interval == (1, 1)


def test_a_reading_that_is_sent_again_after_all_was_forgotten_pages_under_a_new_id():
    old = {"source": "monitor", "spo2_pct": 45, "event_id": "old"}
    bed = Bed().vitals(54, arrives=100, **old).monitor(100.5, resp_rate_bpm=30)
    bed.chart(32, "encounter", action="discharge", arrives=152)
    bed.vitals(54, arrives=32 + DAY + 200, **old).monitor(32 + DAY + 202, heart_rate_bpm=90)
    pages = bed.escalations("technical_stale")
    assert len(pages) == len({page["escalation_id"] for page in pages}) == 2


def test_nothing_heard_since_admission_pages_under_a_new_id_when_a_merge_is_undone():
    bed = Bed().admit().vitals(27, heart_rate_bpm=80).until(3 * DAY)
    bed.chart(3 * DAY, "encounter", action="merge", merged_into="other", event_id="merge-1")
    bed.chart(3 * DAY + 700, "retraction", retracts="merge-1")
    assert len(set(ids_of(bed, "technical_silent"))) == len(ids_of(bed, "technical_silent")) == 3


def test_the_retraction_of_an_attribution_brings_back_the_page_for_a_pressure_that_is_only_held():
    bed = Bed().admit().on_room_air(0).vitals(1, spo2_pct=97, sbp_mmhg=85, temperature_c=38.5)
    bed.chart(6, "attribution", finding="fever", cause="sepsis", author="dr-a", expires_at=when(120), event_id="why")
    bed.vitals(11, spo2_pct=97, sbp_mmhg=110)
    assert bed.said() == ["crs_rise 2 #1", "resolved attributed"]
    bed.chart(12, "retraction", retracts="why")
    assert (bed.interval, bed.said()) == ((2, 2), ["crs_rise 2 #2"])


def test_what_the_evidence_of_two_merged_names_shows_is_paged_although_more_is_held():
    """Fever under one name, oxygen under the other: the cannula pages, the CPAP that was over is recorded (23)."""
    bed = Bed(patient="other").chart(1, "oxygen", device="cpap")
    bed.patient = "p"
    bed.vitals(2, temperature_c=38.5).chart(8, "oxygen", device="ventilator", event_id="wrong")
    bed.patient = "other"
    bed.chart(9, "oxygen", device="nasal_cannula", flow_l_min=2)
    bed.patient = "p"
    bed.chart(13, "retraction", retracts="wrong")
    bed.said()
    bed.chart(16, "encounter", action="merge", merged_into="other")
    bed.patient = "other"
    assert bed.interval[0] == 4
    assert "crs_rise 2 #1" in bed.said()


@pytest.mark.parametrize("dosed", [False, True])
def test_a_fever_after_all_was_forgotten_is_another_episode(dosed):
    bed = Bed().admit().on_room_air(0)
    if dosed:
        bed.chart(1, "immunotherapy", product="axi-cel")
    bed.vitals(2, spo2_pct=97, sbp_mmhg=120, temperature_c=38.6).chart(60, "encounter", action="discharge")
    bed.until(3 * DAY)
    if dosed:
        bed.admit(3 * DAY, event_id="admit-2")
    bed.vitals(3 * DAY + 1, spo2_pct=97, sbp_mmhg=120, temperature_c=38.6)
    assert len({page["episode_id"] for page in bed.escalations("crs_rise")}) == 2
    assert len(set(ids_of(bed, "crs_rise"))) == 2
