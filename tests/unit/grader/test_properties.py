"""What must hold for every patient, found by Hypothesis rather than written down case by case."""

from collections.abc import Sequence
from typing import Any

import orjson
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from schemas.times import parse_time
from services.grader.engine import Origin, Output
from services.grader.engine.crs.grading import Bounds, combine, grade_device, grade_pressors
from services.grader.engine.partition import Partition
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.engine.state import Place, decode_state
from services.grader.engine.step import Stepped, next_deadline, step, tick
from tests.unit.grader.arrivals import MINUTE, Event, arriving, delayed, in_order, patients, streams, told

pytestmark = pytest.mark.property


@given(patients(), st.randoms(use_true_random=False))
def test_any_arrival_order_within_the_bound_ends_in_the_same_grade(events: list[Event], random: Any) -> None:
    arrivals = delayed(events, random)
    end_ms = max(clock_ms for clock_ms, _ in arrivals) + MINUTE

    straight, shuffled = in_order(events)[0], arriving(arrivals)[0]
    straight.advance(end_ms)
    shuffled.advance(end_ms)

    one, two = straight.patients["bed-7"], shuffled.patients["bed-7"]
    kept = [name for state in (one, two) for name in state.history.entries if name.startswith("kept:")]
    assume(not kept)  # settled.md 16: what was said falls from when it was contradicted, and that is arrival
    assert (one.fold.low, one.fold.high) == (two.fold.low, two.fold.high)
    assert (one.fold.icans_low, one.fold.icans_high) == (two.fold.icans_low, two.fold.icans_high)
    assert one.fold.chart == two.fold.chart
    assert one.fold.tracks == two.fold.tracks
    assert (one.fold.critical, one.fold.fever, one.fold.gap_ms) == (two.fold.critical, two.fold.fever, two.fold.gap_ms)
    assert one.fold.holds == two.fold.holds
    assert (one.fold.episode and one.fold.episode.max_grade) == (two.fold.episode and two.fold.episode.max_grade)
    assert one.newest == two.newest


def rises_of(outputs: Sequence[Output]) -> list[dict[str, Any]]:
    found = [output.value for output in outputs if output.topic == "escalations"]
    return [value for value in found if value["kind"] == "crs_rise"]


def spans_of(rises: Sequence[dict[str, Any]]) -> dict[str, tuple[str, str]]:
    """From when to when each episode lies, by the first rise of each."""
    begun: dict[str, str] = {}
    for rise in rises:
        begun.setdefault(rise["episode_id"], rise["occurred_at"])
    ends = [*list(begun.values())[1:], "9999"]
    return {name: (since, until) for (name, since), until in zip(begun.items(), ends, strict=False)}


# What was entered in error and taken back before it came is never told.
@given(patients(retracted=False), st.randoms(use_true_random=False))
def test_the_highest_grade_of_an_episode_is_escalated_in_every_order(events: list[Event], random: Any) -> None:
    # What was explained in its very moment stood for no time: the one who is told of it is who hears of it first.
    explained = [event.at_ms for event in events if event.record.get("kind") == "attribution"]
    assume(sum(event.at_ms in explained for event in events) == len(explained))
    arrivals = delayed(events, random)
    end_ms = max(clock_ms for clock_ms, _ in arrivals) + MINUTE

    straight, shuffled = (
        rises_of([*outputs, *partition.advance(end_ms)])
        for partition, outputs in (in_order(events), arriving(arrivals))
    )
    for name, (since, until) in spans_of(straight).items():
        highest = max(rise["grade"] for rise in straight if rise["episode_id"] == name)
        assert any(rise["grade"] >= highest and since <= rise["occurred_at"] < until for rise in shuffled)


@given(patients(), st.randoms(use_true_random=False))
def test_duplicates_change_nothing(events: list[Event], random: Any) -> None:
    arrivals = [(event.at_ms, event) for event in events]
    repeated = [(event.at_ms + random.randrange(0, 9 * MINUTE), event) for event in random.sample(events, len(events))]
    mixed = sorted([*arrivals, *repeated], key=lambda arrival: arrival[0])
    # The clock of the repeats passes deadlines earlier; the same clock without them must say the same.
    ticks = [clock_ms for clock_ms, _ in mixed]

    plain, expected = Partition(), []
    once: set[str] = set()
    for offset, (clock_ms, event) in enumerate(mixed):
        if event.record["event_id"] in once:
            expected += plain.advance(clock_ms - 1)
        else:
            once.add(event.record["event_id"])
            expected += plain.apply(event.record, clock_ms=clock_ms, origin=Origin("t", 0, offset))

    _, outputs = arriving(mixed)
    assert told(outputs) == told(expected)
    assert ticks == sorted(ticks)


@given(patients(), st.lists(st.integers(0, 3600), max_size=30))
def test_how_often_time_passes_does_not_matter(events: list[Event], pauses: list[int]) -> None:
    _, expected = in_order(events)
    partition, outputs = Partition(), []
    ticks = sorted(events[0].at_ms + 1000 * pause for pause in pauses)
    for offset, event in enumerate(events):
        while ticks and ticks[0] < event.at_ms:
            outputs += partition.advance(ticks.pop(0))
        outputs += partition.apply(event.record, clock_ms=event.at_ms, origin=Origin("t", 0, offset))
    assert told(outputs) == told(expected)


