"""What is remembered of a stream, held against a list of everything that ever came."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.encoding import digest
from services.grader.engine.past.founding import pruned
from services.grader.engine.past.history import (
    MOST_SPANS,
    Entry,
    History,
    Seen,
    Span,
    as_first_sent,
    content_of,
    cut_out,
    has_content,
    short_name,
    with_entry,
    with_reading,
    without_second,
)
from services.grader.engine.past.points import points_after, reading_point, support_rank
from services.grader.engine.signs.readings import ABNORMAL, CUFF, DEEP, FAST, NORMAL, SPOT, Reading
from services.grader.engine.signs.track import Dense

SERIES, STALE_MS, SECOND = "spo2_pct", 300_000, 1000


def reading(second, category=NORMAL, manner=FAST, value=97.0):
    return Reading(SERIES, second * SECOND, value, category, manner)


def stored(*readings, stale_ms=STALE_MS):
    history = History()
    for number, item in enumerate(readings):
        history, _ = with_reading(history, item, f"e{number}", stale_ms)
    return history


def seconds_of(history):
    """Every second that is remembered, and its category."""
    return {
        (span.first_ms + index * span.step_ms) // SECOND: span.category
        for span in history.spans.get(SERIES, ())
        for index in range(span.readings)
    }


ARRIVALS = st.lists(st.tuples(st.integers(1, 12), st.sampled_from([NORMAL, ABNORMAL, DEEP])), max_size=20)


@settings(max_examples=200)
@given(ARRIVALS, st.lists(st.integers(1, 12), max_size=4))
def test_of_a_second_the_worst_is_remembered_in_whatever_order(arrivals, retracted):
    worst: dict[int, int] = {}
    for second, category in arrivals:
        worst[second] = max(category, worst.get(second, NORMAL))
    history = stored(*(reading(second, category) for second, category in arrivals))
    for second in retracted:
        history = without_second(history, SERIES, second * SECOND)
        worst.pop(second, None)
    assert seconds_of(history) == worst
    spans = history.spans.get(SERIES, ())
    firsts = [span.first_ms for span in spans]
    assert firsts == sorted(firsts)
    assert sum(span.readings for span in spans) == len(worst)
    assert all(span.step_ms == 0 for span in spans if span.readings == 1)


def test_even_readings_of_one_category_are_one_span():
    (span,) = stored(*(reading(second, value=90 + second) for second in (0, 2, 4, 6))).spans[SERIES]
    assert span == Span(0, 2000, 4, NORMAL, FAST, 96, "e0")
    assert span.last_ms == 6000
    assert [span.holds(second * SECOND) for second in (-2, 0, 1, 2, 6, 7, 8)] == [
        False, True, False, True, True, False, False,
    ]  # fmt: skip
    (odd,) = stored(reading(3, value=95), reading(7, value=96)).spans[SERIES]
    assert odd == Span(3000, 4000, 2, NORMAL, FAST, 96, "e0")
    assert (odd.holds(7000), odd.holds(5000)) == (True, False)


@pytest.mark.parametrize(
    "second",
    [
        reading(5),  # another pace
        reading(4, ABNORMAL),
        reading(4, manner=CUFF),
    ],
)
def test_what_differs_begins_another_span(second):
    one, two = stored(reading(0), reading(2), second).spans[SERIES]
    assert (one.readings, one.event_id) == (2, "e0")
    assert two == Span(second.at_ms, 0, 1, second.category, second.manner, 97.0, "e2")


def test_a_pause_that_went_stale_begins_another_span():
    assert len(stored(reading(0), reading(299)).spans[SERIES]) == 1
    assert len(stored(reading(0), reading(300)).spans[SERIES]) == 2


@pytest.mark.parametrize(("taken_s", "runs"), [(1, 1), (2, 2), (3, 2), (4, 1)])
def test_what_follows_a_reading_taken_by_hand_is_another_span_with_a_name_of_its_own(taken_s, runs):
    history = stored(reading(0), reading(2))
    by_hand = Entry(taken_s * SECOND, "hand", "", (reading(taken_s, manner=SPOT),))
    history, _ = with_reading(with_entry(history, by_hand), reading(4), "e2", STALE_MS)
    spans = history.spans[SERIES]
    assert [span.event_id for span in spans] == ["e0", "e2"][:runs]
    assert sum(span.readings for span in spans) == 3


def test_another_sign_taken_by_hand_ends_no_span():
    other = Entry(3 * SECOND, "hand", "", (Reading("temperature_c", 3 * SECOND, 37.0, NORMAL, SPOT),))
    history, _ = with_reading(with_entry(stored(reading(0), reading(2)), other), reading(4), "e2", STALE_MS)
    assert len(history.spans[SERIES]) == 1


def test_the_same_second_again_says_something_only_if_it_is_worse():
    history = stored(reading(0), reading(2), reading(4))
    assert with_reading(history, reading(2), "again", STALE_MS) == (history, False)
    worse, new = with_reading(history, reading(2, DEEP), "worse", STALE_MS)
    assert new
    assert [(span.first_ms, span.readings, span.category) for span in worse.spans[SERIES]] == [
        (0, 1, NORMAL), (2000, 1, DEEP), (4000, 1, NORMAL),
    ]  # fmt: skip
    assert worse.spans[SERIES][1] == Span(2000, 0, 1, DEEP, FAST, 97.0, "worse")
    (alone,) = stored(reading(3), reading(3, DEEP, value=80)).spans[SERIES]
    assert alone == Span(3000, 0, 1, DEEP, FAST, 80, "e1")


def test_a_late_reading_between_two_cuts_their_span():
    history = stored(*(reading(second) for second in (3, 13, 23, 33)), reading(14, ABNORMAL))
    assert [(span.first_ms, span.step_ms, span.readings) for span in history.spans[SERIES]] == [
        (3000, 10_000, 2), (14_000, 0, 1), (23_000, 10_000, 2),
    ]  # fmt: skip
    before = stored(*(reading(second) for second in (3, 13, 23, 33)), reading(2, ABNORMAL))
    assert [(span.first_ms, span.step_ms, span.readings) for span in before.spans[SERIES]] == [
        (2000, 0, 1), (3000, 10_000, 4),
    ]  # fmt: skip
    emptied = without_second(stored(*(reading(second) for second in (3, 13))), SERIES, 13_000)
    assert emptied.spans[SERIES] == (Span(3000, 0, 1, NORMAL, FAST, 97.0, "e0"),)


def test_beyond_the_most_spans_the_oldest_alike_are_joined_and_no_abnormal_second_is_lost():
    readings = []
    for number in range(MOST_SPANS + 10):
        readings += [reading(50 * number, ABNORMAL if number == 3 else NORMAL), reading(50 * number + 7)]
    history = stored(*readings, stale_ms=30_000)
    spans = history.spans[SERIES]
    assert len(spans) <= MOST_SPANS
    assert any(span.category == ABNORMAL and span.first_ms == 150_000 for span in spans)
    assert sum(span.readings for span in spans) == len(readings)


def test_joined_neighbours_are_evenly_spread_between_their_ends():
    far = [
        Span(1_000_000 * n, 0, 1, NORMAL if n % 2 else ABNORMAL, FAST, 97, f"s{n}") for n in range(2, MOST_SPANS + 2)
    ]
    near = (Span(500, 1000, 3, NORMAL, FAST, 95, "a"), Span(62_500, 0, 1, NORMAL, FAST, 96, "b"), *far)
    history, _ = with_reading(History(spans={SERIES: near}), reading(900_000), "new", STALE_MS)
    assert history.spans[SERIES][0] == Span(500, 62_000 // 3, 4, NORMAL, FAST, 96, "a")
    assert len(history.spans[SERIES]) == len(near)
    apart = (near[0], replace(near[1], first_ms=62_501), *far)
    history, _ = with_reading(History(spans={SERIES: apart}), reading(900_000), "new", STALE_MS)
    assert len(history.spans[SERIES]) == len(apart) + 1  # more than a minute apart: not one stretch


def test_a_fold_is_fed_with_first_second_and_last_of_a_span_and_knows_of_those_between():
    history = stored(*(reading(second, value=90 + second) for second in range(5)))
    points = points_after(history, -1)
    assert [point.at_ms for point in points] == [0, 1000, 4000]
    assert [point.dense for point in points] == [Dense(0, 1000, 4000), Dense(0, 1000, 4000), None]
    assert points[0].readings == (Reading(SERIES, 0, 94, NORMAL, FAST),)
    assert [point.at_ms for point in points_after(history, 0)] == [1000, 2000, 4000]
    assert [point.at_ms for point in points_after(history, 1500)] == [2000, 3000, 4000]
    assert [(point.at_ms, point.dense) for point in points_after(history, 3999)] == [(4000, None)]
    assert points_after(history, 4000) == []
    two = points_after(stored(reading(3), reading(5)), 0)
    assert [(point.at_ms, point.dense) for point in two] == [(3000, Dense(3000, 2000, 5000)), (5000, None)]
    assert [(point.at_ms, point.dense) for point in points_after(stored(reading(3)), 0)] == [(3000, None)]
    assert [point.at_ms for point in points_after(stored(reading(3), reading(5)), 4000)] == [5000]


def test_entries_of_one_moment_are_fed_streams_first_then_by_id_then_by_level_of_support():
    history = stored(reading(5))
    for name, record in (
        ("a", {"kind": "oxygen", "device": "face_mask"}),
        ("c", {"kind": "neuro"}),
        ("b", {"kind": "medication"}),
        ("z", {"kind": "oxygen", "device": "room_air"}),
        ("y", {"kind": "vasopressor", "drug": "none"}),
        ("d", None),
    ):
        history = with_entry(history, Entry(5000, name, "digest", (), record))
    assert [point.event_id for point in points_after(history, 0)] == ["e0", "b", "c", "d", "y", "z", "a"]
    given = Entry(5000, "zz", "digest", (), {"kind": "medication"})
    assert [point.event_id for point in points_after(with_entry(history, given), 0)][-4:] == ["zz", "y", "z", "a"]
    runs = Entry(5000, "A", "digest", (), {"kind": "vasopressor", "drug": "dopamine"})
    assert [point.event_id for point in points_after(with_entry(history, runs), 0)][-2:] == ["A", "a"]
    assert points_after(history, 5000) == []


def test_the_order_of_support_is_that_of_the_table():
    devices = ["room_air", "other", "blow_by", "nasal_cannula", "high_flow_nasal_cannula", "face_mask", "venturi_mask"]
    devices += ["non_rebreather", "cpap", "bipap", "ventilator"]
    ranks = [support_rank({"kind": "oxygen", "device": device}) for device in devices]
    assert ranks == sorted(set(ranks))
    flows = [support_rank({"kind": "oxygen", "device": "nasal_cannula", "flow_l_min": flow}) for flow in (0, 1, 98, 99)]
    assert flows == sorted(set(flows))
    assert flows[0] == support_rank({"kind": "oxygen", "device": "nasal_cannula"})
    most = support_rank({"kind": "oxygen", "device": "nasal_cannula", "flow_l_min": 1000})
    assert flows[-1] == most < support_rank({"kind": "oxygen", "device": "high_flow_nasal_cannula"})
    drugs = [{"drug": "none"}, {"drug": "dopamine", "rate": 0}, {"drug": "dopamine", "rate": 1}]
    assert [support_rank({"kind": "vasopressor", **drug}) for drug in drugs] == [0, 1, 2]
    assert support_rank({"kind": "vasopressor", "drug": "dopamine"}) == 2


def test_what_a_fold_has_taken_in_is_forgotten_and_names_are_kept_as_long_as_they_must_be_known():
    history = with_entry(with_entry(stored(reading(5), reading(400)), Entry(10, "old", "")), Entry(11, "new", ""))
    history = replace(history, seen={"x": Seen(19, "", ()), "y": Seen(20, "", ())}, retracted={"x": 29, "y": 30})
    kept = pruned(history, 10, 20, 30, opened_by=None)
    assert (set(kept.entries), set(kept.seen), set(kept.retracted)) == ({"new"}, {"y"}, {"y"})
    assert [span.first_ms for span in pruned(history, 5000, 0, 0, opened_by=None).spans[SERIES]] == [400_000]
    assert [span.first_ms for span in pruned(history, 4999, 0, 0, opened_by=None).spans[SERIES]] == [5000, 400_000]
    assert pruned(history, 400_000, 0, 0, opened_by=None).spans == {}


def test_names_and_contents_are_short_and_tell_apart():
    assert len({short_name(f"event-{number}") for number in range(500)}) == 500
    assert len(short_name("event-1")) == 10
    one, other, two = {"a": 1, "b": 2.0}, {"b": 2.0, "a": 1}, {"a": 1, "b": 2.5}
    assert content_of(one) == content_of(other) != content_of(two)
    assert len(content_of(one)) == 12


def test_one_event_of_a_stream_as_the_fold_takes_it():
    point = reading_point((reading(5),), "e")
    assert (point.at_ms, point.event_id, point.record, point.dense) == (5000, "e", None, None)
    assert point.order < points_after(with_entry(History(), Entry(5000, "", "")), 0)[0].order


def test_a_forwarded_event_has_the_content_that_it_was_first_sent_with():
    sent = {"patient_id": "old", "event_id": "e", "ice": 10}
    forwarded = {"patient_id": "new", "event_id": "e", "ice": 10, "forwarded_from": ["old", "between"]}
    assert as_first_sent(forwarded) == as_first_sent(sent) == sent
    assert as_first_sent(forwarded, "third") == {**sent, "patient_id": "third"}
    assert content_of(forwarded) == content_of(sent)
    assert content_of(sent) == content_of({**sent, "forwarded_from": []}) != content_of({**sent, "ice": 9})


def test_a_known_event_has_its_content_whether_an_earlier_version_kept_more_digits_of_it_or_not():
    sent, other = {"patient_id": "p", "event_id": "e", "ice": 10}, {"patient_id": "p", "event_id": "e", "ice": 9}
    for known in (content_of(sent), digest(sent)):
        assert has_content(Entry(5000, "e", known), content_of(sent))
        assert not has_content(Entry(5000, "e", known), content_of(other))
    assert not has_content(None, content_of(sent))


@pytest.mark.parametrize(
    ("first_ms", "last_ms", "kept"),
    [
        (31, 50, [(0, 10, 4)]),
        (45, 50, [(0, 10, 4)]),
        (-9, -1, [(0, 10, 4)]),
        (-40, -25, [(0, 10, 4)]),
        (-40, 0, [(10, 10, 3)]),
        (30, 50, [(0, 10, 3)]),
        (-9, 0, [(10, 10, 3)]),
        (0, 30, []),
        (10, 20, [(0, 0, 1), (30, 0, 1)]),
        (11, 19, [(0, 10, 2), (20, 10, 2)]),
        (1, 9, [(0, 0, 1), (10, 10, 3)]),
    ],
)
def test_a_stretch_that_another_series_tells_better_is_cut_out(first_ms, last_ms, kept):
    span = Span(1005, 10, 4, NORMAL, FAST, 97, "e")
    parts = cut_out(span, first_ms + 1005, last_ms + 1005)
    assert [(part.first_ms - 1005, part.step_ms, part.readings) for part in parts] == kept


def test_a_single_reading_is_cut_out_or_not():
    span = Span(5, 0, 1, NORMAL, FAST, 97, "e")
    assert list(cut_out(span, 5, 5)) == []
    assert list(cut_out(span, 6, 9)) == [span]
