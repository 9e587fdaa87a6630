"""Reading many records at once says of each what reading it alone says, whatever lies beside it."""

import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schemas import times
from schemas.bedside import Vitals
from schemas.rates import Rates, as_record
from schemas.reading import event_time, read_bedside
from schemas.reading_batch import Known, in_order, read_batch
from schemas.reasons import Refusal
from schemas.times import EARLIEST_MS, format_time, parse_time

VITALS = {
    "schema": "crs.vitals.v1",
    "event_id": "e1",
    "patient_id": "bed-7",
    "observed_at": "2026-03-01T14:30:00.250Z",
    "source": "monitor",
    "heart_rate_bpm": 80,
}
OXYGEN = {
    "schema": "crs.clinical.v1",
    "kind": "oxygen",
    "event_id": "e2",
    "patient_id": "bed-7",
    "recorded_at": "2026-03-01T14:30:00Z",
    "device": "room_air",
}
GOOD = orjson.dumps(VITALS)
ONE_OTHER_SIGN = GOOD.replace(b"heart_rate_bpm", b"spo2_pct")
# Each is no single JSON value, and some become one beside a neighbour of the right kind.
HOSTILE = (
    ONE_OTHER_SIGN, GOOD.replace(b"heart_rate_bpm", b"nothing"), b"", b" ", b"1", b",", b"[]", b"[", b"]", b"{}",
    b"{", b"}", b"null", b"NaN", b'"', b"\\", b"\xff", b"\x00", GOOD + b"," + GOOD, GOOD + GOOD, GOOD + b"]",
    b"[" + GOOD, b"[" + GOOD + b"]", GOOD + b"],[" + GOOD, GOOD[:-1], GOOD[1:], GOOD[:60], GOOD[60:],
    GOOD[:-1] + b',"x":[', b"]}", GOOD[:-1] + b',"x":"', b'"}', b"{}]x[{}", b"1,2", b"/*", b"*/",
    b"\xef\xbb\xbf" + GOOD, b" " + GOOD + b"\n", GOOD.replace(b"80", b"1e999"), GOOD.replace(b"80", b"NaN"),
    GOOD.replace(b"80", b'"80"'), GOOD.replace(b"80", b"401"), GOOD.replace(b"bed-7", b"bed\\u0000"),
    GOOD.replace(b"bed-7", b"bed\\ud800"), GOOD.replace(b"bed-7", b"\xc3\x28"), GOOD.replace(b"03-01", b"02-30"),
    GOOD.replace(b"Z", b""), GOOD.replace(b"2026", b"1899"), GOOD.replace(b"80", b"80" + b"0" * 5000),
    GOOD[:-1] + b',"x":' + b"[" * 250 + b"]" * 250 + b"}", GOOD[:-1] + b',"x":' + b'{"x":' * 250 + b"1" + b"}" * 251,
    *[GOOD[:-1] + b',"x":' + value + b"}" for value in (
        b"1", b"01", b"1.", b".5", b"-", b"tru", b"1e", b"9" * 4299, b"9" * 4301, b"1." + b"9" * 4301, b"NaN",
        b'"\t"', b'"\n"', b'"\x7f"', b'"\xff"', b'"\xc3\xa4"', b'"\\ud800"', b'"\\u0000"', b"1 2", b"\x0c1", b"\t1",
    )],
    GOOD[:-1] + b',"heart_rate_bpm":81}', GOOD[:-1] + b',"heart_rate_bpm":"x"}', GOOD[:-1] + b',"event_id":"e2"}',
    GOOD.replace(b'"patient_id"', b'"event_id"'), GOOD.replace(b"bed-7", b"bed\x7f"),
    GOOD.replace(b"bed-7", b"b\xc3\xa4d"),
    GOOD.replace(b'"e1"', b'"' + b"e" * 200 + b'"'), GOOD.replace(b'"e1"', b'"' + b"e" * 201 + b'"'),
    GOOD.replace(b'"e1"', b'""'), GOOD.replace(b"80", b"400"), GOOD.replace(b"80", b"400.0001"),
    GOOD.replace(b"80", b"-0"),
    GOOD.replace(b"80", b"true"), GOOD.replace(b"80", b"null"), GOOD.replace(b"monitor", b"Monitor"),
    GOOD.replace(b"2026-03-01T14:30:00.250Z", b"20260301T143000.123Z"),
)  # fmt: skip
words = st.dictionaries(
    st.sampled_from([*VITALS, *OXYGEN, "temperature_c", "spo2_pct", "sbp_mmhg", "bp_source", "forwarded_from"]),
    st.none()
    | st.booleans()
    | st.integers(-1, 500)
    | st.floats(-60, 500)
    | st.sampled_from(["", "x", "monitor", "cuff", "2026-03-01T14:30:00+01:00", "2026-03-01t14:30:00z", "soon", ["a"]]),
)
changed = st.builds(lambda base, change: orjson.dumps({**base, **change}), st.sampled_from([VITALS, OXYGEN]), words)
without = st.builds(
    lambda base, gone: orjson.dumps({name: value for name, value in base.items() if name not in gone}),
    st.sampled_from([VITALS, OXYGEN]),
    st.sets(st.sampled_from([*VITALS, *OXYGEN]), max_size=2),
)
FIELDS = [b'"%b":%b' % (name.encode(), orjson.dumps(value)) for name, value in VITALS.items()]
FIELDS += [
    b'"x":1',
    b'"device_id":"d"',
    b'"temperature_c":37.5',
    b'"source":"manual"',
    b'"spo2_pct":97',
    b'"sbp_mmhg":1e2',
]
shuffled = st.lists(st.sampled_from(FIELDS), min_size=5, max_size=12).map(lambda some: b"{" + b",".join(some) + b"}")