@given(patients(), st.data())
def test_a_restart_in_the_middle_changes_nothing(events: list[Event], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(events)))
    partition, expected = in_order(events)
    end_ms = events[-1].at_ms + 600 * MINUTE
    expected = [*expected, *partition.advance(end_ms)]

    first, outputs = in_order(events[:cut])
    states = {patient_id: first.encoded(patient_id) for patient_id in first.patients}
    second = Partition()
    second.restore(states, first.clock_ms)
    for offset, event in enumerate(events[cut:], start=cut):
        outputs += second.apply(event.record, clock_ms=event.at_ms, origin=Origin("t", 0, offset))
    outputs += second.advance(end_ms)

    assert outputs == expected


@given(patients())
def test_no_two_escalations_share_an_id_and_every_end_names_what_was_said(events: list[Event]) -> None:
    partition, outputs = in_order(events)
    outputs = [*outputs, *partition.advance(events[-1].at_ms + 600 * MINUTE)]
    said = [output.value for output in outputs if output.topic == "escalations"]
    names = [item["escalation_id"] for item in said]
    assert len(names) == len(set(names))

    open_now: set[str] = set()
    for item in said:
        if item["kind"] == "resolved":
            assert set(item["resolves"]) <= open_now
            open_now -= set(item["resolves"])
        else:
            open_now.add(item["escalation_id"])


@given(patients())
def test_as_of_and_revision_never_go_back(events: list[Event]) -> None:
    _, outputs = in_order(events)
    estimates = [output.value for output in outputs if output.topic == "estimates"]
    assert [item["revision"] for item in estimates] == sorted({item["revision"] for item in estimates})
    times = [parse_time(item["as_of"]) for item in estimates]
    assert times == sorted(times)


@given(patients())
def test_a_deadline_always_lies_ahead(events: list[Event]) -> None:
    partition, _ = in_order(events)
    state = partition.patients["bed-7"]
    due_ms = next_deadline(state, state.reached_ms, partition.ward)
    assert due_ms is None or due_ms > state.reached_ms


@given(streams())
def test_the_quick_way_says_what_the_long_way_says(events: list[Event]) -> None:
    end_ms = events[-1].at_ms + 60 * MINUTE
    ways = []
    for thorough in (False, True):
        partition, outputs = in_order(events, Partition(thorough=thorough))
        ways.append((told([*outputs, *partition.advance(end_ms)]), partition.patients["bed-7"]))
    (quick, one), (long, two) = ways
    assert quick == long
    assert (one.newest, one.sent) == (two.newest, two.sent)
    assert (one.fold.tracks, one.fold.holds, one.fold.low) == (two.fold.tracks, two.fold.holds, two.fold.low)
    assert (one.revision, one.as_of_ms, one.history.spans) == (two.revision, two.as_of_ms, two.history.spans)


@given(patients())
def test_every_escalation_comes_out_of_its_evidence_again(events: list[Event]) -> None:
    partition, outputs = in_order(events)
    outputs = [*outputs, *partition.advance(events[-1].at_ms + 600 * MINUTE)]
    said = {output.value["escalation_id"]: output.value for output in outputs if output.topic == "escalations"}
    for evidence in (output.value for output in outputs if output.topic == "evidence"):
        before, lies = evidence["state_before"], evidence["provenance"]
        state = None if before is None else decode_state(orjson.loads(orjson.dumps(before)))
        now_ms = parse_time(evidence["now"])
        place = Place(lies["topic"], lies["partition"], lies["last_offset"])
        if "record" in evidence:
            stepped = step(state, evidence["record"], clock_ms=now_ms, place=place, ward=partition.ward)
            assert isinstance(stepped, Stepped)
            again = stepped.outputs
        else:
            assert state is not None
            again = tick(state, now_ms, partition.ward)[1]
        assert said[evidence["escalation_id"]] in [output.value for output in again]


BOUNDS = st.tuples(st.integers(0, 4), st.integers(0, 4)).map(lambda pair: Bounds(min(pair), max(pair)))


@given(st.sampled_from([True, False, None]), st.lists(BOUNDS, min_size=1, max_size=4))
def test_unknown_only_widens(febrile: bool | None, parts: list[Bounds]) -> None:
    known = combine(febrile, *parts)
    for index in range(len(parts)):
        wider = combine(febrile, *parts[:index], Bounds(0, 4), *parts[index + 1 :])
        assert wider.low <= known.low <= known.high <= wider.high
    unknown = combine(None, *parts)
    assert unknown.low <= known.low <= known.high <= unknown.high


@given(
    st.sets(st.sampled_from(["norepinephrine", "vasopressin", "phenylephrine", "dobutamine", "unheard of"])),
    st.sampled_from(["norepinephrine", "vasopressin", "phenylephrine", "dobutamine", "unheard of"]),
)
def test_one_more_vasopressor_never_lowers(running: set[str], more: str) -> None:
    one, two = grade_pressors(running, DEFAULT_RULES), grade_pressors({*running, more}, DEFAULT_RULES)
    assert one.low <= two.low
    assert one.high <= two.high


@given(st.sampled_from(["nasal_cannula", "high_flow_nasal_cannula"]), st.floats(0, 60), st.floats(0, 60))
def test_more_flow_never_lowers(device: str, one: float, two: float) -> None:
    less, more = sorted((one, two))
    low, high = grade_device(device, less, DEFAULT_RULES), grade_device(device, more, DEFAULT_RULES)
    assert low.low <= high.low
    assert low.high <= high.high
