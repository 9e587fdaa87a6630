"""`settled.md` 10 to 14, freshness, persistence and lateness: one named test a point, minutes since admission."""

import json

import pytest

from schemas.times import parse_time
from services.grader.engine.partition import Partition
from services.grader.replay import BadLine, read_lines, replay
from tests.vignettes.bed import Bed, when
from tests.vignettes.starting_points import DAY, HOUR, SECOND, WELL, febrile_bed, well_bed

FRESHNESS = [
    ("temperature by hand", {"source": "manual", "temperature_c": 36.9}, "temperature_c", 270, 480),
    ("pressure by hand", {"source": "manual", "sbp_mmhg": 120}, "sbp_mmhg", 270, 480),
    ("saturation by an interface", {"source": "interface", "spo2_pct": 97}, "spo2_pct", 270, 480),
    ("saturation by the monitor", {"source": "monitor", "spo2_pct": 97}, "spo2_pct", 5, 15),
    ("heart rate by a wearable", {"source": "wearable", "heart_rate_bpm": 80}, "heart_rate_bpm", 5, 15),
    ("respiration by the monitor", {"source": "monitor", "resp_rate_bpm": 16}, "resp_rate_bpm", 5, 15),
    ("the monitor's cuff", {"source": "monitor", "sbp_mmhg": 120, "bp_source": "cuff"}, "sbp_mmhg", 75, 120),
    ("the arterial line", {"source": "monitor", "sbp_mmhg": 120, "bp_source": "arterial"}, "sbp_mmhg", 5, 15),
    ("a patch", {"source": "wearable", "temperature_c": 36.9}, "temperature_c", 10, 30),
    (
        "the monitor's axillary probe",
        {"source": "monitor", "temperature_c": 36.9, "temperature_site": "axillary"},
        "temperature_c",
        10,
        30,
    ),
]


@pytest.mark.parametrize(("title", "fields", "sign", "stale", "lost"), FRESHNESS, ids=[row[0] for row in FRESHNESS])
def test_settled_10_each_sign_and_source_has_its_own_limits(title, fields, sign, stale, lost):
    bed = Bed().admit().vitals(0, **fields)
    states = []
    for minute in (stale - 0.01, stale, lost - 0.01, lost):
        bed.until(minute)
        states.append(bed.estimate["inputs"][sign]["state"])
    assert states == ["fresh", "stale", "stale", "lost"]


def test_settled_10_a_sign_never_observed_says_so():
    assert Bed().admit().vitals(0, spo2_pct=97).estimate["inputs"]["temperature_c"] == {"state": "never"}


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ({"spo2_pct": 86}, 15),
        ({"spo2_pct": 85}, 10),
        ({"sbp_mmhg": 86, "bp_source": "arterial"}, 15),
        ({"sbp_mmhg": 85, "bp_source": "arterial"}, 10),
    ],
    ids=str,
)
def test_settled_11_a_fast_sign_is_established_by_deadline_without_a_second_reading(fields, seconds):
    bed = febrile_bed().monitor(10, **fields).until(10 + (seconds - 0.1) * SECOND)
    # While it is pending the upper bound includes it.
    assert (bed.interval, bed.said()) == ((1, 2), [])
    bed.until(10 + seconds * SECOND)
    assert bed.said() == ["crs_rise 2 #1"]


def test_settled_11_one_shallower_reading_makes_it_fifteen_seconds_again():
    bed = febrile_bed().monitor(10, spo2_pct=85).monitor(10 + 5 * SECOND, spo2_pct=88).until(10 + 14.9 * SECOND)
    assert bed.said() == []
    bed.until(10 + 15 * SECOND)
    assert bed.said() == ["crs_rise 2 #1"]


def test_settled_11_a_normal_reading_in_between_starts_it_anew():
    bed = febrile_bed().monitor(10, spo2_pct=88).monitor(10 + 14 * SECOND, spo2_pct=93)
    bed.monitor(10 + 20 * SECOND, spo2_pct=88).until(10 + 34 * SECOND)
    assert bed.said() == []
    bed.until(10 + 35 * SECOND)
    assert bed.said() == ["crs_rise 2 #1"]


def test_settled_11_a_monitors_cuff_counts_at_the_second_low_reading_or_after_five_minutes():
    bed = febrile_bed().monitor(10, sbp_mmhg=84)
    assert (bed.said(), bed.interval) == ([], (1, 2))
    bed.monitor(11, sbp_mmhg=89)
    assert bed.said() == ["crs_rise 2 #1"]

    bed = febrile_bed().monitor(10, sbp_mmhg=84).until(14.99)
    assert bed.said() == []
    bed.until(15)
    assert bed.said() == ["crs_rise 2 #1"]

    bed = febrile_bed().monitor(10, sbp_mmhg=84).monitor(12, sbp_mmhg=95).until(20)
    assert bed.said() == []


