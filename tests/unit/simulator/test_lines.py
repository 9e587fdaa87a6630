import json

import pytest

from schemas.bedside import Vitals
from schemas.charted import Clinical
from schemas.fields import QUANTITIES
from schemas.reading import read_bedside
from schemas.times import parse_time
from services.simulator.lines import line
from services.simulator.ward import arrivals
from tests.unit.simulator.wards import plan, time_of

KINDS = {kind.__annotations__["kind"].__args__[0]: kind for kind in Clinical.__origin__.__args__}


@pytest.fixture(scope="module")
def mixed():
    return list(arrivals(plan(50, days=3, every_ms=1_800_000, is_untidy=True)))


def test_the_grader_can_read_every_line(mixed):
    refused = [read_bedside(line(arrival)) for arrival in mixed if not isinstance(read_bedside(line(arrival)), dict)]

    assert refused == []


def test_every_line_has_its_fields_in_wire_order(mixed):
    for arrival in mixed:
        kind = KINDS[arrival.body["kind"]] if "kind" in arrival.body else Vitals
        order = {name: place for place, name in enumerate(all_fields(kind))}
        places = [order[name] for name in arrival.body]
        assert places == sorted(places), list(arrival.body)


def all_fields(kind):
    inherited = ["schema", "event_id", "patient_id", "recorded_at"]
    own = list(kind.__annotations__)
    return own if kind is Vitals else inherited + [name for name in own if name not in inherited]


def test_every_measured_value_is_plausible(mixed):
    for arrival in mixed:
        for name, value in arrival.body.items():
            if name in QUANTITIES and isinstance(value, (int, float)):
                low, high = QUANTITIES[name].plausible
                assert low <= value <= high, (name, value)


def test_the_mean_pressure_lies_between_the_other_two(mixed):
    pressures = [arrival.body for arrival in mixed if "sbp_mmhg" in arrival.body and "map_mmhg" in arrival.body]

    assert pressures
    assert all(body["dbp_mmhg"] < body["map_mmhg"] < body["sbp_mmhg"] for body in pressures)


def test_lines_are_in_order_of_arrival_and_say_when_it_is_not_their_own_time(mixed):
    received_ms = []
    for arrival in mixed:
        said = json.loads(line(arrival))
        received_ms.append(parse_time(said["received_at"]) if "received_at" in said else time_of(said))

    assert received_ms == sorted(received_ms)


def test_a_tidy_ward_needs_no_time_of_arrival():
    tidy = arrivals(plan(3, days=0.2))

    assert all(b"received_at" not in line(arrival) for arrival in tidy)


def test_only_a_repeated_message_has_an_event_id_that_was_there_before(mixed):
    first = {}
    for arrival in mixed:
        assert first.setdefault(arrival.body["event_id"], arrival.body) == arrival.body
