"""The common record of a monitor: what may be gathered without a second look, and everything that may not.

Gathered, a record leaves the very state that the long way leaves, and the long way says nothing either.
"""

from typing import Any

import pytest
from msgspec.structs import replace

from services.grader.engine.chart import Stay
from services.grader.engine.crs.holds import MeasuredHold
from services.grader.engine.past.history import Entry
from services.grader.engine.signs.track import Dense
from tests.unit.grader.one_reading_more import (
    LAST_MS,
    MINUTE_MS,
    NEXT,
    NEXT_MS,
    VALUES,
    aged,
    assert_same,
    chart,
    commonly_taken,
    finding,
    fold,
    given,
    having,
    is_taken,
    monitored,
    newest,
    other_cuff,
    remembered,
    said_next,
    track,
)
from tests.vignettes.bed import Bed, ms, when
from tests.vignettes.starting_points import SECOND

SHOWN_AGAIN_MS = 5 * MINUTE_MS


@pytest.mark.parametrize(
    "record",
    [
        said_next(),
        said_next(heart_rate_bpm=90, resp_rate_bpm=20, temperature_c=37.8, sbp_mmhg=111, dbp_mmhg=40, map_mmhg=65.1),
        said_next(1 + 2.4 * SECOND),  # the same second again: shown, and graded as it was
        said_next(only=("heart_rate_bpm",)),
        said_next(only=("sbp_mmhg", "bp_source")),
        said_next(only=("temperature_c",)),
        said_next(only=("temperature_c", "heart_rate_bpm")),
        said_next(only=("spo2_pct",), temperature_site="oral"),
        said_next(only=("heart_rate_bpm", "map_mmhg", "bp_source")),
        said_next(NEXT + 0.4 * SECOND),
        said_next(1 + 5 * SECOND),
        said_next(1 + 2 * SECOND + 4 - 2 * SECOND),
    ],
)
def test_what_says_what_the_one_before_said_is_gathered_as_the_long_way_stores_it(record):
    assert_same(monitored(), record)


@pytest.mark.parametrize("readings", [1, 2, 3, 30])
def test_a_run_goes_on_as_the_long_way_lets_it_go_on(readings):
    for pause in (1, 2, 100):
        assert_same(monitored(readings), said_next(1 + (readings - 1 + pause) * SECOND))


@pytest.mark.parametrize("wait_ms", [0, 1, 700, 15_000, MINUTE_MS - 1])
def test_a_record_that_came_within_a_minute_is_gathered_at_its_time(wait_ms):
    assert_same(monitored(), said_next(), NEXT_MS + wait_ms)
    assert not is_taken(monitored(), said_next(), NEXT_MS + MINUTE_MS)  # one that took longer goes the long way
    assert not is_taken(monitored(), said_next(), NEXT_MS - 1)  # and one from a clock that is ahead


@pytest.mark.parametrize(
    "record",
    [
        said_next(spo2_pct=89),
        said_next(sbp_mmhg=49),
        said_next(temperature_c=38.0),  # fever
        said_next(temperature_c=37.95),
        said_next(temperature_c=45),
        said_next(map_mmhg=64),
        said_next(dbp_mmhg=119),  # contradicts the systolic one
        said_next(only=("heart_rate_bpm",), dbp_mmhg=201),
        said_next(only=("map_mmhg", "bp_source")),  # grades nothing: time has not come as far as that
        said_next(temperature_site="axillary"),
        said_next(only=("temperature_c",), temperature_site="oral"),
        said_next(bp_source="cuff"),
        said_next(only=("heart_rate_bpm", "sbp_mmhg")),  # by whichever cuff
        said_next(forwarded_from=["bed-6"]),
        {**said_next(), "source": "manual"},
        {**said_next(), "source": "wearable"},
        said_next(1 + SECOND),  # an earlier one
        said_next(1 + 2 * SECOND + 4 - SECOND),  # its rates were about to go stale
        {**said_next(), "schema": "crs.clinical.v1", "recorded_at": when(NEXT), "kind": "lab"},
        {name: value for name, value in said_next().items() if name not in VALUES},
    ],
)
def test_a_record_that_may_say_more_goes_the_long_way(record):
    assert commonly_taken(monitored(), record) is None


