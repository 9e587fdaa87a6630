"""An error found out days later leaves what was known before it, or unknown, and never a normal nobody saw."""

from tests.vignettes.bed import Bed, when
from tests.vignettes.starting_points import DAY, HOUR, WELL, febrile_bed, watched

FOUND_OUT = 3 * DAY + 5


def days_pass(bed: Bed, **signs: float) -> Bed:
    """Charted every two hours for three days; what was said by then is known."""
    watched(bed, 3 * HOUR, 3 * DAY, temperature_c=38.3, **signs)
    bed.said()
    return bed


def taken_back(bed: Bed, minute: float = FOUND_OUT) -> Bed:
    return bed.chart(minute, "retraction", retracts="slip")


def test_low_pressure_counts_again_once_nobody_explains_it_otherwise():
    bed = febrile_bed().vitals(5, sbp_mmhg=84)
    bed.chart(10, "attribution", finding="hypotension", cause="known low pressure", author="dr-a",
              expires_at=when(10 * DAY), event_id="slip")  # fmt: skip
    days_pass(bed, sbp_mmhg=84)
    assert bed.interval == (1, 1)
    taken_back(bed)
    assert (bed.interval, bed.said()) == ((2, 2), ["crs_rise 2 #2"])


def test_what_else_was_explained_stays_explained():
    bed = febrile_bed().vitals(5, sbp_mmhg=84)
    for finding, name in (("hypotension", "meant"), ("neuro", "slip")):
        bed.chart(10, "attribution", finding=finding, cause="known", author="dr-a", expires_at=when(10 * DAY),
                  event_id=name)  # fmt: skip
    days_pass(bed, sbp_mmhg=84)
    taken_back(bed)
    assert (bed.interval, bed.said()) == ((1, 1), [])


def test_an_examination_of_another_patient_leaves_the_one_before_it():
    bed = febrile_bed().chart(10, "neuro", ice=9, consciousness="awake")
    bed.chart(20, "neuro", ice=2, event_id="slip")
    days_pass(bed)
    assert bed.estimate["icans_low"] == 3
    taken_back(bed)
    assert (bed.estimate["icans_low"], bed.said()) == (1, ["resolved retracted"])


def test_an_examination_with_none_before_it_leaves_nobody_knowing():
    bed = febrile_bed().chart(20, "neuro", ice=2, event_id="slip")
    days_pass(bed)
    taken_back(bed)
    assert (bed.estimate["icans_low"], bed.estimate["icans_high"]) == (0, 4)
    assert bed.said() == ["resolved retracted"]


def test_the_flow_is_judged_by_the_weight_charted_before_the_wrong_one():
    bed = febrile_bed().chart(2, "encounter", action="update", weight_kg=5)
    bed.chart(5, "encounter", action="update", weight_kg=50, event_id="slip")
    days_pass(bed).chart(3 * DAY + 1, "oxygen", device="nasal_cannula", flow_l_min=5.5)
    assert "flags" not in bed.estimate["inputs"]["oxygen_device"]
    taken_back(bed)
    assert bed.estimate["inputs"]["oxygen_device"]["flags"] == ["high_flow_for_weight"]


def test_a_patient_admitted_by_mistake_has_left_as_before():
    bed = febrile_bed().chart(HOUR, "encounter", action="discharge")
    days_pass(bed.admit(2 * HOUR, event_id="slip", bed="9"))
    assert (bed.estimate["encounter"], bed.estimate["bed"]) == ("admitted", "9")
    taken_back(bed)
    assert (bed.estimate["encounter"], bed.said()) == ("discharged", ["resolved discharged"])
    # Nobody waits for signs of somebody who is not here.
    bed.until(5 * DAY)
    assert bed.said() == []


def test_a_saturation_of_another_patient_is_held_no_longer():
    # Charted once, never measured again: two is what is known, for days.
    bed = febrile_bed().vitals(10, spo2_pct=85, event_id="slip")
    for hour in range(2, 3 * 24, 2):
        bed.on_room_air(hour * HOUR).vitals(hour * HOUR, temperature_c=38.3, sbp_mmhg=118)
    bed.said()
    assert bed.interval == (2, 2)
    taken_back(bed)
    # Nor is it known to be normal.
    assert (bed.interval, bed.said()) == ((1, 2), ["resolved retracted"])


def test_a_target_that_was_never_ordered_makes_no_saturation_low():
    bed = febrile_bed().chart(5, "baseline", oxygen_device="room_air", spo2_target_low_pct=95, event_id="slip")
    days_pass(bed, spo2_pct=93)
    assert bed.interval == (2, 2)
    taken_back(bed)
    assert (bed.interval, bed.said()) == ((1, 1), ["resolved retracted"])


def test_an_episode_goes_on_under_its_name_while_the_monitor_sees_the_fever():
    bed = febrile_bed()
    name = bed.estimate["episode_id"]
    for minute in range(10, 2 * DAY, 10):
        bed.monitor(minute, temperature_c=38.4, **WELL)
        if minute % 120 == 0:
            bed.on_room_air(minute)
    assert bed.said() == []
    bed.chart(2 * DAY - 9, "retraction", retracts="fever-1")
    assert (bed.interval, bed.said(), bed.estimate["episode_id"]) == ((1, 1), [], name)
