"""`settled.md` 19 to 21, episodes and stays: one named test a point, minutes since admission."""

import pytest

from tests.vignettes.bed import Bed, when
from tests.vignettes.starting_points import DAY, HOUR, WELL, febrile_bed, watched


def closing_minute(bed: Bed, expected: float) -> None:
    """The episode closes at `expected` and not before."""
    bed.until(expected - 0.01)
    assert bed.interval[0] >= 1
    bed.until(expected)
    assert bed.interval[0] == 0
    assert bed.said()[-1] == "resolved episode_closed"


def test_settled_19_an_episode_closes_a_day_after_the_first_afebrile_reading():
    closing_minute(watched(febrile_bed(), 2 * HOUR, 25 * HOUR), 26 * HOUR)


def test_settled_19_thirty_seven_nine_is_afebrile_and_thirty_eight_is_not():
    bed = watched(febrile_bed(), 2 * HOUR, 11 * HOUR, temperature_c=37.9)
    watched(bed.vitals(12 * HOUR, temperature_c=38.0), 14 * HOUR, 37 * HOUR, temperature_c=37.9)
    closing_minute(bed, 38 * HOUR)


def test_settled_19_a_lost_temperature_breaks_the_count():
    bed = watched(febrile_bed(), 2 * HOUR, 4 * HOUR)
    for hour in range(6, 13, 2):  # the last temperature, of hour 4, is lost at hour 12
        bed.on_room_air(hour * HOUR).vitals(hour * HOUR, **WELL)
    closing_minute(watched(bed, 14 * HOUR, 37 * HOUR), 38 * HOUR)


@pytest.mark.parametrize(
    ("start", "stop"),
    [
        (("vasopressor", {"drug": "norepinephrine"}), ("vasopressor", {"drug": "none"})),
        (("oxygen", {"device": "blow_by"}), ("oxygen", {"device": "room_air"})),
    ],
)
def test_settled_19_the_count_runs_from_when_support_is_off(start, stop):
    bed = febrile_bed().chart(2 * HOUR, start[0], **start[1]).vitals(2 * HOUR, temperature_c=36.8, **WELL)
    bed.chart(5 * HOUR, stop[0], **stop[1])
    closing_minute(watched(bed, 6 * HOUR, 28 * HOUR), 29 * HOUR)


def test_settled_19_the_home_device_is_not_above_baseline():
    bed = febrile_bed().chart(60, "baseline", oxygen_device="nasal_cannula")
    for hour in range(2, 26, 2):
        bed.chart(hour * HOUR, "vasopressor", drug="none").vitals(hour * HOUR, temperature_c=36.8, **WELL)
        bed.chart(hour * HOUR, "oxygen", device="nasal_cannula", flow_l_min=2)
    closing_minute(bed, 26 * HOUR)


def test_settled_19_the_count_runs_from_the_last_antipyretic():
    bed = watched(febrile_bed(), 2 * HOUR, 9 * HOUR).chart(10 * HOUR, "medication", drug="paracetamol")
    closing_minute(watched(bed, 10 * HOUR, 33 * HOUR), 34 * HOUR)


@pytest.mark.parametrize("sign", [{"sbp_mmhg": 84}, {"spo2_pct": 88}])
def test_settled_19_an_established_abnormal_pressure_or_saturation_breaks_the_count(sign):
    bed = watched(febrile_bed(), 2 * HOUR, 9 * HOUR).vitals(10 * HOUR, **sign)
    closing_minute(watched(bed, 12 * HOUR, 35 * HOUR), 36 * HOUR)


def test_settled_19_never_charted_support_does_not_block():
    bed = Bed().admit().vitals(1, temperature_c=38.5, **WELL)
    for hour in range(2, 26, 2):
        bed.vitals(hour * HOUR, temperature_c=36.8, **WELL)
    closing_minute(bed, 26 * HOUR)