@pytest.mark.parametrize(
    ("known", "value", "taken"),
    [
        ({"map_mmhg": 60}, {"map_mmhg": 64.9}, True),
        ({"map_mmhg": 60}, {"map_mmhg": 65}, False),
        ({"map_mmhg": 65.5}, {"map_mmhg": 90}, True),
        ({"map_mmhg": 65.5}, {"map_mmhg": 64.9}, False),
        ({"resp_rate_bpm": 60}, {"resp_rate_bpm": 69.9}, True),
        ({"resp_rate_bpm": 60}, {"resp_rate_bpm": 71}, False),
        ({"heart_rate_bpm": 290}, {"heart_rate_bpm": 299}, True),
        ({"heart_rate_bpm": 290}, {"heart_rate_bpm": 301}, False),
        ({"heart_rate_bpm": 301}, {"heart_rate_bpm": 301}, False),
        ({"spo2_pct": 89}, {"spo2_pct": 85.5}, True),
        ({"spo2_pct": 89}, {"spo2_pct": 85}, False),
        ({"spo2_pct": 89}, {"spo2_pct": 90}, False),
        ({"sbp_mmhg": 50.5}, {"sbp_mmhg": 80}, True),
        ({"sbp_mmhg": 50.5}, {"sbp_mmhg": 49.9}, False),
        ({"temperature_c": 38.5}, {"temperature_c": 38.1}, True),
        ({"temperature_c": 38.5}, {"temperature_c": 37.94}, False),
    ],
)
def test_a_value_that_crosses_a_limit_or_is_odd_goes_the_long_way(known, value, taken):
    bed = Bed(watch_all=False).admit()
    for second in range(40):
        bed.monitor(1 + second * SECOND, **known, **({"heart_rate_bpm": 80} if "map_mmhg" in known else {}))
    record = said_next(1 + 40 * SECOND, only=("heart_rate_bpm",) if "map_mmhg" in known else (), **value)
    assert is_taken(bed.partition.patients["bed-7"], record) is taken


@pytest.mark.parametrize("temperature_site", [None, "oral", "axillary"])
@pytest.mark.parametrize("rate", [{}, {"heart_rate_bpm": 84}])
def test_a_temperature_is_paired_with_its_heart_rate_or_the_newest_one(temperature_site, rate):
    site = {} if temperature_site is None else {"temperature_site": temperature_site}
    state = monitored(**site)
    after = assert_same(state, said_next(only=(), temperature_c=37.5, **site, **rate))
    pairs = after.trends["heart_rate_bpm:per_degree"]
    assert (pairs.readings, pairs.y) == (4, 3 * 8000 + (8400 if rate else 8000))


@pytest.mark.parametrize(("before_min", "paired"), [(10, 1), (10 + SECOND, 0)])
def test_a_heart_rate_by_hand_is_paired_with_the_temperature_of_a_stream_while_it_is_close(before_min, paired):
    bed = Bed().admit().on_room_air().vitals(20 - before_min, heart_rate_bpm=80)
    for second in range(3, 0, -1):
        bed.monitor(20 - second * SECOND, temperature_c=37.0)
    state = bed.partition.patients["bed-7"]
    after = assert_same(state, said_next(20, only=(), temperature_c=37.1))
    pairs = (one.trends["heart_rate_bpm:per_degree"].readings for one in (after, state))
    assert next(pairs) == next(pairs) + paired


def test_a_heart_rate_that_is_odd_is_paired_with_nothing():
    bed = Bed().admit().on_room_air().vitals(1, heart_rate_bpm=310)
    for second in range(3):
        bed.monitor(1 + second * SECOND, temperature_c=37.0)
    after = assert_same(bed.partition.patients["bed-7"], said_next(only=(), temperature_c=37.1))
    assert "heart_rate_bpm:per_degree" not in after.trends


