"""What holds for the grade of every generated patient: more support never lowers it, less knowledge only widens it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.reading import check_bedside
from schemas.reasons import Refusal
from schemas.times import format_time
from services.grader.engine.fold import Fold, Holds, evaluate
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.engine.signs.readings import PRESSURES, SPO2, SPO2_HOME, TEMPERATURE
from tests.unit.grader.arrivals import MINUTE, Event, in_order, patients

pytestmark = pytest.mark.property

# Each gives at least as much as the one before (the ASTCT bands, and both sides of their limits).
DEVICES: list[dict[str, Any]] = [
    {"device": "room_air"},
    {"device": "nasal_cannula", "flow_l_min": 2},
    {"device": "nasal_cannula", "flow_l_min": 6},
    {"device": "nasal_cannula", "flow_l_min": 6.1},
    {"device": "face_mask"},
    {"device": "bipap"},
    {"device": "ventilator"},
]
STEPS = st.lists(st.integers(0, len(DEVICES) - 1), min_size=2, max_size=2).map(sorted)


def with_chart(events: list[Event], place: int, kind: str, **fields: Any) -> list[Event]:
    """The patient with one more chart, in the moment of one of the events."""
    at_ms = events[place].at_ms
    record = {"schema": "crs.clinical.v1", "event_id": "more", "patient_id": "bed-7", "kind": kind, **fields}
    checked = check_bedside({**record, "recorded_at": format_time(at_ms)})
    assert not isinstance(checked, Refusal)
    return [*events[: place + 1], Event(at_ms, checked), *events[place + 1 :]]


def grades(events: list[Event]) -> dict[str, int]:
    """The grade after each event by its id, and an hour after the last."""
    partition, _ = in_order([])
    found = {}
    for event in events:
        in_order([event], partition)
        found[event.record["event_id"]] = partition.patients["bed-7"].fold.low
    partition.advance(events[-1].at_ms + 60 * MINUTE)
    return {**found, "later": partition.patients["bed-7"].fold.low}


# An attribution covers the support of its moment: with more of it, more is explained (`settled.md` 7).
@given(patients(explained=False), st.data())
def test_one_more_vasopressor_never_lowers_the_grade_of_a_patient(events: list[Event], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(events) - 1))
    drug = data.draw(st.sampled_from(["phenylephrine", "norepinephrine", "vasopressin", "unheard of"]))

    less, more = grades(events), grades(with_chart(events, place, "vasopressor", drug=drug))
    assert {name for name, grade in less.items() if more[name] < grade} == set()


@given(patients(explained=False), STEPS, st.data())
def test_more_oxygen_support_never_lowers_the_grade_of_a_patient(
    events: list[Event], steps: list[int], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(events) - 1))

    less, more = (grades(with_chart(events, place, "oxygen", **DEVICES[step])) for step in steps)
    assert {name for name, grade in less.items() if more[name] < grade} == set()


def without(fold: Fold, what: str) -> Fold:
    """The moment as if one component had never been observed or charted."""
    series = {"pressure": PRESSURES, "saturation": (SPO2, SPO2_HOME), "fever": (TEMPERATURE,)}.get(what, ())
    tracks = {name: track for name, track in fold.tracks.items() if name not in series}
    chart = fold.chart
    if what == "pressors":
        chart = replace(chart, pressors=(), pressors_ms=None)
    if what == "device":
        chart = replace(chart, oxygen=None)
    return replace(fold, tracks=tracks, chart=chart, episode=None if what == "fever" else fold.episode)


@given(patients(), st.sampled_from(["fever", "pressure", "saturation", "pressors", "device"]))
def test_one_component_less_known_only_widens_the_interval(events: list[Event], what: str) -> None:
    partition, _ = in_order(events)
    # What is held rests on the past; the question is what the moment itself establishes and excludes.
    fold = replace(partition.patients["bed-7"].fold, holds=Holds())
    known, unknown = (evaluate(item, fold.at_ms, DEFAULT_RULES) for item in (fold, without(fold, what)))

    assert unknown.low <= known.low <= known.high <= unknown.high
