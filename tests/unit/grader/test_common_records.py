"""The common record of a monitor: what may be stored without a second look, and everything that may not.

Taken quickly, a record leaves the very state that the long way leaves, and the long way says nothing either.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from schemas.reading import event_time
from services.grader.engine.chart import ClinicianGrade, Stay
from services.grader.engine.crs.holds import MeasuredHold
from services.grader.engine.person import YEAR_MS, Person
from services.grader.engine.quick import quickly
from services.grader.engine.signs.track import Dense, Finding
from services.grader.engine.state import PatientState, Place
from services.grader.engine.step import Stepped, step
from services.grader.engine.ward import Ward
from tests.vignettes.bed import Bed, ms, when
from tests.vignettes.starting_points import SECOND

VALUES: dict[str, Any] = {
    "heart_rate_bpm": 80, "resp_rate_bpm": 16, "spo2_pct": 97, "temperature_c": 37.9,
    "sbp_mmhg": 118, "dbp_mmhg": 70, "map_mmhg": 86, "bp_source": "arterial",
}  # fmt: skip
NEXT = 1 + 3 * SECOND
NEXT_MS = ms(NEXT)
LAST_MS = ms(1 + 2 * SECOND)
WARD = Ward(watch_all=True)
PLACE = Place("t", 0, 9)
MINUTE_MS = 60_000

Tweak = Callable[[PatientState], PatientState]


def monitored(readings: int = 3, **values: Any) -> PatientState:
    """A grown-up in whom nothing happens, seen by the monitor every second from minute 1 on."""
    bed = Bed().admit().on_room_air()
    for second in range(readings):
        bed.monitor(1 + second * SECOND, event_id=f"seen-{second}", **{**VALUES, **values})
    assert bed.said() == []
    return bed.partition.patients["bed-7"]


def said_next(minute: float = NEXT, *, only: tuple[str, ...] = tuple(VALUES), **values: Any) -> dict[str, Any]:
    """The next record of that monitor."""
    shown = {name: value for name, value in {**VALUES, **values}.items() if name in only or name in values}
    return {"schema": "crs.vitals.v1", "event_id": "next", "patient_id": "bed-7", "observed_at": when(minute),
            "source": "monitor", **shown}  # fmt: skip


def taken(state: PatientState, record: dict[str, Any], clock_ms: int | None = None) -> PatientState | None:
    at_ms = event_time(record)
    assert at_ms is not None
    return quickly(state, record, at_ms=at_ms, clock_ms=at_ms if clock_ms is None else clock_ms, place=PLACE, ward=WARD)


def stepped(state: PatientState, record: dict[str, Any], clock_ms: int, *, thorough: bool) -> tuple[PatientState, bool]:
    """After a step that says nothing, and whether it was a quick one."""
    after = step(state, record, clock_ms=clock_ms, place=PLACE, ward=WARD._replace(thorough=thorough))
    assert isinstance(after, Stepped)
    assert after.state is not None
    assert after.outputs == []
    return after.state, after.quick


def assert_same(state: PatientState, record: dict[str, Any], clock_ms: int | None = None) -> PatientState:
    """Taken, and the state is that of the long way, but for the folds it may start from again."""
    quick = taken(state, record, clock_ms)
    slow, _ = stepped(state, record, clock_ms or event_time(record) or 0, thorough=True)
    assert quick is not None
    assert quick == replace(slow, marks=state.marks)
    return quick


@pytest.mark.parametrize(
    "record",
    [
        said_next(),
        said_next(heart_rate_bpm=90, resp_rate_bpm=20, temperature_c=37.8, sbp_mmhg=111, dbp_mmhg=40, map_mmhg=65),
        said_next(only=("heart_rate_bpm",)),
        said_next(only=("sbp_mmhg", "bp_source")),
        said_next(only=("temperature_c",), temperature_site="oral"),
        said_next(only=("spo2_pct",), temperature_site="oral"),
        said_next(NEXT + 0.4 * SECOND),
        said_next(1 + 2 * SECOND + 4 - SECOND),
    ],
)
def test_what_says_what_the_one_before_said_is_stored_as_the_long_way_stores_it(record):
    assert_same(monitored(), record)


@pytest.mark.parametrize("wait_ms", [0, 1, 700, 15_000, MINUTE_MS - 1])
def test_a_record_that_came_within_a_minute_is_stored_at_its_time(wait_ms):
    assert_same(monitored(), said_next(), NEXT_MS + wait_ms)
    assert taken(monitored(), said_next(), NEXT_MS + MINUTE_MS) is None  # one that took longer goes the long way


def test_a_monitor_that_speaks_at_odd_times_is_remembered_alike_whichever_way_it_came():
    long = quick = monitored()
    taken_quickly = 0
    for number in range(140):
        minute = 1 + (7 * number + number % 2 + 5) * SECOND
        record = {**said_next(minute), "event_id": f"odd-{number}"}
        long, quick = (replace(state, shown_ms=ms(minute)) for state in (long, quick))  # shown just now
        long, _ = stepped(long, record, ms(minute), thorough=True)
        quick, was_quick = stepped(quick, record, ms(minute), thorough=False)
        taken_quickly += was_quick
        assert replace(long, marks=()) == replace(quick, marks=())
    assert 120 < taken_quickly < 140


def test_a_series_that_hovered_for_long_is_told_more_coarsely_by_either_way():
    state = monitored()
    known = state.history.spans["spo2_pct"][-1]
    hovered = tuple(
        replace(known, first_ms=LAST_MS - 2000 * (62 - number), step_ms=0, readings=1, category=2 * (number % 2))
        for number in range(63)
    )
    hovered = (*hovered[:-1], replace(known, first_ms=LAST_MS - 500, step_ms=500, readings=2))
    history = replace(state.history, spans={**state.history.spans, "spo2_pct": hovered})
    after = assert_same(replace(state, history=history), said_next(1 + 2 * SECOND + 1.5))  # too long a pause to join
    assert len(after.history.spans["spo2_pct"]) < 63


@pytest.mark.parametrize(
    "record",
    [
        said_next(heart_rate_bpm=91),
        said_next(spo2_pct=95),
        said_next(temperature_c=38.0),  # fever, in the same band
        said_next(map_mmhg=64),
        said_next(dbp_mmhg=119),  # contradicts the systolic one
        said_next(only=("heart_rate_bpm",), dbp_mmhg=201),
        said_next(only=("map_mmhg", "bp_source")),  # grades nothing: time has not come as far as that
        said_next(temperature_site="axillary"),
        said_next(bp_source="cuff"),
        {**said_next(), "source": "manual"},
        {**said_next(), "source": "wearable"},
        said_next(1 + 2.4 * SECOND),  # the same second again
        said_next(1 + 2 * SECOND + 4),  # its rates were about to go stale
    ],
)
def test_a_record_that_may_say_more_goes_the_long_way(record):
    assert taken(monitored(), record) is None


@pytest.mark.parametrize(
    ("known", "value", "quick"),
    [
        ({"map_mmhg": 60}, {"map_mmhg": 64.9}, True),
        ({"map_mmhg": 60}, {"map_mmhg": 65}, False),
        ({"map_mmhg": 65}, {"map_mmhg": 90}, True),
        ({"resp_rate_bpm": 60}, {"resp_rate_bpm": 70}, True),
        ({"resp_rate_bpm": 60}, {"resp_rate_bpm": 71}, False),
        ({"heart_rate_bpm": 290}, {"heart_rate_bpm": 300}, True),
        ({"heart_rate_bpm": 290}, {"heart_rate_bpm": 301}, False),
    ],
)
def test_a_value_that_crosses_a_limit_or_is_odd_goes_the_long_way(known, value, quick):
    state = monitored()
    for name, number in known.items():
        key = name if name in state.newest else f"{name}:arterial"
        state = newest(key, value=number)(state)
    record = said_next(only=("heart_rate_bpm", "bp_source"), **value)
    assert (taken(state, record) is not None) is quick


def newest(name: str = "heart_rate_bpm", **fields: Any) -> Tweak:
    return lambda state: replace(state, newest={**state.newest, name: replace(state.newest[name], **fields)})


def track(name: str = "heart_rate_bpm", **fields: Any) -> Tweak:
    def tweaked(state: PatientState) -> PatientState:
        tracks = {**state.fold.tracks, name: replace(state.fold.tracks[name], **fields)}
        return replace(state, fold=replace(state.fold, tracks=tracks))

    return tweaked


def fold(**fields: Any) -> Tweak:
    return lambda state: replace(state, fold=replace(state.fold, **fields))


def chart(**fields: Any) -> Tweak:
    return lambda state: replace(state, fold=replace(state.fold, chart=replace(state.fold.chart, **fields)))


def having(**fields: Any) -> Tweak:
    return lambda state: replace(state, **fields)


def other_cuff(observed_ms: int) -> Tweak:
    """What the cuff said, beside the arterial line."""
    return lambda state: replace(
        state,
        newest={**state.newest, "sbp_mmhg:cuff": replace(state.newest["sbp_mmhg:arterial"], observed_ms=observed_ms)},
    )


def ids_seen(count: int) -> Tweak:
    def tweaked(state: PatientState) -> PatientState:
        one = next(iter(state.history.seen.values()))
        return replace(state, history=replace(state.history, seen={str(number): one for number in range(count)}))

    return tweaked


def aged(months_full_ms: int) -> Tweak:
    """Sixty years and one month old from this moment on."""
    return chart(person=Person(age_years=60, age_charted_ms=months_full_ms - YEAR_MS // 12))


def given(at_ms: int) -> Tweak:
    return chart(clinician=ClinicianGrade(0, 0, at_ms, "dr-a"))


def finding(*, established: bool) -> Finding:
    return Finding(ms(1), "seen-0", deep=False, due_ms=ms(2), established=established)


HELD = MeasuredHold(2, None)


@pytest.mark.parametrize(
    ("goes", "stays"),
    [
        (having(vitals_source="wearable"), having()),
        (having(vitals_ms=None), having()),
        (having(vitals_ms=NEXT_MS - 5 * MINUTE_MS), having(vitals_ms=NEXT_MS - 5 * MINUTE_MS + 1)),
        (having(shown_ms=NEXT_MS - 5 * MINUTE_MS), having(shown_ms=NEXT_MS - 5 * MINUTE_MS + 1)),
        (chart(stay=Stay("discharged")), having()),
        (having(faulted=True), having()),
        (having(high_before={}), having()),
        (fold(high=2), having()),
        (fold(critical={"spo2_pct": LAST_MS}), having()),
        (fold(at_ms=NEXT_MS), fold(at_ms=NEXT_MS - 1)),
        (having(score_below_ms=0), having(score_ms=0)),
        (aged(NEXT_MS), aged(NEXT_MS + 500)),
        (aged(LAST_MS + 500), aged(LAST_MS)),
        (given(LAST_MS), given(LAST_MS - 1)),
        (ids_seen(63), ids_seen(62)),
        (ids_seen(127), ids_seen(65)),
        (ids_seen(63), ids_seen(64)),
        (having(newest={}), having()),
        (newest(flags=("clock_ahead",)), having()),
        (newest(observed_ms=NEXT_MS), newest(observed_ms=NEXT_MS - 1)),
        (newest(observed_ms=NEXT_MS - 4 * MINUTE_MS), newest(observed_ms=NEXT_MS - 4 * MINUTE_MS + 1000)),
        (newest(source="wearable"), having()),
        (other_cuff(LAST_MS), other_cuff(LAST_MS - 1)),
        (fold(tracks={}), having()),
        (track(category=2), having()),
        (track(manner="spot"), having()),
        (track(dense=Dense(ms(1), 1000, LAST_MS)), having()),
        (track(finding=finding(established=False)), track(finding=finding(established=True))),
        (track(critical=finding(established=False)), track(critical=finding(established=True))),
    ],
)
def test_a_state_in_which_more_may_follow_sends_it_the_long_way(goes, stays):
    assert taken(goes(monitored()), said_next()) is None
    assert taken(stays(monitored()), said_next()) is not None


@pytest.mark.parametrize(
    ("held", "series", "values"),
    [
        ("pressure", "sbp_mmhg:arterial", {"bp_source": "arterial"}),
        ("pressure", "sbp_mmhg:cuff", {"bp_source": "cuff"}),
        ("saturation", "spo2_pct", {}),
        ("saturation", "spo2_pct:home", {}),
    ],
)
def test_a_normal_reading_while_an_improvement_is_being_confirmed_goes_the_long_way(held, series, values):
    sign = series.partition(":")[0]
    only = (sign, "bp_source") if sign == "sbp_mmhg" else (sign,)
    record = said_next(only=only, **values)
    bed = Bed().admit().on_room_air()
    if series == "spo2_pct:home":
        bed.chart(0, "baseline", oxygen_device="nasal_cannula", spo2_target_low_pct=88)
    for second in range(3):
        bed.monitor(1 + second * SECOND, **{**VALUES, **values})
    state = bed.partition.patients["bed-7"]
    assert taken(state, record) is not None
    holds = replace(state.fold.holds, **{held: HELD})
    state = fold(holds=holds)(state)
    assert taken(state, record) is None
    # Another sign confirms nothing, and what is still low is no improvement.
    assert taken(state, said_next(only=("heart_rate_bpm",))) is not None


def test_a_reading_as_low_as_the_one_before_is_stored_while_its_level_is_held():
    low = {"spo2_pct": 88, "sbp_mmhg": 87, "map_mmhg": 80, "temperature_c": 38.5}
    bed = Bed().admit().on_room_air()
    for second in range(40):
        bed.monitor(1 + second * SECOND, **{**VALUES, **low})
    state = bed.partition.patients["bed-7"]
    assert (state.fold.low, state.fold.holds.pressure.level, state.fold.holds.saturation.level) == (2, 2, 2)
    assert_same(state, said_next(1 + 40 * SECOND, **{**low, "spo2_pct": 87, "sbp_mmhg": 86}))
