"""An event as it arrives: what is newest of each sign, and from when a chart counts, however late it comes."""

from typing import Any

from services.grader.engine.chart import Chart
from services.grader.engine.durations import HOUR_MS
from services.grader.engine.fold import Fold
from services.grader.engine.past.arrival import Arrival, newest_after, state_applies
from services.grader.engine.past.in_force import InForce
from services.grader.engine.person import Person
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.engine.state import Newest, PatientState
from tests.vignettes.bed import ms

NOW = ms(3 * 24 * 60)
DAY_MS = 24 * HOUR_MS
ON_TIME, TOO_LATE = NOW - DAY_MS, NOW - DAY_MS - 1


def known(person: Person | None = None, newest: dict[str, Newest] | None = None, **newest_ms: int) -> PatientState:
    chart = Chart(person=person or Person(), newest_ms=newest_ms)
    return PatientState("bed-7", Fold(chart=chart), newest=newest or {})


def arrived(record: dict[str, Any], at_ms: int = NOW, *, ahead: bool = False) -> Arrival:
    return Arrival({"event_id": "e", **record}, at_ms, NOW, ahead, InForce(DEFAULT_RULES))


def newest(state: PatientState, arrival: Arrival) -> dict[str, Newest]:
    """What is newest afterwards; the signs of the event are exactly those that it changed."""
    found, signs = newest_after(state, arrival)
    assert signs == {name.partition(":")[0] for name, item in found.items() if item.event_id == "e"}
    return found


def test_each_sign_and_each_source_of_pressure_has_a_newest_of_its_own():
    by_hand = {"source": "manual", "temperature_c": 38.5, "temperature_site": "tympanic", "heart_rate_bpm": 90}
    before = {"sbp_mmhg:cuff": Newest(110, NOW - 5, "manual", "spot", "before")}
    assert newest(known(newest=before), arrived(by_hand)) == {
        **before,
        "temperature_c": Newest(38.5, NOW, "manual", "spot", "e", (), "tympanic"),
        "heart_rate_bpm": Newest(90, NOW, "manual", "spot", "e"),
    }
    arterial = {"source": "monitor", "bp_source": "arterial", "sbp_mmhg": 100, "dbp_mmhg": 60, "map_mmhg": 73}
    assert newest(known(newest=before), arrived(arterial, ahead=True)) == {
        **before,
        "sbp_mmhg:arterial": Newest(100, NOW, "monitor", "fast", "e", ("clock_ahead",)),
        "dbp_mmhg:arterial": Newest(60, NOW, "monitor", "fast", "e", ("clock_ahead",)),
        "map_mmhg:arterial": Newest(73, NOW, "monitor", "fast", "e", ("clock_ahead",)),
    }


def test_what_a_monitor_sends_came_as_each_sign_comes():
    streamed = {"source": "monitor", "temperature_c": 37.1, "spo2_pct": 97, "sbp_mmhg": 118}
    found = newest(known(), arrived(streamed))
    assert {name: item.manner for name, item in found.items()} == {
        "temperature_c": "probe",
        "spo2_pct": "fast",
        "sbp_mmhg:cuff": "cuff",
    }


def test_pressures_that_contradict_each_other_are_flagged_and_no_other_sign_is():
    flushed = {"source": "manual", "sbp_mmhg": 100, "dbp_mmhg": 60, "map_mmhg": 101, "spo2_pct": 97}
    found = newest(known(), arrived(flushed))
    assert {name: item.flags for name, item in found.items()} == {
        "sbp_mmhg:cuff": ("inconsistent",),
        "dbp_mmhg:cuff": ("inconsistent",),
        "map_mmhg:cuff": ("inconsistent",),
        "spo2_pct": (),
    }


def test_how_fast_a_child_may_breathe_depends_on_its_age():
    record = {"source": "manual", "resp_rate_bpm": 80}
    for person, flags in [
        (Person(), ("implausible",)),
        (Person("2025-03-05"), ()),
        (Person("2025-03-04"), ("implausible",)),  # a year old today
    ]:
        assert newest(known(person), arrived(record))["resp_rate_bpm"].flags == flags


