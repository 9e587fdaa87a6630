"""Clocks: monitors ahead or behind, zones, the hour that comes twice. Minutes since admission at eight UTC."""

import pytest

from schemas.reading import check_bedside
from schemas.reasons import Refusal
from schemas.times import parse_time
from tests.vignettes.bed import MINUTE_MS, START_MS, Bed, when
from tests.vignettes.starting_points import DAY, HOUR, SECOND, WELL, febrile_bed, watched, well_bed


def minute_of(text: str) -> float:
    """A wall clock's time as a minute of the timeline."""
    return (parse_time(text) - START_MS) / MINUTE_MS


def observed(bed: Bed, text: str, *, source: str = "manual", **signs: float) -> Bed:
    """An observation the moment it is made, in the ward's own local time."""
    record = {"schema": "crs.vitals.v1", "observed_at": text, "source": source, **signs}
    return bed.send(record, minute_of(text))


def autumn_bed(start: str = "2026-10-25T01:00:00+02:00") -> Bed:
    """Febrile an hour before the clocks go back in Central Europe."""
    minute = minute_of(start)
    bed = Bed().admit(minute).on_room_air(minute).vitals(minute, temperature_c=38.5, **WELL)
    assert bed.said() == ["crs_rise 1 #1"]
    return bed


def test_the_hour_that_comes_twice_is_an_hour():
    bed = observed(autumn_bed(), "2026-10-25T02:30:00+02:00", sbp_mmhg=84)
    assert bed.said() == ["crs_rise 2 #1"]
    # A quarter to three and a quarter past two are thirty minutes apart, in this order.
    observed(bed, "2026-10-25T02:45:00+02:00", sbp_mmhg=112)
    observed(bed, "2026-10-25T02:14:59+01:00", sbp_mmhg=112)
    assert bed.interval == (2, 2)
    observed(bed, "2026-10-25T02:15:00+01:00", sbp_mmhg=112)
    assert bed.interval == (1, 1)


def test_readings_of_the_second_half_past_two_are_not_late():
    bed = observed(autumn_bed(), "2026-10-25T02:50:00+02:00", spo2_pct=97)
    observed(bed, "2026-10-25T02:10:00+01:00", spo2_pct=88)
    (rise,) = bed.escalations("crs_rise")[1:]
    assert (rise["late"], rise["occurred_at"]) == (False, "2026-10-25T01:10:00.000Z")


def test_a_stream_goes_stale_after_five_minutes_across_the_change():
    bed = observed(autumn_bed(), "2026-10-25T02:58:00+02:00", source="monitor", spo2_pct=97)
    bed.until(minute_of("2026-10-25T02:02:59+01:00"))
    assert bed.estimate["inputs"]["spo2_pct"]["state"] == "fresh"
    bed.until(minute_of("2026-10-25T02:03:00+01:00"))
    assert bed.estimate["inputs"]["spo2_pct"]["state"] == "stale"


def test_the_hour_that_is_left_out_in_spring_takes_no_time():
    minute = minute_of("2027-03-28T01:30:00+01:00")
    bed = Bed().admit(minute).on_room_air(minute).vitals(minute, temperature_c=38.5, **WELL)
    bed.said()
    observed(bed, "2027-03-28T01:59:55+01:00", source="monitor", spo2_pct=88)
    bed.until(minute_of("2027-03-28T03:00:09+02:00"))
    assert bed.said() == []
    bed.until(minute_of("2027-03-28T03:00:10+02:00"))
    assert bed.said() == ["crs_rise 2 #1"]


def test_an_episode_closes_after_twenty_four_hours_on_a_day_of_twenty_five():
    bed = autumn_bed("2026-10-24T12:00:00+02:00")
    start = minute_of("2026-10-24T14:00:00+02:00")
    watched(bed, start, start + 22 * HOUR)
    bed.until(minute_of("2026-10-25T12:59:59+01:00"))
    assert bed.interval[0] == 1
    bed.until(minute_of("2026-10-25T13:00:00+01:00"))
    assert bed.interval[0] == 0


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-01T08:10:00Z",
        "2026-03-01t08:10:00z",
        "2026-03-01T08:10:00.000000000Z",
        "2026-03-01T08:10:00+00:00",
        "2026-03-01T08:10:00-00:00",
        "2026-03-01T13:55:00+05:45",
        "2026-03-01T04:40:00-03:30",
        "2026-03-01T22:10:00+14:00",
        "2026-02-28T20:10:00-12:00",
    ],
)
def test_every_way_of_writing_one_moment_is_that_moment(written):
    bed = observed(febrile_bed(), written, sbp_mmhg=84)
    assert bed.escalations("crs_rise")[-1]["occurred_at"] == when(10)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("2026-03-01T08:10:00", "no_zone"),
        ("2026-03-01 08:10:00Z", "bad_time"),
        ("2026-02-29T08:10:00Z", "bad_time"),
        ("2026-03-01T24:00:00Z", "bad_time"),
        ("2026-12-31T23:59:60Z", "bad_time"),  # a leap second: refused and kept, not guessed
        ("2026-03-01T08:10:00+24:00", "bad_time"),
        ("2026-03-01T08:10:00CET", "bad_time"),
        ("20260301T081000Z", "bad_time"),
    ],
)
def test_what_is_no_moment_is_refused_with_its_reason(written, reason):
    record = {"schema": "crs.vitals.v1", "event_id": "e", "patient_id": "bed-7", "source": "manual", "spo2_pct": 97}
    assert check_bedside({**record, "observed_at": written}) == Refusal(reason, "observed_at")


