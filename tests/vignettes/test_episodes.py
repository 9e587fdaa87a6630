"""Opening, closing, attribution, discharge and return: timelines in minutes."""

from tests.vignettes.bed import Bed, when

HOUR = 60
WELL = {"sbp_mmhg": 118, "spo2_pct": 97, "heart_rate_bpm": 80, "resp_rate_bpm": 16}


def febrile_bed() -> Bed:
    """Grade 1, everything known."""
    bed = Bed().admit().on_room_air().vitals(1, temperature_c=38.5, **WELL)
    assert bed.said() == ["crs_rise 1 #1"]
    return bed


def charted_well(bed: Bed, from_hour: int, until_hour: int) -> Bed:
    """Afebrile and well every four hours."""
    for hour in range(from_hour, until_hour, 4):
        bed.vitals(hour * HOUR, temperature_c=36.8, **WELL).on_room_air(hour * HOUR)
    return bed


def test_an_episode_closes_after_a_day_without_any_sign():  # settled 19
    bed = charted_well(febrile_bed(), 4, 28)
    assert bed.interval[0] == 1
    bed.until(28 * HOUR - 0.01)
    assert bed.said() == []
    bed.until(28 * HOUR)
    assert bed.interval == (0, 0)
    assert bed.said() == ["resolved episode_closed"]
    assert bed.estimate["max_grade"] == 0
    assert "episode_id" not in bed.estimate


def test_a_fever_after_the_close_opens_another_episode_and_pages():
    bed = charted_well(febrile_bed(), 4, 28).until(29 * HOUR)
    first = bed.escalations("crs_rise")[0]
    bed.said()
    bed.vitals(30 * HOUR, temperature_c=38.2)
    assert bed.said() == ["crs_rise 1 #1"]
    second = bed.escalations("crs_rise")[1]
    assert first["episode_id"] != second["episode_id"]
    assert first["escalation_id"] != second["escalation_id"]


def test_an_antipyretic_restarts_the_count():  # settled 19
    bed = charted_well(febrile_bed(), 4, 12)
    bed.chart(13 * HOUR, "medication", drug="acetaminophen")
    charted_well(bed, 16, 36).until(37 * HOUR - 0.01)
    assert "resolved episode_closed" not in bed.said()
    bed.until(37 * HOUR)
    assert bed.said() == ["resolved episode_closed"]


def test_a_lost_temperature_breaks_the_count():  # settled 19
    bed = charted_well(febrile_bed(), 4, 8).vitals(13 * HOUR, **WELL)
    charted_well(bed, 16, 40).until(40 * HOUR - 0.01)
    assert [line for line in bed.said() if "resolved ep" in line] == []
    bed.until(40 * HOUR)
    assert bed.said()[-1] == "resolved episode_closed"


def test_unconfirmed_support_does_not_block_the_close():  # settled 19
    bed = febrile_bed().chart(HOUR, "vasopressor", drug="norepinephrine", rate=0.1)
    for hour in range(2, 29, 4):
        bed.vitals(hour * HOUR, temperature_c=36.8, **WELL)
    # Charted at 1 h, unconfirmed from 5 h on: the count runs from there.
    bed.until(29 * HOUR - 0.01)
    assert bed.interval[0] == 3
    bed.until(29 * HOUR)
    assert bed.interval[0] == 0


def test_attributed_fever_suspends_the_episode_at_once():  # settled 7
    bed = febrile_bed()
    bed.chart(10, "attribution", finding="fever", cause="transfusion", author="dr-a", expires_at=when(130))
    assert bed.interval == (0, 0)
    assert bed.said() == ["resolved attributed"]
    assert bed.estimate["episode_id"] == bed.escalations("crs_rise")[0]["episode_id"]

    bed.until(130)
    assert bed.said() == ["crs_rise 1 #2"]
    rises = bed.escalations("crs_rise")
    assert rises[0]["episode_id"] == rises[1]["episode_id"]


def test_attributed_hypotension_lets_the_grade_fall_without_hold():  # settled 7
    bed = febrile_bed().vitals(10, sbp_mmhg=84)
    bed.chart(11, "attribution", finding="hypotension", cause="sepsis", author="dr-a", expires_at=when(600))
    assert bed.interval == (1, 1)
    assert bed.said() == ["crs_rise 2 #1", "resolved attributed"]


def test_a_pressor_ends_the_attribution_of_hypotension():  # settled 7
    bed = febrile_bed().vitals(10, sbp_mmhg=84)
    bed.chart(11, "attribution", finding="hypotension", cause="sepsis", author="dr-a", expires_at=when(600))
    bed.said()
    bed.chart(20, "vasopressor", drug="norepinephrine", rate=0.1)
    assert bed.said() == ["crs_rise 3 #1"]


