"""What is sent once more when its name has been forgotten, and what is first heard of late: timelines in minutes."""

import pytest

from tests.vignettes.bed import Bed

DAY = 24 * 60
WELL = {"sbp_mmhg": 118, "spo2_pct": 97, "heart_rate_bpm": 80, "resp_rate_bpm": 16}


def watched_for(bed: Bed, days: int) -> Bed:
    """Signs and support charted every two hours, so that everything stays known."""
    for minute in range(120, days * DAY + 1, 120):
        bed.on_room_air(minute).vitals(minute, temperature_c=36.8, **WELL)
    return bed


@pytest.mark.parametrize(
    ("repeated", "fields"),
    [
        ("encounter", {"action": "discharge"}),
        ("encounter", {"action": "off_unit"}),
        ("oxygen", {"device": "bipap"}),
        ("vasopressor", {"drug": "norepinephrine", "rate": 0.1}),
        ("immunotherapy", {"product": "axi-cel"}),
    ],
)
def test_a_chart_sent_again_after_two_days_changes_nothing(repeated, fields):
    bed = Bed().admit().on_room_air(3)
    bed.chart(5, repeated, event_id="once", **fields)
    bed.chart(6, "encounter", action="cancel_discharge").chart(7, "encounter", action="return").on_room_air(8)
    watched_for(bed, 2)
    bed.said()
    before = dict(bed.estimate)

    bed.chart(5, repeated, event_id="once", arrives=2 * DAY + 5, **fields)
    bed.until(2 * DAY + 10)

    assert bed.said() == []
    assert {name: bed.estimate.get(name) for name in ("encounter", "dosed_at", "grade_high")} == {
        name: before.get(name) for name in ("encounter", "dosed_at", "grade_high")
    }


def test_retracting_the_first_chart_of_an_infusion_leaves_what_later_ones_confirm():
    bed = Bed().admit().chart(0, "oxygen", device="room_air").vitals(1, temperature_c=38.6, **WELL)
    for minute in range(2, 3 * DAY, 120):
        bed.chart(minute, "vasopressor", drug="norepinephrine", rate=0.1, event_id=f"rate-{minute}")
        bed.vitals(minute + 1, temperature_c=38.4, **WELL)
    bed.said()

    bed.chart(3 * DAY, "retraction", retracts="rate-2")

    assert bed.said() == []
    assert bed.interval[0] == 3


def test_a_monitor_that_falls_silent_again_on_the_same_last_reading_pages_again():
    bed = Bed().admit().on_room_air().monitor(1, heart_rate_bpm=80).until(17)
    assert bed.said() == ["technical_silent"]
    bed.chart(18, "encounter", action="discharge")
    assert bed.said() == ["resolved discharged"]

    bed.chart(19, "encounter", action="cancel_discharge").until(60)

    first, second = (value["escalation_id"] for value in bed.escalations("technical_silent"))
    assert first != second


@pytest.mark.parametrize("action", ["transfer", "off_unit", "return", "cancel_discharge"])
def test_a_stay_whose_admission_was_missed_begins_when_it_is_first_heard_of(action):
    bed = Bed().chart(0, "encounter", action=action, unit="onc", bed="7", event_id="first-heard")
    bed.chart(1, "immunotherapy", product="axi-cel").chart(2, "encounter", action="return")
    assert bed.said() == []

    bed.until(20)

    (silent,) = bed.escalations("technical_silent")
    assert silent["occurred_at"].startswith("2026-03-01")
