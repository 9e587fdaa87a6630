"""`settled.md` 33 to 35, what goes onto the wire, and that every point has its test."""

import json
import re
from pathlib import Path

from schemas.times import parse_time
from services.grader.engine.partition import Partition
from services.grader.replay import BadLine, read_lines, replay
from tests.vignettes.bed import Bed, when
from tests.vignettes.starting_points import DAY, WELL, febrile_bed, well_bed


def test_every_settled_point_has_a_test_of_its_own():
    texts = [path.read_text() for path in Path(__file__).parent.glob("test_settled_*.py")]
    numbers = {int(number) for text in texts for number in re.findall(r"^def test_settled_(\d\d)_", text, re.MULTILINE)}
    assert numbers == set(range(1, 36))


def topics(bed: Bed, since: int) -> list[str]:
    """What a step wrote, without the evidence beside each escalation."""
    return [output.topic for output in bed.outputs[since:] if output.topic != "evidence"]


def test_settled_33_escalations_first_then_at_most_one_estimate():
    bed = febrile_bed()
    count = len(bed.outputs)
    bed.vitals(10, sbp_mmhg=84, spo2_pct=45)
    assert topics(bed, count) == ["escalations", "escalations", "estimates"]
    count = len(bed.outputs)
    bed.vitals(11, sbp_mmhg=84, spo2_pct=45)
    assert topics(bed, count) == []


def test_settled_33_past_states_revealed_by_late_data_print_no_estimate():
    bed = febrile_bed().vitals(100, sbp_mmhg=118).vitals(140, sbp_mmhg=118)
    count = len(bed.outputs)
    bed.vitals(20, sbp_mmhg=84, arrives=141)
    assert bed.said() == ["crs_rise 2 #1 late", "resolved improved"]
    assert topics(bed, count) == ["escalations", "escalations", "estimates"]
    assert (bed.estimate["grade"], bed.estimate["max_grade"]) == (1, 2)


def test_settled_33_the_repeat_rides_on_the_next_accepted_event_never_on_a_deadline():
    bed = well_bed()
    count = len(bed.outputs)
    bed.vitals(4.99, **WELL).until(60)
    assert topics(bed, count) == []
    bed.vitals(0, sbp_mmhg=118, event_id="event-4", arrives=61)  # refused: an id of another event
    assert topics(bed, count) == ["rejected"]
    bed.vitals(62, **WELL)
    assert topics(bed, count) == ["rejected", "estimates"]


def test_settled_34_missing_and_inputs_use_the_wires_names():
    bed = Bed().admit().chart(1, "immunotherapy", product="axi-cel").vitals(2, heart_rate_bpm=80)
    assert set(bed.estimate["inputs"]) == {
        "temperature_c", "heart_rate_bpm", "resp_rate_bpm", "spo2_pct", "sbp_mmhg", "oxygen_device", "vasopressor",
        "ice",
    }  # fmt: skip
    assert bed.estimate["missing"][:5] == ["temperature_c", "sbp_mmhg", "vasopressor", "spo2_pct", "oxygen_device"]
    assert "ice" in bed.estimate["missing"]
    child = Bed().admit(age_years=8).chart(1, "immunotherapy", product="tisa-cel").vitals(2, heart_rate_bpm=80)
    assert "capd" in child.estimate["inputs"]
    assert "ice" not in child.estimate["inputs"]


def test_settled_34_missing_lists_only_what_widens_the_interval():
    bed = Bed().admit().chart(0, "oxygen", device="bipap").vitals(1, temperature_c=38.5)
    assert bed.interval == (4, 4)
    assert bed.estimate["missing"] == []  # nothing that is unknown could make it worse
    bed = Bed().admit().on_room_air().vitals(1, temperature_c=38.5, spo2_pct=97)
    assert bed.estimate["missing"] == ["sbp_mmhg"]


def test_settled_34_drivers_are_every_established_component():
    bed = febrile_bed().vitals(10, sbp_mmhg=84, spo2_pct=88).chart(11, "oxygen", device="bipap")
    assert bed.estimate["drivers"] == ["fever", "hypotension", "hypoxia"]


