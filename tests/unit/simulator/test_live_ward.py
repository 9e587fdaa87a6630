"""What a person at the board sees in the first minutes: the table of the README, held."""

import json

import pytest

from schemas.reading import read_bedside
from services.simulator.live_ward import LivePlan, LiveWard
from tests.unit.simulator.wards import START_MS, time_of

MINUTE_MS = 60_000


@pytest.fixture(scope="module")
def first_six_minutes():
    """Everything handed out, with the second in which it was."""
    ward = LiveWard(LivePlan(beds=12, seed=7, start_ms=START_MS))
    return [(second, body) for second in range(6 * 60) for body in ward.due(START_MS + second * 1000)]


def of(seen, bed, wanted):
    """The seconds at which this bed had an event like that."""
    return [second for second, body in seen if body["patient_id"] == f"sim-7-{bed:03d}" and wanted(body)]


@pytest.mark.parametrize(
    ("bed", "what", "wanted", "from_s", "to_s"),
    [
        (2, "fever", lambda body: body.get("temperature_c", 0) >= 38.0, 30, 60),
        (2, "low pressure", lambda body: body.get("sbp_mmhg", 200) < 90, 120, 180),
        (2, "a vasopressor", lambda body: body.get("rate", 0) > 0, 180, 240),
        (4, "ICE in the band of grade 1", lambda body: body.get("ice") == 8, 60, 90),
        (4, "ICE in the band of grade 2", lambda body: body.get("ice") == 5, 200, 240),
        (7, "fever", lambda body: body.get("temperature_c", 0) >= 38.0, 100, 150),
        (7, "low saturation", lambda body: body.get("spo2_pct", 100) < 90, 160, 205),
        (7, "high flow", lambda body: body.get("device") == "high_flow_nasal_cannula", 290, 310),
    ],
)
def test_the_script(first_six_minutes, bed, what, wanted, from_s, to_s):
    first = of(first_six_minutes, bed, wanted)[0]

    assert from_s <= first <= to_s, what


def test_the_probe_of_bed_5_was_lost_thirteen_minutes_before_the_start(first_six_minutes):
    saturations = [time_of(b) for _, b in first_six_minutes if b["patient_id"] == "sim-7-005" and "spo2_pct" in b]

    assert -14 * MINUTE_MS <= max(saturations) - START_MS < -12 * MINUTE_MS
    assert of(first_six_minutes, 5, lambda body: "heart_rate_bpm" in body)[-1] == 359


def test_nothing_is_heard_of_bed_8_since_twelve_minutes_before_the_start(first_six_minutes):
    vitals = [time_of(b) for _, b in first_six_minutes if b["patient_id"] == "sim-7-008" and "source" in b]

    assert -14 * MINUTE_MS <= max(vitals) - START_MS < -12 * MINUTE_MS


def test_every_bed_has_a_past_when_the_ward_opens(first_six_minutes):
    past = [body for second, body in first_six_minutes if second <= 1]

    for bed in range(1, 13):
        kinds = {b.get("kind") or b["source"] for b in past if b["patient_id"] == f"sim-7-{bed:03d}"}
        assert {"encounter", "baseline", "immunotherapy", "vasopressor", "oxygen", "neuro", "manual"} <= kinds


def test_the_past_has_a_temperature_that_is_not_stale_and_a_normal_one(first_six_minutes):
    past = [body for second, body in first_six_minutes if second == 0 and body.get("source") == "manual"]

    assert all(START_MS - time_of(body) < 60 * MINUTE_MS for body in past)
    assert all(body["temperature_c"] < 38.0 for body in past)


def test_after_the_opening_every_event_comes_within_its_own_second(first_six_minutes):
    for second, body in first_six_minutes:
        if second > 1:
            assert -1000 < time_of(body) - (START_MS + second * 1000) <= 0


def test_monitors_speak_once_a_second(first_six_minutes):
    heard = of(first_six_minutes, 1, lambda body: body.get("source") == "monitor" and "bp_source" not in body)

    assert [second for second in heard if second > 0] == list(range(1, 360))


def test_ingest_can_read_all_of_it(first_six_minutes):
    bodies = [body for _, body in first_six_minutes]

    assert all(isinstance(read_bedside(json.dumps(body).encode()), dict) for body in bodies)


def test_no_id_is_used_again_by_a_later_start():
    ids = [
        {body["event_id"] for body in LiveWard(LivePlan(beds=12, seed=7, start_ms=start_ms)).due(start_ms + 5000)}
        for start_ms in (START_MS, START_MS + 1000)
    ]

    assert not ids[0] & ids[1]


def test_beds_beyond_the_cast_fall_ill_in_later_waves():
    ward = LiveWard(LivePlan(beds=24, seed=7, start_ms=START_MS, every_ms=60_000))
    seen = [(minute, body) for minute in range(30) for body in ward.due(START_MS + minute * MINUTE_MS)]

    (first, *_) = of(seen, 14, lambda body: body.get("temperature_c", 0) >= 38.0)
    assert 25 <= first <= 27