def misspelt(body, at, instead):
    place = at % len(body)
    return body[:place] + instead + body[place + 1 :]


one_sign = st.sampled_from([bytes([sign]) for sign in b'{}",:.0123456789eE+-tfnu \t\n\r\x00\x01\x1f\x0bax/'] + [b""])
mistaken = st.builds(misspelt, st.just(GOOD) | shuffled, st.integers(0, 400), one_sign)
cut = st.builds(lambda body, at: body[:at], st.just(GOOD), st.integers(0, len(GOOD)))
tick = st.just(b'{"schema":"crs.tick.v1"}')
bodies = st.lists(
    st.just(GOOD)
    | changed
    | without
    | shuffled
    | mistaken
    | cut
    | tick
    | st.sampled_from(HOSTILE)
    | st.binary(max_size=8),
    max_size=12,
)


class Body(NamedTuple):
    """One record of the patient whose key it has."""

    value: bytes
    key: bytes = b"bed-7"


def known(homes=None):
    """Everybody lives here, unless told otherwise."""
    return Known(defaultdict(lambda: b"bed-7") if homes is None else homes, {})


def read_each(slice_of, who=None):
    """What is read of each body, and the times."""
    records = [Body(body) for body in slice_of]
    found = list(read_batch(records, who or known(), lambda record: alone(record.value), 100_000))
    assert [record for record, _, _ in found] == records
    return [as_record(event) for _, event, _ in found], [at_ms for _, _, at_ms in found]


def alone(body):
    record = read_bedside(body)
    return record, time_of_vitals(record)


def time_of_vitals(record):
    is_vitals = not isinstance(record, Refusal) and record["schema"] == "crs.vitals.v1"
    return event_time(record) if is_vitals else None


def in_full(record):
    """80 is not 80.0, and what repeats a record repeats its fields in their order."""
    return repr(record if isinstance(record, Refusal) else in_order(record))