@pytest.mark.parametrize(
    "fields", [{"source": "wearable"}, {"source": "monitor", "temperature_site": "axillary"}], ids=str
)
def test_settled_11_a_patch_or_axillary_probe_must_stay_febrile_for_ten_minutes(fields):
    bed = Bed().admit().on_room_air().vitals(0, **WELL).vitals(1, temperature_c=38.4, **fields)
    assert bed.interval == (0, 1)
    bed.vitals(6, temperature_c=38.3, **fields).until(10.99)
    assert bed.said() == []
    bed.until(11)
    assert bed.said() == ["crs_rise 1 #1"]


def test_settled_11_what_is_charted_by_hand_or_measured_by_a_core_probe_counts_at_once():
    assert febrile_bed().vitals(10, sbp_mmhg=89).said() == ["crs_rise 2 #1"]
    assert febrile_bed().vitals(10, spo2_pct=89, source="interface").said() == ["crs_rise 2 #1"]
    bed = well_bed().monitor(1, temperature_c=38.0, temperature_site="core")
    assert bed.said() == ["crs_rise 1 #1"]


def test_settled_12_a_limit_is_reached_at_age_equal_to_limit():
    # Stale, a held downgrade, an unconfirmed list and a silent monitor: each at its very age, not a moment later.
    bed = febrile_bed().monitor(10, spo2_pct=97).until(15)
    assert bed.estimate["inputs"]["spo2_pct"]["state"] == "stale"
    bed = febrile_bed().chart(10, "oxygen", device="face_mask").chart(20, "oxygen", device="room_air").until(50)
    assert bed.interval == (1, 1)
    bed = febrile_bed().until(4 * HOUR)
    assert bed.interval == (1, 4)
    bed = well_bed().monitor(1, **WELL).until(16)
    assert bed.said() == ["technical_silent"]


def test_settled_12_a_reading_at_the_very_deadline_comes_before_it():
    bed = febrile_bed().monitor(10, spo2_pct=97).monitor(15, spo2_pct=97)
    states = [item.value["inputs"]["spo2_pct"]["state"] for item in bed.outputs if item.topic == "estimates"]
    assert "stale" not in states
    # A low reading ends at the moment at which it would have counted.
    bed = febrile_bed().monitor(10, spo2_pct=88).monitor(10 + 15 * SECOND, spo2_pct=95).until(20)
    assert bed.said() == []


def test_settled_13_up_to_ten_minutes_ahead_counts_as_now_and_is_flagged():
    bed = febrile_bed().vitals(40, sbp_mmhg=84, arrives=30)
    assert bed.said() == ["crs_rise 2 #1"]
    shown = bed.estimate["inputs"]["sbp_mmhg"]
    assert (shown["observed_at"], shown["flags"]) == (when(30), ["clock_ahead"])


def test_settled_13_further_ahead_is_rejected():
    bed = febrile_bed().vitals(40 + SECOND, sbp_mmhg=84, arrives=30)
    bed.chart(41, "vasopressor", drug="norepinephrine", arrives=30)
    assert bed.refused() == ["future_time", "future_time"]
    assert (bed.said(), bed.interval) == ([], (1, 1))


@pytest.mark.parametrize(("ahead", "refused"), [("08:10:00", []), ("08:10:01", ["future_time"])])
def test_settled_13_in_replay_being_ahead_needs_received_at(ahead, refused):
    event = {"schema": "crs.vitals.v1", "patient_id": "bed-7", "source": "manual", "temperature_c": 38.5}
    first = event | {"event_id": "a", "observed_at": "2026-03-01T08:00:00Z"}
    second = event | {"event_id": "b", "observed_at": f"2026-03-01T{ahead}Z"}
    assert _reasons([first, second]) == []  # without it the file's own times make the clock
    assert _reasons([first, second | {"received_at": "2026-03-01T08:00:00Z"}]) == refused


def _reasons(events: list[dict]) -> list[str]:
    lines = read_lines(json.dumps(event).encode() for event in events)
    return [item.refusal.reason for item in replay(lines, Partition()) if isinstance(item, BadLine)]