def test_finer_digits_are_cut_off_never_rounded_up():
    assert parse_time("2026-03-01T08:09:59.999999Z") == parse_time("2026-03-01T08:09:59.999Z")


def test_a_monitor_eight_minutes_ahead_is_fresh_while_it_sends_and_flagged():
    bed = febrile_bed()
    for minute in range(10, 20):
        bed.monitor(minute + 8, spo2_pct=97, arrives=minute)
    shown = bed.estimate["inputs"]["spo2_pct"]
    assert (shown["flags"], shown["state"]) == (["clock_ahead"], "fresh")
    bed.until(23.99)
    assert bed.estimate["inputs"]["spo2_pct"]["state"] == "fresh"
    bed.until(24)  # five minutes after the last one arrived
    assert bed.estimate["inputs"]["spo2_pct"]["state"] == "stale"


def test_hypoxia_by_a_monitor_ahead_is_established_by_our_clock():
    bed = febrile_bed().monitor(18, spo2_pct=88, arrives=10).until(10 + 14.9 * SECOND)
    assert bed.said() == []
    bed.until(10 + 15 * SECOND)
    assert bed.said() == ["crs_rise 2 #1"]


def test_a_monitor_whose_clock_is_put_right_goes_on_as_before():
    bed = febrile_bed().monitor(18, spo2_pct=97, arrives=10).monitor(19, spo2_pct=97, arrives=11)
    bed.monitor(12, spo2_pct=88).until(12.25)
    assert bed.said() == ["crs_rise 2 #1"]
    assert bed.escalations()[-1]["late"] is False
    assert "flags" not in bed.estimate["inputs"]["spo2_pct"]


def test_a_monitor_too_far_ahead_is_refused_and_its_silence_is_told():
    bed = well_bed().monitor(1, **WELL)
    for minute in range(2, 17):
        bed.monitor(minute + 11, arrives=minute, **WELL)
    assert bed.refused() == ["future_time"] * 15
    assert bed.until(16).said() == ["technical_silent"]


def test_a_monitor_twelve_minutes_behind_still_raises_what_it_sees():
    bed = febrile_bed()
    for minute in range(20, 30):
        bed.monitor(minute - 12, spo2_pct=97 if minute < 25 else 88, arrives=minute)
    assert bed.said() == ["crs_rise 2 #1"]
    # What it sends is old when it comes, and is shown as that.
    assert bed.estimate["inputs"]["spo2_pct"]["state"] == "stale"


def test_a_chart_ahead_of_the_clock_counts_from_now():
    bed = febrile_bed().chart(18, "vasopressor", drug="norepinephrine", arrives=10)
    assert bed.said() == ["crs_rise 3 #1"]
    assert bed.escalations()[-1]["occurred_at"] == when(10)


def test_our_clock_never_goes_back():
    bed = febrile_bed().vitals(10, spo2_pct=97, arrives=10).vitals(11, spo2_pct=96, arrives=9)
    assert bed.estimate["as_of"] == when(10)
    bed.vitals(12, sbp_mmhg=84, arrives=5)
    assert bed.estimate["as_of"] == when(10)
    assert bed.said() == ["crs_rise 2 #1"]


def test_midnight_utc_is_nothing_special():
    bed = febrile_bed().vitals(16 * HOUR - 1, sbp_mmhg=84)
    bed.said()
    bed.vitals(16 * HOUR + 9, sbp_mmhg=112).vitals(16 * HOUR + 39, sbp_mmhg=112)
    assert bed.said() == ["resolved improved"]


def test_an_age_is_counted_at_the_bedside_hour():
    # Ten years old at midnight UTC: 89 is hypotension from then on, before it was not (88 at nine).
    bed = Bed().admit(age_years=None, birth_date="2016-03-02").on_room_air().vitals(1, temperature_c=38.5, **WELL)
    bed.vitals(16 * HOUR - 1, sbp_mmhg=89)
    assert bed.interval[0] == 1
    bed.vitals(16 * HOUR + 1, sbp_mmhg=89)
    assert bed.interval[0] == 2
    assert DAY == 24 * HOUR