@settings(deadline=None)
@given(bodies)
@example(list(HOSTILE))
@example([GOOD, *HOSTILE, GOOD])
@example([GOOD + b"," + GOOD, GOOD[:60], GOOD[60:]])
@example([GOOD, GOOD[:-1] + b',"x":"', b'"}', GOOD])
def test_many_are_read_as_each_is_read_alone(slice_of):
    expected, who = [read_bedside(body) for body in slice_of], known()
    for _ in ("for the first time", "its seconds known by now, and whose are only rates"):
        records, observed_ms = read_each(slice_of, who)
        assert records == expected
        assert [in_full(record) for record in records] == list(map(repr, expected))
        assert observed_ms == [time_of_vitals(record) for record in expected]


@pytest.mark.parametrize("body", HOSTILE, ids=lambda body: repr(body[:40]))
def test_among_plain_ones_each_is_read_as_alone(body):
    records, observed_ms = read_each([GOOD, GOOD, body, GOOD])

    assert in_full(records[2]) == repr(read_bedside(body))
    assert observed_ms[2] == time_of_vitals(read_bedside(body))


@pytest.mark.parametrize("body", HOSTILE, ids=lambda body: repr(body[:40]))
@pytest.mark.parametrize("place", [0, 1, 2])
def test_one_bad_record_among_good_ones_costs_itself(body, place):
    slice_of = [GOOD, GOOD]
    slice_of.insert(place, body)

    records, _ = read_each(slice_of)
    assert len(records) == 3
    assert [records[at] for at in range(3) if at != place] == [read_bedside(GOOD)] * 2


@pytest.mark.parametrize("beside", [GOOD, GOOD.replace(b"e1", b"\xc3\xa4")], ids=["plain", "not plain"])
def test_who_is_not_known_to_live_here_and_whatever_is_too_large_is_read_alone(beside):
    asked = []

    def read(slice_of, homes, most_bytes=1000):
        asked.clear()
        records = [Body(body) for body in slice_of]
        found = read_batch(records, known(homes), lambda record: asked.append(record) or (1, 2), most_bytes)
        return [as_record(event) for _, event, _ in found]

    at_home = {"bed-7": b"bed-7"}
    assert read([GOOD, beside], at_home) == [read_bedside(GOOD), read_bedside(beside)]
    assert asked == []
    assert read([GOOD, beside], {}) == [1, 1]
    assert read([GOOD, beside], {"bed-7": b"bed-8"}) == [1, 1]
    long = GOOD[:-1] + b',"x":"' + b"x" * 5000 + b'"}'
    assert read([GOOD, long, beside], at_home) == [read_bedside(GOOD), 1, read_bedside(beside)]
    assert asked == [Body(long)]
    padded = GOOD.ljust(5000)  # cut off where it is too large it would be a good one
    assert read([GOOD, padded, beside], at_home) == [read_bedside(GOOD), 1, read_bedside(beside)]
    assert asked == [Body(padded)]


WARM = orjson.dumps({**VITALS, "temperature_c": 36.8})
FULL = orjson.dumps({**VITALS, "device_id": "m-7", "resp_rate_bpm": 16, "spo2_pct": 97})


@pytest.mark.parametrize(
    ("bodies_of_one", "are_rates"),
    [
        ([GOOD, GOOD, FULL, ONE_OTHER_SIGN], [False, True, True, True]),
        ([GOOD, WARM, GOOD, GOOD], [False, False, False, True]),
        ([WARM, WARM], [False, False]),
        ([GOOD, orjson.dumps(OXYGEN), GOOD, GOOD], [False, False, False, True]),
        ([GOOD, GOOD.replace(b"bed-7", b"bed-8"), GOOD], [False, False, False]),
    ],
)
def test_whoever_sent_rates_before_is_read_as_rates_until_something_else_comes(bodies_of_one, are_rates):
    records, who = [Body(body) for body in bodies_of_one], known({"bed-7": b"bed-7"})
    found = list(read_batch(records, who, lambda one: alone(one.value), 1000))

    assert [type(event) is Rates for _, event, _ in found] == are_rates
    assert [as_record(event) for _, event, _ in found] == list(map(read_bedside, bodies_of_one))