@pytest.mark.parametrize(("source", "bound"), [("monitor", 10), ("wearable", 10), ("manual", DAY), ("interface", DAY)])
def test_settled_14_a_measurement_later_than_its_bound_is_not_graded(source, bound):
    for late, sent in ((bound, ["crs_rise 2 #1 late"]), (bound + SECOND, [])):
        bed = febrile_bed(watch_all=True)
        at, clock = 20, 20 + late
        bed.vitals(clock, spo2_pct=97, event_id="newest", source=source)
        bed.said()
        bed.vitals(at, spo2_pct=80, source=source, arrives=clock)
        if source in ("monitor", "wearable"):  # of a stream the reading after it is too far away to refute it
            bed.until(clock + 1)
        assert [line for line in bed.said() if line.startswith("crs_rise")] == sent


def test_settled_14_the_newest_reading_of_a_sign_always_counts():
    bed = Bed().admit().on_room_air().vitals(DAY + 60, sbp_mmhg=118)
    bed.vitals(30, temperature_c=38.5, arrives=DAY + 60)
    # Its age says that it is lost; that it was a fever is known all the same.
    assert bed.estimate["inputs"]["temperature_c"]["state"] == "lost"
    assert bed.estimate["grade"] == 1


@pytest.mark.parametrize(
    ("kind", "chart", "shown"),
    [
        ("oxygen", {"device": "face_mask"}, ("oxygen_device", "face_mask")),
        ("vasopressor", {"drug": "norepinephrine"}, ("vasopressor", "norepinephrine")),
    ],
)
def test_settled_14_state_that_comes_too_late_applies_from_now_unless_a_newer_one_is_known(kind, chart, shown):
    bed = Bed().admit().vitals(1, temperature_c=38.5, **WELL).chart(5, kind, arrives=DAY + 10, **chart)
    assert bed.estimate["inputs"][shown[0]] == {
        "value": shown[1], "observed_at": when(DAY + 10), "state": "fresh", "source": "charted"
    }  # fmt: skip

    bed = Bed().admit().vitals(1, temperature_c=38.5, **WELL).on_room_air(60).chart(5, kind, arrives=DAY + 10, **chart)
    assert bed.estimate["inputs"][shown[0]]["value"] in ("room_air", "none")


def test_settled_14_a_dose_and_a_discharge_that_come_too_late_apply_from_now():
    bed = Bed(watch_all=False).admit().on_room_air(DAY).vitals(DAY, temperature_c=38.5, **WELL)
    assert bed.said() == []
    bed.chart(5, "immunotherapy", product="axi-cel", arrives=DAY + 10)
    # Enrolled from now; the dose's own clock runs from when it was given, so the examination is overdue (settled 32).
    assert bed.said() == ["crs_rise 1 #1", "neuro_due ice"]
    bed.chart(6, "encounter", action="discharge", arrives=DAY + 20)
    assert bed.estimate["encounter"] == "discharged"


def test_settled_14_a_late_baseline_age_or_attribution_applies_from_when_it_arrives():
    bed = febrile_bed().vitals(10, sbp_mmhg=95).chart(2, "baseline", sbp_mmhg=140, arrives=20)
    assert (bed.said(), bed.escalations()[-1]["occurred_at"]) == (["crs_rise 2 #1"], when(20))

    bed = febrile_bed().vitals(10, sbp_mmhg=81).chart(2, "encounter", action="update", age_years=6, arrives=20)
    assert bed.estimate["inputs"]["sbp_mmhg"]["value"] == 81
    assert bed.escalations("crs_rise")[-1]["occurred_at"] == when(10)
    assert bed.interval == (2, 2)  # hypotension at six years is below 82

    bed = febrile_bed().vitals(10, sbp_mmhg=84)
    bed.chart(2, "attribution", finding="hypotension", cause="sepsis", author="dr-a", expires_at=when(99), arrives=20)
    assert bed.said() == ["crs_rise 2 #1", "resolved attributed"]
    assert parse_time(bed.escalations("resolved")[0]["occurred_at"]) == parse_time(when(20))


@pytest.mark.parametrize("days", [0, 3])
def test_settled_14_a_retraction_is_never_too_late(days):
    bed = febrile_bed().chart(2, "oxygen", device="bipap", event_id="wrong")
    assert bed.said() == ["crs_rise 4 #1"]
    for hour in range(4, days * 24, 4):
        bed.vitals(hour * HOUR, temperature_c=38.3, **WELL).chart(hour * HOUR, "vasopressor", drug="none")
    assert bed.interval == (4, 4)
    bed.chart(days * DAY + 30, "retraction", retracts="wrong")
    assert bed.interval[0] == 1
    assert bed.said()[-1] == "resolved retracted"
