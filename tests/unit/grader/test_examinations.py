"""Domains of an examination on their own, and when the next examination is overdue."""

import pytest

from services.grader.engine.chart import Chart, Dose, Exam
from services.grader.engine.crs.grading import Bounds
from services.grader.engine.neuro.examinations import is_exam_due, neuro_due_ms
from services.grader.engine.neuro.icans import grade_domains, grade_icans, is_examinable
from services.grader.engine.person import Person
from services.grader.engine.ruleset.rules import DEFAULT_RULES

HOUR_MS = 3_600_000
WINDOW_MS = 30 * 24 * HOUR_MS
DOSED_MS = 1_000_000 * HOUR_MS


def examined(at_ms: int = 0, **values: int | str | bool) -> dict[str, Exam]:
    return {domain: Exam(value, at_ms, "e") for domain, value in values.items()}


@pytest.mark.parametrize(
    ("found", "grades"),
    [
        ({"ice": 5, "seizure": "resolved", "raised_icp": "none"}, {"ice": 2, "seizure": 3, "raised_icp": 0}),
        ({"ice": 10, "capd": 20, "avpu": "unresponsive"}, {"ice": 0}),
        ({"capd": 20, "motor_weakness": False}, {"motor_weakness": 0}),
        ({"motor_weakness": True, "consciousness": "voice"}, {"motor_weakness": 4, "consciousness": 2}),
        ({"ice": 0, "consciousness": "tactile"}, {"ice": 3, "consciousness": 3}),
        ({"ice": 0, "consciousness": "unarousable"}, {"ice": 4, "consciousness": 4}),
    ],
    ids=str,
)
def test_each_examined_domain_says_one_grade(found, grades):
    expected = {domain: Bounds(grade, grade) for domain, grade in grades.items()}
    assert grade_domains(examined(**found), "ice", HOUR_MS, DEFAULT_RULES) == expected


def test_a_score_of_zero_that_nobody_explains_may_be_either():
    assert grade_domains(examined(ice=0), "ice", HOUR_MS, DEFAULT_RULES) == {"ice": Bounds(3, 4)}


@pytest.mark.parametrize(
    ("consciousness", "fresh", "stale"),
    [
        ("awake", (0, 3), (0, 4)),
        ("voice", (2, 3), (2, 4)),
        ("tactile", (3, 3), (3, 4)),
        ("unarousable", (4, 4), (4, 4)),
    ],
)
def test_consciousness_alone_leaves_open_what_a_score_would_say(consciousness, fresh, stale):
    neuro = examined(consciousness=consciousness)
    assert grade_icans(neuro, Person(), 14 * HOUR_MS - 1, DEFAULT_RULES) == fresh
    assert grade_icans(neuro, Person(), 14 * HOUR_MS, DEFAULT_RULES) == stale


def test_an_examination_is_due_from_the_dose_or_from_the_last_one_inside_the_window():
    dosed = Chart(dose=Dose("axi-cel", DOSED_MS))

    def due(examined_ms: int) -> int | None:
        return neuro_due_ms(Chart(dose=dosed.dose, neuro=examined(examined_ms, ice=10)), DOSED_MS, DEFAULT_RULES)

    assert neuro_due_ms(Chart(), DOSED_MS, DEFAULT_RULES) is None
    assert neuro_due_ms(dosed, DOSED_MS, DEFAULT_RULES) == due(DOSED_MS - HOUR_MS) == DOSED_MS + 14 * HOUR_MS
    assert due(DOSED_MS + HOUR_MS) == DOSED_MS + 15 * HOUR_MS
    # One that falls due as the window ends, or later, is not called for.
    assert due(DOSED_MS + WINDOW_MS - 14 * HOUR_MS - 1) == DOSED_MS + WINDOW_MS - 1
    assert due(DOSED_MS + WINDOW_MS - 14 * HOUR_MS) is None


def test_an_examination_is_called_for_from_when_it_is_due_until_the_window_ends():
    dosed, due_ms = Chart(dose=Dose("axi-cel", DOSED_MS)), DOSED_MS + 14 * HOUR_MS
    assert [
        is_exam_due(dosed, at_ms, DEFAULT_RULES)
        for at_ms in (due_ms - 1, due_ms, DOSED_MS + WINDOW_MS - 1, DOSED_MS + WINDOW_MS)
    ] == [False, True, True, False]
    assert not is_exam_due(Chart(), due_ms, DEFAULT_RULES)


def test_only_the_score_of_the_age_counts_as_the_examination():
    def due(years: float | None, score: str) -> int | None:
        chart = Chart(person=Person(age_years=years), dose=Dose("axi-cel", 0), neuro=examined(HOUR_MS, **{score: 0}))
        return neuro_due_ms(chart, HOUR_MS, DEFAULT_RULES)

    fourteen, fifteen = 14 * HOUR_MS, 15 * HOUR_MS
    assert [due(years, "capd") for years in (8, 11.95, 12, 60, None)] == [fifteen, fifteen] + [fourteen] * 3
    assert [due(years, "ice") for years in (8, 11.95, 12, 60, None)] == [fourteen, fourteen] + [fifteen] * 3


@pytest.mark.parametrize(
    ("found", "examinable"),
    [
        ({"ice": 5}, True),
        ({"ice": 0, "consciousness": "tactile"}, True),
        ({"ice": 0, "consciousness": "unarousable"}, False),
        ({"consciousness": "awake"}, False),
        ({"capd": 3}, False),
    ],
    ids=str,
)
def test_who_is_sedated_until_unarousable_cannot_be_graded(found, examinable):
    neuro = examined(**found)
    assert is_examinable(neuro, "ice", 14 * HOUR_MS - 1, DEFAULT_RULES) is examinable
    assert not is_examinable(neuro, "ice", 14 * HOUR_MS, DEFAULT_RULES)