def test_settled_19_unconfirmed_support_does_not_block():
    bed = febrile_bed().chart(HOUR, "vasopressor", drug="norepinephrine")
    for hour in range(2, 29, 2):
        bed.vitals(hour * HOUR, temperature_c=36.8, **WELL)
    closing_minute(bed, 29 * HOUR)  # charted at 1 h, unconfirmed from 5 h on


def test_settled_20_two_episodes_joined_by_a_late_fever_keep_the_older_id():
    bed = watched(febrile_bed(), 2 * HOUR, 26 * HOUR)
    bed.vitals(27 * HOUR, temperature_c=38.4)
    older, newer = (item["episode_id"] for item in bed.escalations("crs_rise"))
    assert older != newer
    # A fever of hour 25, charted late: the first episode never closed.
    bed.vitals(25 * HOUR, temperature_c=38.1, arrives=28 * HOUR)
    assert bed.estimate["episode_id"] == older


def test_settled_21_vitals_after_a_discharge_are_graded_when_it_is_cancelled():
    bed = febrile_bed().chart(10, "encounter", action="discharge")
    assert bed.said() == ["resolved discharged"]
    count = len(bed.outputs)
    bed.vitals(20, sbp_mmhg=84)
    assert len(bed.outputs) == count  # no estimate after discharge
    bed.chart(30, "encounter", action="cancel_discharge")
    assert bed.said() == ["crs_rise 2 #1"]
    assert bed.escalations()[-1]["late"] is False


def test_settled_21_alarms_come_back_with_the_next_rise_number():
    bed = febrile_bed().chart(10, "encounter", action="discharge").chart(30, "encounter", action="cancel_discharge")
    assert bed.said() == ["resolved discharged", "crs_rise 1 #2"]
    assert bed.escalations()[-1]["late"] is False


def test_settled_21_a_new_admission_clears_signs_support_and_attributions():
    bed = febrile_bed().chart(5, "oxygen", device="face_mask").chart(6, "vasopressor", drug="norepinephrine")
    bed.chart(7, "attribution", finding="hypoxia", cause="asthma", author="dr-a", expires_at=when(9 * DAY))
    bed.chart(10, "encounter", action="discharge")
    bed.said()
    bed.admit(600, event_id="admit-2", age_years=None)
    assert bed.interval == (0, 4)
    states = {name: item["state"] for name, item in bed.estimate["inputs"].items()}
    assert set(states.values()) == {"never"}
    bed.vitals(601, temperature_c=38.5).chart(602, "oxygen", device="face_mask")
    assert bed.said() == ["crs_rise 1 #1", "crs_rise 3 #1"]


def test_settled_21_a_new_admission_keeps_age_baseline_and_enrolment():
    bed = Bed(watch_all=False).admit(age_years=6).chart(1, "immunotherapy", product="axi-cel")
    bed.chart(1, "baseline", spo2_target_low_pct=86, oxygen_device="nasal_cannula")
    bed.chart(10, "encounter", action="discharge").admit(600, event_id="admit-2", age_years=None)
    bed.chart(600, "vasopressor", drug="none").chart(600, "oxygen", device="nasal_cannula", flow_l_min=2)
    bed.said()
    bed.vitals(601, temperature_c=38.5, **{**WELL, "sbp_mmhg": 82, "spo2_pct": 86})
    assert bed.said() == ["crs_rise 1 #1"]
    assert bed.interval == (1, 1)  # hypotension at six is below 82, and 86 % is this patient's own target


def test_settled_21_a_transfer_keeps_the_windows():
    bed = febrile_bed().monitor(10, spo2_pct=88)
    bed.chart(10.1, "encounter", action="transfer", unit="icu", bed="3").until(10.25)
    assert bed.said() == ["crs_rise 2 #1"]  # what was pending in the old bed is established in the new one
    page = bed.escalations()[-1]
    assert (page["unit"], page["bed"]) == ("icu", "3")