@pytest.mark.parametrize(
    ("goes", "stays"),
    [
        (having(vitals_source="wearable"), having()),
        (having(vitals_ms=None), having()),
        (chart(stay=Stay("discharged")), having()),
        (having(faulted=True), having()),
        (having(high_before={}), having()),
        (fold(high=2), having()),
        (fold(critical={"spo2_pct": LAST_MS}), having()),
        (fold(at_ms=NEXT_MS), fold(at_ms=NEXT_MS - 1)),
        (having(score_below_ms=0), having(score_ms=0)),
        (aged(LAST_MS + 500), aged(LAST_MS)),
        (aged(LAST_MS - 2000 + SHOWN_AGAIN_MS), aged(LAST_MS - 2000 + SHOWN_AGAIN_MS + 1000)),
        (given(LAST_MS), given(LAST_MS - 1)),
        (having(newest={}), having()),
        (newest(flags=("clock_ahead",)), having()),
        (newest(observed_ms=NEXT_MS), newest(observed_ms=LAST_MS + 999)),
        (newest(source="wearable"), having()),
        (other_cuff(LAST_MS), other_cuff(LAST_MS - 1)),
        (fold(tracks={}), having()),
        (remembered(spans={}), having()),
        (track(category=2), having()),
        (track(manner="spot"), having()),
        (track(last_ms=LAST_MS - 1000), having()),
        (track(dense=Dense(ms(1), 1000, LAST_MS)), having()),
        (track(finding=finding(NEXT_MS)), track(finding=finding(NEXT_MS + 1))),
        (track(critical=finding(NEXT_MS)), track(critical=finding(NEXT_MS + 1))),
        (track(finding=finding(NEXT_MS)), track(finding=finding(0, established=True))),
        (track(critical=finding(NEXT_MS)), track(critical=finding(0, established=True))),
        (remembered(entries={"next": Entry(0, "next", "")}), having()),
        (remembered(retracted={"next": 1}), remembered(retracted={"other": 1})),
    ],
)
def test_a_state_in_which_more_may_follow_sends_it_the_long_way(goes, stays):
    assert not is_taken(goes(monitored()), said_next())
    assert is_taken(stays(monitored()), said_next())


def test_of_a_cuff_the_second_reading_may_establish_what_the_first_one_found():
    bed = Bed().admit().on_room_air()
    for second in (0, 10):
        bed.monitor(1 + second * SECOND, sbp_mmhg=118, heart_rate_bpm=80)
    state = bed.partition.patients["bed-7"]
    record = said_next(1 + 20 * SECOND, only=("heart_rate_bpm", "sbp_mmhg"))
    assert is_taken(state, record)
    pending = track("sbp_mmhg:cuff", finding=finding(ms(30)))(state)
    assert not is_taken(pending, record)
    assert is_taken(pending, said_next(1 + 20 * SECOND, only=("heart_rate_bpm",)))


HELD = MeasuredHold(2, None)


@pytest.mark.parametrize(
    ("held", "series", "values"),
    [
        ("pressure", "sbp_mmhg:arterial", {"bp_source": "arterial"}),
        ("pressure", "sbp_mmhg:cuff", {"bp_source": "cuff"}),
        ("saturation", "spo2_pct", {}),
        ("saturation", "spo2_pct:home", {}),
    ],
)
def test_a_normal_reading_that_begins_to_confirm_an_improvement_goes_the_long_way(held, series, values):
    sign = series.partition(":")[0]
    only = (sign, "bp_source") if sign == "sbp_mmhg" else (sign,)
    record = said_next(only=only, **values)
    bed = Bed().admit().on_room_air()
    if series == "spo2_pct:home":
        bed.chart(0, "baseline", oxygen_device="nasal_cannula", spo2_target_low_pct=88)
    for second in range(3):
        bed.monitor(1 + second * SECOND, **{**VALUES, **values})
    state = bed.partition.patients["bed-7"]
    assert is_taken(state, record)
    assert_same(state, record)
    held_state = fold(holds=replace(state.fold.holds, **{held: HELD}))(state)
    assert not is_taken(held_state, record)
    # Another sign confirms nothing; and where it is being confirmed only the reading that ends it counts.
    assert is_taken(held_state, said_next(only=("heart_rate_bpm",)))


def test_a_reading_as_low_as_the_one_before_is_gathered_while_its_level_is_held():
    low: dict[str, Any] = {"spo2_pct": 88, "sbp_mmhg": 87, "map_mmhg": 80, "temperature_c": 38.5}
    bed = Bed().admit().on_room_air()
    for second in range(40):
        bed.monitor(1 + second * SECOND, **{**VALUES, **low})
    state = bed.partition.patients["bed-7"]
    assert (state.fold.low, state.fold.holds.pressure.level, state.fold.holds.saturation.level) == (2, 2, 2)
    assert_same(state, said_next(1 + 40 * SECOND, **{**low, "spo2_pct": 87, "sbp_mmhg": 86}))
