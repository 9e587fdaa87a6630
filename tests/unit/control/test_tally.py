"""`replay --tally`: what is counted, and against how much watched time."""

import json

from schemas.reasons import Refusal
from schemas.times import format_time
from services.control.tally import UNKNOWN, Tally
from services.grader.replay import BadLine, Line

HOUR_MS = 3_600_000


def seen(patient_id: str, hour: float) -> Line:
    at_ms = int(hour * HOUR_MS)
    record = {"schema": "crs.vitals.v1", "patient_id": patient_id, "observed_at": format_time(at_ms)}
    return Line(1, record, at_ms)


def estimate(patient_id: str, grade: int | None) -> dict:
    return {"schema": "crs.estimates.v1", "patient_id": patient_id, "grade": grade}


def escalation(kind: str, **fields: object) -> dict:
    return {"schema": "crs.escalations.v1", "patient_id": "bed-7", "kind": kind, **fields}


def test_time_counts_while_observations_are_close_together():
    tally = Tally()
    assert len(list(tally.watch([seen("bed-7", hour) for hour in (0, 1, 9, 17.01, 18.01)]))) == 5

    assert sum(tally.grade_ms.values()) == 10 * HOUR_MS


def test_time_passes_in_the_grade_that_was_last_said():
    tally = Tally()
    for hour, said in ((0, 2), (1, None), (3, 0)):
        list(tally.watch([seen("bed-7", hour)]))
        list(tally.hear([estimate("bed-7", said), estimate("bed-8", 4)]))
    list(tally.watch([seen("bed-7", 7)]))

    assert tally.grade_ms == {"2": HOUR_MS, UNKNOWN: 2 * HOUR_MS, "0": 4 * HOUR_MS}


def test_alerts_are_counted_by_kind_and_what_ended_is_no_alert():
    tally = Tally()
    list(tally.watch([seen("bed-7", hour) for hour in range(0, 25, 8)]))
    values = [
        escalation("crs_rise", grade=2),
        escalation("crs_rise", grade=2),
        escalation("icans_rise", icans=3),
        escalation("technical_stale", sign="spo2_pct"),
        escalation("resolved", grade=0),
    ]
    refused = BadLine(7, Refusal("not_json"))
    assert list(tally.hear([*values, refused])) == [*values, refused]

    rows = [sentence.split() for sentence in tally.sentences()]
    assert rows[0][:4] == ["1", "patients,", "1.0", "patient-days"]
    assert rows[2:7] == [
        ["crs_rise", "grade", "2", "2", "2.000", "1"],
        ["icans_rise", "grade", "3", "1", "1.000", "1"],
        ["technical_stale", "spo2_pct", "1", "1.000", "1"],
        ["all", "4", "4.000", "1"],
        ["CRS", "grade", "not", "known:", "24", "h,", "100.0%"],
    ]


def test_nothing_watched_is_no_rate():
    assert [sentence.split()[-2] for sentence in Tally().sentences()][2:] == ["-"]


def test_no_patient_is_named():
    tally = Tally()
    list(tally.watch([seen("bed-7", 0), seen("bed-7", 1)]))
    list(tally.hear([escalation("critical_value", sign="spo2_pct")]))

    assert "bed-7" not in json.dumps(list(tally.sentences()))
