"""A patient as bytes: whole or steady, what was stored goes on as if nobody had started anew."""

import dataclasses
import gc
import tracemalloc
import zlib
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.reading import event_time
from services.grader.engine import Origin, Output
from services.grader.engine.kept import deflated, inflated, read_stored
from services.grader.engine.partition import Partition
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.engine.state import STATE_VERSION, PatientState, StateVersionUnknown
from services.grader.engine.steady.settling import settled
from services.grader.engine.ward import Ward
from tests.unit.grader.arrivals import MINUTE, Event, streams
from tests.vignettes.bed import Bed, ms, when
from tests.vignettes.starting_points import SECOND, WELL, febrile_bed

SITE_RULES = dataclasses.replace(DEFAULT_RULES, trend_point_min=5)


def stored(partition: Partition) -> dict[str, bytes]:
    return {"bed-7": partition.encoded("bed-7") or b""}


def restored(partition: Partition) -> Partition:
    """Another one that knows only what was stored of the first."""
    again = Partition(watch_all=partition.ward.watch_all)
    again.restore(stored(partition), partition.clock_ms)
    return again


def heard(partition: Partition, event: Event, offset: int) -> list[Output]:
    """One record, at once where that can be."""
    at_ms = event_time(event.record) if event.record["schema"] == "crs.vitals.v1" else None
    if at_ms is not None and partition.take(event.record, at_ms, event.at_ms, offset):
        return []
    return partition.apply(event.record, clock_ms=event.at_ms, origin=Origin("t", 0, offset))


def steady_bed(readings: int = 5) -> Bed:
    """A grown-up in whom nothing happens, a reading each second from minute 1 on."""
    bed = Bed().admit().on_room_air()
    for second in range(readings):
        bed.monitor(1 + second * SECOND, **WELL)
    return bed


@pytest.mark.property
@given(streams(), st.randoms(use_true_random=False))
def test_what_is_stored_at_any_record_goes_on_as_if_nobody_had_started_anew(events: list[Event], random: Any) -> None:
    straight, again = Partition(), Partition()
    for offset, event in enumerate(events):
        assert heard(again, event, offset) == heard(straight, event, offset)
        if random.random() < 0.3:
            again = restored(again)
    end_ms = events[-1].at_ms + 600 * MINUTE
    assert again.advance(end_ms) == straight.advance(end_ms)


@pytest.mark.property
@given(streams(), st.randoms(use_true_random=False))
def test_storing_a_patient_changes_nothing(events: list[Event], random: Any) -> None:
    straight, again = Partition(), Partition()
    for offset, event in enumerate(events):
        assert heard(again, event, offset) == heard(straight, event, offset)
        if random.random() < 0.3:
            assert stored(again) == stored(again)
    one, two = again.patients["bed-7"], straight.patients["bed-7"]
    assert replace(one, marks=()) == replace(two, marks=())  # of the earlier folds fewer are stored


@pytest.mark.parametrize("readings", [0, 1, 2, 3, 50])
def test_what_was_read_is_stored_again_as_the_very_bytes(readings):
    bed = steady_bed(readings)
    assert stored(restored(bed.partition)) == stored(bed.partition)
    assert restored(bed.partition).patients == bed.partition.patients


def test_what_was_gathered_lies_before_the_state_and_the_state_is_not_stored_anew():
    partition = steady_bed().partition
    lines = []
    for second in (5, 6):
        assert heard(partition, Event(ms(1 + second * SECOND), reading(second)), second) == []
        lines.append(stored(partition)["bed-7"].split(b"\n", 1))
    assert lines[0][1] == lines[1][1]
    gathered = [orjson.loads(line)[2][0] for line, _ in lines]
    assert gathered[1] == gathered[0] + 1
    # A reading more takes no more room, but for its digits.
    assert abs(len(lines[0][0]) - len(lines[1][0])) < 8


def body(partition: Partition) -> bytes:
    """The state of which what was gathered is told from."""
    return stored(partition)["bed-7"].split(b"\n", 1)[1]


@pytest.mark.parametrize("values", [{}, {"temperature_c": 36.8}], ids=["rates", "with a temperature"])
def test_after_a_restart_it_is_gathered_on_and_the_state_is_not_stored_anew(values):
    straight = steady_bed().partition
    for second in (5, 6, 7, 500):
        heard(straight, Event(ms(1 + second * SECOND), reading(second, **values)), second)
    again = restored(straight)
    for second in (501, 502, 1000):
        for one in (straight, again):
            heard(one, Event(ms(1 + second * SECOND), reading(second, **values)), second)
        assert body(again) == body(straight)
        again = restored(again)
    assert again.patients == straight.patients


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"width_s": 300}, id="points of another width"),
        pytest.param({"most": 3}, id="fewer points"),
        pytest.param({"pairs_how": "core oral", "pairs": ((1, 1, 3700, 8000),)}, id="temperatures that are not paired"),
    ],
)
def test_what_was_gathered_under_other_rules_is_put_away_first(other):
    partition = gathering()
    before, gathered = partition.patients["bed-7"], read_stored(stored(partition)["bed-7"]).gathered

    assert settled(before, Ward()).go_on(gathered)
    steady = settled(before, Ward())
    assert not steady.go_on(gathered._replace(**other))
    assert steady.gathered() is None


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(lambda row: row._replace(series="", runs=()), id="a series that is no more"),
        pytest.param(lambda row: row._replace(how="core oral"), id="taken in another way"),
        pytest.param(lambda row: row._replace(runs=()), id="no run"),
        pytest.param(lambda row: row._replace(runs=((1, *row.runs[0][1:]),)), id="another run"),
    ],
)
def test_a_row_that_stands_elsewhere_is_put_away_first(changed):
    partition = gathering()
    before, gathered = partition.patients["bed-7"], read_stored(stored(partition)["bed-7"]).gathered

    steady = settled(before, Ward())
    assert not steady.go_on(gathered._replace(rows=(changed(gathered.rows[0]), *gathered.rows[1:])))
    assert steady.gathered() is None


