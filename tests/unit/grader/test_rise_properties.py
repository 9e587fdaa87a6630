"""What pages and what ends, for every generated patient: stays that end and come back, and merges, included."""

from collections import deque
from collections.abc import Iterable
from typing import Any

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.encoding import encode
from schemas.reading import check_bedside, read_bedside
from schemas.reasons import Refusal
from schemas.times import format_time, parse_time
from services.grader.engine import Origin, Output
from services.grader.engine.partition import Partition
from services.grader.engine.state import Place, decode_state
from services.grader.engine.step import Stepped, step
from tests.unit.grader.arrivals import MINUTE, Event, delayed, patients

SLOW = settings(deadline=None, max_examples=12, suppress_health_check=list(HealthCheck), derandomize=True)
OLD, NEW = "bed-7", "bed-8"
Record = dict[str, Any]

_MOVES = st.sampled_from(["discharge", "cancel_discharge", "admit", "off_unit", "return", "transfer"])


def moved(at_ms: int, number: int, action: str, **fields: Any) -> Event:
    """One encounter event."""
    record = {
        "schema": "crs.clinical.v1", "event_id": f"move-{number}", "patient_id": OLD, "kind": "encounter",
        "recorded_at": format_time(at_ms), "action": action, **fields,
    }  # fmt: skip
    checked = check_bedside(record)
    assert not isinstance(checked, Refusal)
    return Event(at_ms, checked)


@st.composite
def stays(draw: st.DrawFn) -> list[Event]:
    """A patient who also leaves, comes back, is discharged by mistake and admitted again."""
    events = draw(patients(most=20))
    end_ms = events[-1].at_ms
    moves = draw(st.lists(st.tuples(st.integers(events[1].at_ms, end_ms + 60 * MINUTE), _MOVES), max_size=6))
    found = [moved(at_ms - at_ms % 1000, number, action) for number, (at_ms, action) in enumerate(moves)]
    return sorted([*events, *found], key=lambda event: event.at_ms)


@st.composite
def merged(draw: st.DrawFn) -> list[Event]:
    """Two records of one patient, and the merge of the first into the second."""
    old, new = draw(stays()), draw(patients(most=12))
    theirs = [Event(event.at_ms + 1000, renamed(event.record)) for event in new]
    at_ms = draw(st.integers(old[0].at_ms, max(old[-1].at_ms, theirs[-1].at_ms) + 60 * MINUTE))
    merge = moved(at_ms - at_ms % 1000 + 500, 99, "merge", merged_into=NEW)
    return sorted([*old, *theirs, merge], key=lambda event: event.at_ms)


def renamed(record: Record) -> Record:
    """The same under the survivor's name, with ids of its own."""
    found = {**record, "patient_id": NEW, "event_id": f"new-{record['event_id']}"}
    return found | ({"retracts": f"new-{record['retracts']}"} if "retracts" in record else {})


def told(outputs: Iterable[Output]) -> list[Record | None]:
    """Escalations and estimates without where they lie; None where an estimate is taken away."""
    shown = [output.value for output in outputs if output.topic in ("escalations", "estimates")]
    return [item and {name: value for name, value in item.items() if name != "provenance"} for item in shown]


class Ward:
    """A partition whose own records come back to it at once, as in a replay."""

    def __init__(self, partition: Partition | None = None) -> None:
        self.partition = partition or Partition()
        self.outputs: list[Output] = []
        self.written: list[Record] = []
        self._offset = 0

    def apply(self, record: Record, clock_ms: int) -> None:
        waiting = deque([record])
        while waiting:
            read = read_bedside(encode(waiting.popleft()))
            assert not isinstance(read, Refusal)
            origin = Origin("t", 0, self._offset)
            self._offset += 1
            found = self.partition.apply(read, clock_ms=clock_ms, origin=origin)
            self.outputs += found
            own = [output.value for output in found if output.topic == "bedside" and output.value]
            self.written += own
            waiting += own

    def restart(self) -> None:
        states = {name: self.partition.encoded(name) for name in self.partition.patients}
        clock_ms, self.partition = self.partition.clock_ms, Partition()
        self.partition.restore(states, clock_ms)

    def escalations(self) -> list[Record]:
        return [output.value for output in self.outputs if output.topic == "escalations" and output.value]


def run(arrivals: Iterable[tuple[int, Event]], ward: Ward | None = None) -> Ward:
    """Everything in its order of arrival, and ten hours more."""
    ward, clock_ms = ward or Ward(), 0
    for clock_ms, event in arrivals:
        ward.apply(event.record, clock_ms)
    ward.outputs += ward.partition.advance(clock_ms + 600 * MINUTE)
    return ward


def on_time(events: Iterable[Event]) -> list[tuple[int, Event]]:
    return [(event.at_ms, event) for event in events]


def assert_sound(said: list[Record]) -> None:
    """Each id once, whatever kind, cause or spell; each end of something that was open."""
    names = [item["escalation_id"] for item in said]
    assert len(names) == len(set(names))
    open_now: set[str] = set()
    for item in said:
        if item["kind"] == "resolved":
            assert item["resolves"]
            assert set(item["resolves"]) <= open_now
            open_now -= set(item["resolves"])
        else:
            open_now.add(item["escalation_id"])


