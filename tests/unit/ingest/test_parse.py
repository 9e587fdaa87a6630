"""What may be left out of an event alone, and what takes the event with it. Reasons: the catalogue of bad input."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.bedside import CLINICAL, MEASUREMENTS, VITALS
from schemas.reading import read_bedside
from schemas.reasons import Refusal
from schemas.times import format_time, parse_time
from services.ingest.items import cut
from services.ingest.parse import SEPARABLE, judge, known_fields

NOW_MS = parse_time("2026-03-01T14:31:00Z")
VITAL = {
    "schema": VITALS,
    "event_id": "one",
    "patient_id": "bed-7",
    "observed_at": "2026-03-01T14:30:00Z",
    "source": "monitor",
}
CHARTED = {"schema": CLINICAL, "event_id": "one", "patient_id": "bed-7", "recorded_at": "2026-03-01T14:30:00Z"}
ANYTHING = st.none() | st.integers() | st.sampled_from(["", "7", "manual", "core", "2026-03-01T14:30:00+01:00", "é"])


def judged(event, schema=VITALS):
    (item,) = cut(json.dumps(event).encode(), "json")
    return judge(item, schema, NOW_MS)


def test_a_good_event_is_kept_as_the_decoder_reads_it():
    event = {**VITAL, "temperature_c": 38.4}

    assert judged(event) == (read_bedside(json.dumps(event).encode()), ())


@settings(deadline=None)
@given(st.sets(st.sampled_from(MEASUREMENTS), min_size=1), st.sets(st.sampled_from(MEASUREMENTS)))
def test_each_bad_sign_is_refused_and_each_good_one_kept(good, bad):
    bad = bad - good
    event = {**VITAL, **dict.fromkeys(sorted(good), 60), **dict.fromkeys(sorted(bad), "60")}

    kept, refused = judged(event)

    assert {sign for sign in MEASUREMENTS if sign in kept} == good
    assert set(refused) == {Refusal("wrong_type", sign) for sign in bad}


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(known_fields()[VITALS])), ANYTHING))
def test_what_is_kept_of_anything_is_an_event(fields):
    kept, refused = judged({**VITAL, "spo2_pct": 95, **fields})

    assert kept is None or not isinstance(read_bedside(json.dumps(kept).encode()), Refusal)
    assert kept is not None or refused


def test_an_unlisted_unit_takes_the_dose_with_it_and_leaves_the_drug():
    kept, refused = judged({**CHARTED, "kind": "medication", "drug": "x", "dose": 1, "dose_unit": "tbl"}, CLINICAL)

    assert "dose" not in kept
    assert "dose_unit" not in kept
    assert kept["drug"] == "x"
    assert refused == (Refusal("unknown_unit", "dose_unit"), Refusal("unknown_unit", "dose"))


def test_a_stop_is_kept_whatever_its_unit():
    kept, refused = judged({**CHARTED, "kind": "vasopressor", "drug": "x", "rate": 0, "rate_unit": "tbl"}, CLINICAL)

    assert kept["rate"] == 0
    assert refused == (Refusal("unknown_unit", "rate_unit"),)


@pytest.mark.parametrize("finding", ["consciousness", "seizure", "motor_weakness", "raised_icp"])
def test_a_bad_finding_takes_the_whole_examination_with_it(finding):
    # Beside a fresh ICE the grader reads an uncharted finding as absent: leaving it out would say "none".
    kept, refused = judged({**CHARTED, "kind": "neuro", "ice": 9, finding: "?"}, CLINICAL)

    assert kept is None
    assert refused[0].field == finding


@pytest.mark.parametrize(("ahead_ms", "is_kept"), [(600_000, True), (600_001, False)])
def test_an_event_may_be_ten_minutes_ahead(ahead_ms, is_kept):
    kept, refused = judged({**VITAL, "spo2_pct": 95, "observed_at": format_time(NOW_MS + ahead_ms)})

    assert (kept is not None) is is_kept
    assert is_kept or refused == (Refusal("future_time", "observed_at"),)


def test_only_known_fields_are_left_out_alone():
    assert all(fields <= known_fields()[kind] for kind, fields in SEPARABLE.items())