def test_the_newest_is_the_last_in_event_time_and_of_one_moment_the_last_by_name():
    record = {"source": "manual", "spo2_pct": 92, "sbp_mmhg": 118}
    for before_ms, name, counts in [
        (NOW - 1, "z", True),
        (NOW, "d", True),
        (NOW, "e", True),
        (NOW, "f", False),
        (NOW + 1, "a", False),
    ]:
        before = Newest(97, before_ms, "manual", "spot", name)
        found, signs = newest_after(known(newest={"spo2_pct": before}), arrived(record))
        assert found["spo2_pct"] == (Newest(92, NOW, "manual", "spot", "e") if counts else before)
        assert signs == ({"spo2_pct", "sbp_mmhg"} if counts else {"sbp_mmhg"})


STATE = [
    {"kind": "encounter", "action": "off_unit"},
    {"kind": "encounter", "action": "update", "bed": "8"},
    {"kind": "encounter", "action": "admit", "age_years": 60, "birth_date": "1966-01-01"},
    {"kind": "immunotherapy", "product": "axi-cel"},
    {"kind": "vasopressor", "drug": "none"},
    {"kind": "oxygen", "device": "cpap"},
]
KNOWN_AS = {"encounter": "encounter", "attribution": "attribution|fever"}
AT_ONCE = [
    {"kind": "baseline", "sbp_mmhg": 140},
    {"kind": "attribution", "finding": "fever"},
    {"kind": "encounter", "action": "update", "age_years": 60},
    {"kind": "encounter", "action": "update", "birth_date": "1966-01-01"},
]


def counts_from(record: dict[str, Any], at_ms: int, known_ms: int | None = None) -> int | None:
    """From when a chart counts, where one of its kind was charted before at `known_ms`."""
    before = {} if known_ms is None else {KNOWN_AS.get(record["kind"], record["kind"]): known_ms}
    return state_applies(known(**before), arrived(record, at_ms))


def test_what_is_charted_counts_from_its_time_and_if_too_late_from_now():  # settled 14
    for record in STATE:
        assert counts_from(record, NOW) == NOW
        assert counts_from(record, ON_TIME) == ON_TIME
        assert counts_from(record, ON_TIME, NOW) == ON_TIME
        assert counts_from(record, TOO_LATE) == NOW
        assert counts_from(record, TOO_LATE, TOO_LATE - 1) == NOW


def test_a_baseline_an_age_and_an_explanation_count_from_when_they_arrive():  # settled 14
    for record in AT_ONCE:
        assert {counts_from(record, at_ms) for at_ms in (NOW, ON_TIME, TOO_LATE)} == {NOW}
        assert counts_from(record, ON_TIME, NOW) == NOW
        assert counts_from(record, TOO_LATE, TOO_LATE - 1) == NOW


def test_too_late_it_yields_to_a_newer_one_of_its_kind_and_to_itself():  # settled 14
    for record in [*STATE, *AT_ONCE]:
        assert counts_from(record, TOO_LATE, TOO_LATE + 1) is None
        assert counts_from(record, TOO_LATE, TOO_LATE) is None


def test_what_was_done_or_seen_and_comes_too_late_counts_for_nothing():
    for kind in ("medication", "neuro", "clinician_grade", "monitoring", "lab"):
        for before_ms in (None, TOO_LATE - 1, NOW):
            assert counts_from({"kind": kind}, ON_TIME, before_ms) == ON_TIME
            assert counts_from({"kind": kind}, TOO_LATE, before_ms) is None


def test_another_subject_of_the_kind_is_nothing_newer():
    record = arrived({"kind": "attribution", "finding": "fever"}, TOO_LATE)
    assert state_applies(known(**{"attribution|neuro": NOW}), record) == NOW