@SLOW
@given(stays(), st.randoms(use_true_random=False), st.booleans())
def test_no_two_escalations_share_an_id_through_any_stay(events: list[Event], random: Any, late: bool) -> None:
    assert_sound(run(delayed(events, random) if late else on_time(events)).escalations())


@SLOW
@given(merged(), st.randoms(use_true_random=False), st.booleans())
def test_no_two_escalations_share_an_id_through_any_merge(events: list[Event], random: Any, late: bool) -> None:
    ward = run(delayed(events, random) if late else on_time(events))
    said = ward.escalations()
    assert_sound(said)
    assert not [output for output in ward.outputs if output.topic == "rejected"]
    assert not any(item["kind"] == "engine_fault" for item in said)
    # Nothing is left open under the old name.
    under_old = [item for item in said if item["patient_id"] == OLD]
    ended = {name for item in under_old for name in item.get("resolves", ())}
    assert {item["escalation_id"] for item in under_old if item["kind"] != "resolved"} <= ended


@SLOW
@given(stays(), st.randoms(use_true_random=False), st.booleans())
def test_a_standing_grade_is_always_covered_by_a_page_that_is_not_resolved(
    events: list[Event], random: Any, late: bool
) -> None:
    """So a rise that returns after `resolved`, for whatever reason, has paged."""
    ward, open_now = Ward(), dict[str, tuple[str, int]]()
    for clock_ms, event in delayed(events, random) if late else on_time(events):
        ward.outputs = []
        ward.apply(event.record, clock_ms)
        for item in ward.escalations():
            for name in item.get("resolves", ()):
                open_now.pop(name, None)
            if item["kind"] in ("crs_rise", "icans_rise"):
                grade = item["grade"] if item["kind"] == "crs_rise" else item["icans"]
                open_now[item["escalation_id"]] = (item["kind"], grade)
        state = ward.partition.patients[OLD]
        if ward.partition.ward.pages(state.fold.chart):
            for kind, low in (("crs_rise", state.fold.low), ("icans_rise", state.fold.icans_low)):
                assert low <= max((grade for known, grade in open_now.values() if known == kind), default=0)


@SLOW
@given(merged(), st.randoms(use_true_random=False))
def test_records_written_twice_change_nothing(events: list[Event], random: Any) -> None:
    """The old owner died after writing: every handover, answer and forwarded event comes once more."""
    plain, again = Ward(), Ward()
    for clock_ms, event in on_time(events):
        plain.apply(event.record, clock_ms)
        again.apply(event.record, clock_ms)
        if again.written and random.randrange(3) == 0:
            again.apply(random.choice(again.written), clock_ms)
    assert told(again.outputs) == told(plain.outputs)


@SLOW
@given(merged(), st.data())
def test_a_restart_anywhere_around_a_merge_changes_nothing(events: list[Event], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(events)))
    ward = Ward()
    for number, (clock_ms, event) in enumerate(on_time(events)):
        if number == cut:
            ward.restart()
        ward.apply(event.record, clock_ms)
    ward.outputs += ward.partition.advance(events[-1].at_ms + 600 * MINUTE)
    assert told(ward.outputs) == told(run(on_time(events)).outputs)


@SLOW
@given(merged())
def test_a_merge_lowers_nothing(events: list[Event]) -> None:
    ward = Ward()
    for clock_ms, event in on_time(events):
        if event.record.get("action") != "merge":
            ward.apply(event.record, clock_ms)
            continue
        ward.outputs += ward.partition.advance(clock_ms - 1)
        here = [state for state in ward.partition.patients.values() if state.stay.status != "discharged"]
        before = [(state.fold.low, state.fold.icans_low) for state in here]
        ward.apply(event.record, clock_ms)
        after = ward.partition.patients[NEW]
        if after.stay.status != "discharged":
            assert after.fold.low >= max((low for low, _ in before), default=0)
            assert after.fold.icans_low >= max((icans for _, icans in before), default=0)


@SLOW
@given(merged())
def test_every_escalation_around_a_merge_comes_out_of_its_evidence_again(events: list[Event]) -> None:
    ward = run(on_time(events))
    said = {item["escalation_id"]: item for item in ward.escalations()}
    for evidence in (output.value for output in ward.outputs if output.topic == "evidence" and output.value):
        if "record" not in evidence:
            continue
        before, lies = evidence["state_before"], evidence["provenance"]
        state = None if before is None else decode_state(orjson.loads(orjson.dumps(before)))
        place = Place(lies["topic"], lies["partition"], lies["last_offset"])
        now_ms = parse_time(evidence["now"])
        stepped = step(state, evidence["record"], clock_ms=now_ms, place=place, ward=ward.partition.ward)
        assert isinstance(stepped, Stepped)
        assert said[evidence["escalation_id"]] in [output.value for output in stepped.outputs]