def test_rates_have_their_fields_in_the_order_of_vitals():
    assert list(Rates.__struct_fields__) == [name for name in Vitals.__annotations__ if name in Rates.__struct_fields__]


COMMON = st.integers(EARLIEST_MS, 4102444800000).map(format_time)
moments = st.datetimes(datetime(1880, 1, 1), datetime(2200, 1, 1))  # noqa: DTZ001
zones = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
ODD = (
    "", "Z", ".000Z", "2026-03-01T14:30:00", "2026-03-01T14:30:00z", "2026-03-01t14:30:00.500Z",
    "20260301T143000.123Z", "20260301T143000.123.456Z", "2026-W09-7T14:30:00Z", "2026-03-01 14:30:00.000Z",
    "2026-02-30T00:00:00.000Z", "2026-03-01T24:00:00.000Z", "2026-03-01T14:30:60.000Z", "1899-12-31T23:59:59.999Z",
    "\uff12026-03-01T14:30:00.000Z", "2026-03-01T14:30:00.\uff1123Z", "2026-03-01T14:30:00.1Z",
    "2026-03-01T14:30:00.1234Z", "2026-03-01T14:30:00.000+00:00", "2026-03-01T14:30:00.000-23:59",
    "2026-03-01T14:30:00.000Z ", "2026-03-01T14:30:00.500Z", "2026-03-01T14:30:00Z", "\ud800026-03-01T14:30:00.000Z",
)  # fmt: skip
written = st.one_of(
    COMMON,
    st.sampled_from(ODD),
    st.text(max_size=30),
    moments.map(lambda moment: moment.isoformat() + "Z"),
    st.builds(lambda moment, zone: moment.replace(tzinfo=zone).isoformat(), moments, zones),
    st.builds(lambda text, at, sign: text[:at] + sign + text[at + 1 :], COMMON, st.integers(0, 23), st.characters()),
)


def by_the_calendar(text):
    """What a time is without any memory of times before: None where it is none."""
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    at_ms = since // timedelta(milliseconds=1)
    return at_ms if at_ms >= EARLIEST_MS else None


def parsed(text):
    try:
        return parse_time(text)
    except ValueError:
        return None


@settings(deadline=None)
@given(st.lists(written, max_size=6))
@example(list(ODD))
@example([text.ljust(41, "0") for text in ODD])
def test_whatever_stands_where_a_time_should_is_read_as_alone(texts):
    for text, raw in [(text, raw) for text in texts for raw in (True, False)]:  # alone, or others decide who reads it
        body = json.dumps({**VITALS, "observed_at": text}, ensure_ascii=not raw).encode(errors="surrogatepass")
        who = known()
        for before in ([], [GOOD]):
            records, observed_ms = read_each([*before, body], who)
            assert records[-1] == read_bedside(body)
            assert observed_ms[-1] == time_of_vitals(read_bedside(body))


@settings(deadline=None)
@given(st.lists(written, max_size=6))
@example(list(ODD))
@example(list(reversed(ODD)))
def test_a_time_means_the_same_however_often_its_second_was_asked_for(texts):
    expected = [by_the_calendar(text) for text in texts]
    assert [parsed(text) for text in texts] == expected
    assert [parsed(text) for text in texts] == expected


def test_seconds_that_nobody_asks_for_any_more_are_forgotten_and_still_right(monkeypatch):
    monkeypatch.setattr(times, "_MOST_SECONDS", 10)
    for at_ms in range(0, 25_000, 1000):
        assert parse_time(format_time(at_ms)) == at_ms
    assert len(times.SECONDS) <= 10
    assert parse_time("1970-01-01T00:00:00.007Z") == 7