def test_settled_34_the_maximum_is_zero_without_an_episode():
    bed = Bed().admit().on_room_air().vitals(1, sbp_mmhg=84, spo2_pct=97)
    assert bed.estimate["max_grade"] == 0
    bed.vitals(2, temperature_c=38.5)
    assert bed.estimate["max_grade"] == 2


def test_settled_34_technical_kinds_and_critical_values_carry_their_sign():
    bed = well_bed().monitor(1, spo2_pct=97, heart_rate_bpm=80)
    for minute in range(2, 18):
        bed.monitor(minute, heart_rate_bpm=80)
    bed.vitals(18, resp_rate_bpm=0)
    signs = {item["kind"]: item.get("sign") for item in bed.escalations("technical_stale", "critical_value")}
    assert signs == {"technical_stale": "spo2_pct", "critical_value": "resp_rate_bpm"}


def event(name: str, minute: float, **fields: object) -> dict:
    """A line of a replay file."""
    known = {"schema": "crs.vitals.v1", "event_id": name, "patient_id": "bed-7", "observed_at": when(minute)}
    return known | {"source": "monitor", "spo2_pct": 97} | fields


def replayed(*events: dict, until: float | None = None) -> list:
    """Everything a replay of these lines prints."""
    lines = read_lines(json.dumps(item).encode() for item in events)
    return list(replay(lines, Partition(watch_all=True), until_ms=None if until is None else parse_time(when(until))))


def test_settled_35_a_line_with_one_bad_field_is_refused_whole_and_does_not_move_the_clock():
    bad = event("b", 60, sbp_mmhg=700)
    printed = replayed(event("a", 0), bad, event("c", 1))
    (refusal,) = [item for item in printed if isinstance(item, BadLine)]
    assert refusal.sentence() == "line 2: sbp_mmhg: out_of_range"
    times = [item["as_of"] for item in printed if not isinstance(item, BadLine)]
    assert max(times) <= when(1)


def test_settled_35_content_equality_is_json_equality():
    plain = {"event_id": "x", "spo2_pct": 88}
    bed = febrile_bed().vitals(10, **plain)
    bed.send(
        {"spo2_pct": 88, "source": "manual", "observed_at": when(10), "event_id": "x", "schema": "crs.vitals.v1"}, 11
    )
    bed.vitals(10, event_id="x", spo2_pct=88.0, arrives=11)
    assert bed.refused() == []
    bed.vitals(10, event_id="x", spo2_pct=87, arrives=11)
    assert bed.refused() == ["conflicting_event_id"]


def test_settled_35_a_retraction_cannot_itself_be_retracted():
    bed = febrile_bed().vitals(10, sbp_mmhg=84, event_id="low").chart(11, "retraction", retracts="low", event_id="r")
    bed.chart(12, "retraction", retracts="r")
    assert bed.refused() == ["bad_retraction"]
    assert bed.interval == (1, 1)
    # Nor days later, when the first one is long forgotten.
    bed.vitals(3 * DAY, sbp_mmhg=118).chart(3 * DAY, "retraction", retracts="r")
    assert bed.interval[0] == 1


def test_settled_35_deadlines_run_to_the_end_of_the_files_clock():
    other = event("b", 16, patient_id="bed-8")
    admit = {"schema": "crs.clinical.v1", "event_id": "in", "patient_id": "bed-7", "recorded_at": when(0)}
    printed = replayed(admit | {"kind": "encounter", "action": "admit"}, event("a", 1), other)
    kinds = [item["kind"] for item in printed if item["schema"] == "crs.escalations.v1"]
    assert kinds == ["technical_silent"]  # due at 16, the clock of the last line


def test_settled_35_deadlines_run_to_until_inclusive():
    admit = {"schema": "crs.clinical.v1", "event_id": "in", "patient_id": "bed-7", "recorded_at": when(0)}
    lines = admit | {"kind": "encounter", "action": "admit"}, event("a", 1)
    kinds = [
        [item["kind"] for item in replayed(*lines, until=until) if item["schema"] == "crs.escalations.v1"]
        for until in (15.99, 16)
    ]
    assert kinds == [[], ["technical_silent"]]