def test_under_rules_with_other_points_a_patient_goes_on_all_the_same():
    straight = gathering()
    again = Partition(SITE_RULES, watch_all=True)
    again.restore(stored(straight), straight.clock_ms)
    heard(again, Event(ms(1 + 7 * SECOND), reading(7, heart_rate_bpm=81)), 7)

    assert body(again) != body(straight)
    assert again.patients["bed-7"].newest["heart_rate_bpm"].value == 81


def gathering() -> Partition:
    """A steady patient of whom two readings are gathered."""
    partition = steady_bed().partition
    for second in (5, 6):
        assert heard(partition, Event(ms(1 + second * SECOND), reading(second)), second) == []
    return partition


def reading(second: int, **values: Any) -> dict[str, Any]:
    return {"schema": "crs.vitals.v1", "event_id": f"r-{second}", "patient_id": "bed-7", "source": "monitor",
            "observed_at": when(1 + second * SECOND), **WELL, **values}  # fmt: skip


def test_a_ward_just_restored_stays_small_when_everybody_is_heard_from():
    known = steady_bed().partition
    heard(restored(known), Event(ms(1 + 5 * SECOND), reading(5)), 5)  # what all patients share is there
    tracemalloc.start()
    try:
        ward = [restored(known) for _ in range(20)]
        for partition in ward:
            assert heard(partition, Event(ms(1 + 5 * SECOND), reading(5)), 5) == []
        gc.collect()
        small_bytes = tracemalloc.get_traced_memory()[0]
        whole = [partition.patients for partition in ward]
        whole_bytes = tracemalloc.get_traced_memory()[0] - small_bytes
    finally:
        tracemalloc.stop()
    assert len(whole) == len(ward)
    assert small_bytes * 2 < whole_bytes


def test_a_state_is_much_smaller_than_it_is_told():
    state = febrile_bed().partition.patients["bed-7"]
    assert inflated(deflated(state)) == state
    assert len(deflated(state)) * 3 < len(orjson.dumps(febrile_bed().known()))


def test_of_a_patient_without_a_state_there_is_nothing_to_deflate():
    with pytest.raises(ValueError, match=r"^a patient without a state$"):
        deflated(None)


def test_when_somebody_has_to_look_is_stored_and_waited_for_again():
    bed = steady_bed()
    due_ms = read_stored(stored(bed.partition)["bed-7"]).due_ms
    assert due_ms is not None
    assert due_ms <= ms(1 + 4 * SECOND) + 5 * MINUTE  # its signs go stale
    again = restored(bed.partition)
    assert again.advance(due_ms + 10 * MINUTE) == bed.partition.advance(due_ms + 10 * MINUTE) != []


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"\n",
        b"\x00\xff",
        b'{"v":1,"state":{}}',
        b"[]\n",
        b"[1,null]\n",
        b"[1,null,null,null]\n",
        b"[99,null,null]\n",
        b'["1",null,null]\n',
        b"1\n",
        b"null\n",
    ],
)
def test_what_is_not_a_stored_patient_or_one_of_another_version_is_not_read(damaged):
    with pytest.raises(StateVersionUnknown, match=r"^(not a stored patient|state version \S+, this engine knows 1)$"):
        Partition().restore({"bed-7": damaged}, ms(1))


@pytest.mark.parametrize("part", ["nothing", "other bytes", "its begin", "all but its end", "another first byte"])
def test_a_state_that_is_damaged_is_not_taken_over(part):
    line, body = stored(steady_bed().partition)["bed-7"].split(b"\n", 1)
    damaged = {
        "nothing": b"", "other bytes": b"\xff" * 9, "its begin": body[:20], "all but its end": body[:-20],
        "another first byte": b"\x07" + body[1:],
    }[part]  # fmt: skip
    partition = Partition()
    with pytest.raises((zlib.error, ValueError)):
        partition.restore({"bed-7": line + b"\n" + damaged}, ms(1))
    assert partition.patients == {}


def test_a_state_of_another_version_is_named():
    with pytest.raises(StateVersionUnknown, match=f"^state version 7, this engine knows {STATE_VERSION}$"):
        read_stored(b"[7,null,null]\n" + deflated(PatientState("bed-7")))