def test_an_attribution_covers_only_what_was_established():  # settled 7
    bed = febrile_bed()
    bed.chart(5, "attribution", finding="hypotension", cause="sepsis", author="dr-a", expires_at=when(600))
    bed.vitals(10, sbp_mmhg=84)
    assert bed.said() == ["crs_rise 2 #1"]


def test_a_standing_finding_at_expiry_is_a_new_rise():  # settled 7
    bed = febrile_bed().vitals(10, sbp_mmhg=84)
    bed.chart(11, "attribution", finding="hypotension", cause="sepsis", author="dr-a", expires_at=when(60))
    bed.said()
    bed.until(60)
    assert bed.said() == ["crs_rise 2 #2"]


def test_an_antipyretic_before_any_fever_masks():  # settled 6
    bed = Bed().admit().on_room_air().chart(1, "medication", drug="paracetamol")
    bed.vitals(2, temperature_c=37.0, **WELL)
    assert bed.interval == (0, 1)
    bed.until(6 * HOUR + 1)
    assert bed.said() == []
    bed.vitals(6 * HOUR + 2, temperature_c=37.0, **WELL)
    bed.on_room_air(6 * HOUR + 2)
    assert bed.interval == (0, 0)


def test_discharge_resolves_and_its_cancellation_brings_the_alarm_back():  # settled 21
    bed = febrile_bed().chart(10, "encounter", action="discharge")
    assert bed.said() == ["resolved discharged"]
    assert bed.estimate["encounter"] == "discharged"

    emitted = len(bed.outputs)
    bed.vitals(20, sbp_mmhg=84)
    assert len(bed.outputs) == emitted
    bed.chart(30, "encounter", action="cancel_discharge")
    assert bed.said() == ["crs_rise 2 #1"]
    assert bed.escalations("crs_rise")[-1]["late"] is False


def test_a_cancelled_discharge_counts_on():  # settled 21
    bed = febrile_bed().chart(10, "encounter", action="discharge").chart(30, "encounter", action="cancel_discharge")
    assert bed.said() == ["resolved discharged", "crs_rise 1 #2"]


def test_a_new_admission_starts_clean_but_keeps_age_baseline_and_enrolment():  # settled 21
    bed = Bed(watch_all=False).admit(age_years=6).on_room_air().chart(1, "immunotherapy", product="axi-cel")
    bed.chart(1, "baseline", spo2_target_low_pct=88, oxygen_device="nasal_cannula")
    bed.vitals(2, temperature_c=38.5, **WELL).chart(10, "encounter", action="discharge")
    bed.said()
    bed.admit(600, event_id="admit-2", age_years=None)
    assert bed.interval == (0, 4)
    chart = bed.partition.patients["bed-7"].fold.chart
    assert (chart.person.age_years, chart.baseline.spo2_target_low_pct, chart.oxygen) == (6, 88, None)
    bed.vitals(601, temperature_c=38.5)
    assert bed.said() == ["crs_rise 1 #1"]


def test_a_transfer_keeps_the_windows():  # settled 21
    bed = febrile_bed().vitals(10, sbp_mmhg=84).chart(11, "encounter", action="transfer", unit="icu", bed="3")
    bed.vitals(12, sbp_mmhg=84)
    assert bed.said() == ["crs_rise 2 #1"]
    assert (bed.estimate["unit"], bed.estimate["bed"], bed.estimate["grade"]) == ("icu", "3", 2)


def test_nobody_is_paged_for_without_enrolment_but_the_grade_is_shown():  # settled 26
    bed = Bed(watch_all=False).admit().on_room_air().vitals(1, temperature_c=38.5, **WELL)
    assert bed.said() == []
    assert bed.estimate["grade"] == 1

    bed.chart(10, "immunotherapy", product="axi-cel")
    assert bed.said() == ["crs_rise 1 #1"]
    assert bed.escalations("crs_rise")[0]["late"] is False


def test_a_home_device_grades_as_room_air_against_its_own_target():  # settled 4
    bed = Bed().admit().chart(0, "vasopressor", drug="none")
    bed.chart(0, "baseline", oxygen_device="nasal_cannula", spo2_target_low_pct=86)
    bed.chart(0, "oxygen", device="nasal_cannula", flow_l_min=2)
    bed.vitals(1, temperature_c=38.5, **{**WELL, "spo2_pct": 87})
    assert bed.interval == (1, 1)
    bed.vitals(2, spo2_pct=85)
    assert bed.interval == (2, 2)


def test_a_home_cannula_above_six_litres_is_no_home_device():  # settled 4
    bed = Bed().admit().chart(0, "vasopressor", drug="none")
    bed.chart(0, "baseline", oxygen_device="nasal_cannula", spo2_target_low_pct=86)
    bed.chart(0, "oxygen", device="nasal_cannula", flow_l_min=7)
    bed.vitals(1, temperature_c=38.5, **WELL)
    assert bed.interval == (3, 3)
