"""What a stream's older readings are joined to folds again to the same grade, and stays small."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.grader.engine.past.coarsening import EXACT_SPANS, coarsened
from services.grader.engine.past.history import MOST_SPANS, Span
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.engine.signs.readings import ABNORMAL, CRITICAL, DEEP, FAST, NORMAL, PATCH
from tests.vignettes.bed import Bed
from tests.vignettes.starting_points import SECOND, febrile_bed

SLOW = settings(deadline=None, max_examples=4, suppress_health_check=list(HealthCheck), derandomize=True)
RUNS = st.lists(st.tuples(st.sampled_from([96, 89, 86, 85, 80, 45]), st.integers(1, 20)), min_size=40, max_size=70)


def streamed(runs: list[tuple[int, int]], *, step_s: int = 1) -> tuple[Bed, float]:
    """A febrile bed with these saturations, each for so many seconds; and the minute after the last."""
    bed, second = febrile_bed(), 0
    for spo2_pct, lasting in runs:
        for _ in range(lasting):
            bed.monitor(10 + second * SECOND, spo2_pct=spo2_pct)
            second += step_s
    return bed, 10 + second * SECOND


def grades(bed: Bed) -> tuple[Any, ...]:
    """What a second folding must not change."""
    fold = bed.partition.patients["bed-7"].fold
    return fold.low, fold.holds.levels(), fold.episode and fold.episode.max_grade


def folded_again(bed: Bed, minute: float) -> Bed:
    """Something late that says nothing about the grade: everything since minute 2 is folded again."""
    return bed.chart(2, "lab", code="crp", value=12, unit="mg/L", arrives=minute)


@SLOW
@given(RUNS)
def test_folding_again_what_was_joined_changes_no_grade_and_says_nothing(runs: list[tuple[int, int]]) -> None:
    bed, end = streamed([*runs, (96, 30)])
    before = grades(bed)
    bed.said()
    assert grades(folded_again(bed, end)) == before
    assert bed.said() == []


@pytest.mark.parametrize("values", [(89, 90), (85, 86), (45, 96), (84, 96, 89), (88,) * 12 + (92,) * 12])
def test_a_value_that_hovers_at_its_limit_stays_small(values):
    bed, end = streamed([(value, 1) for value in values * (400 // len(values))])
    assert len(bed.partition.patients["bed-7"].history.spans["spo2_pct"]) <= MOST_SPANS + 16
    before = grades(bed)
    bed.said()
    assert (grades(folded_again(bed, end)), bed.said()) == (before, [])


def test_dips_after_a_real_hypoxia_do_not_hold_it_for_ever():
    bed, end = streamed([(88, 60), *[(96, 20), (88, 2)] * 90, (96, 2)])  # dips that never count
    assert bed.interval == (1, 1)
    bed.said()
    assert folded_again(bed, end).said() == []
    assert bed.interval == (1, 1)


def test_a_hypoxia_far_back_is_still_found_when_the_fever_is_charted_late():
    bed = Bed().admit().on_room_air().vitals(1, sbp_mmhg=118)
    for second in range(0, 900):
        low = 300 <= second < 330
        bed.monitor(2 + second * SECOND, spo2_pct=85 if low else 91 - (second % 3 == 0) * 2)
    bed.said()
    bed.vitals(1.5, temperature_c=38.5, arrives=2 + 900 * SECOND)
    assert [line for line in bed.said() if line.startswith("crs_rise")] == ["crs_rise 2 #1 late"]


def spans(*runs: tuple[int, int], manner: str = FAST) -> tuple[Span, ...]:
    """Runs of (category, seconds), one reading a second, and enough exact ones behind them."""
    found, second = [], 0
    for category, lasting in (*runs, *[(NORMAL, 1), (ABNORMAL, 1)] * (EXACT_SPANS // 2)):
        step_ms = 1000 if lasting > 1 else 0
        found.append(Span(second * 1000, step_ms, lasting, category, manner, float(second), f"e{second}"))
        second += lasting
    return tuple(found)


@pytest.mark.parametrize(
    ("runs", "joined"),
    [
        ([(NORMAL, 5), (ABNORMAL, 15), (NORMAL, 5)], [(NORMAL, 25)]),
        ([(NORMAL, 5), (ABNORMAL, 16), (NORMAL, 5)], [(NORMAL, 5), (ABNORMAL, 16), (NORMAL, 5)]),
        ([(NORMAL, 5), (DEEP, 10), (NORMAL, 5)], [(NORMAL, 20)]),
        ([(NORMAL, 5), (DEEP, 11), (NORMAL, 5)], [(NORMAL, 5), (DEEP, 11), (NORMAL, 5)]),
        ([(NORMAL, 5), (DEEP, 5), (ABNORMAL, 5), (NORMAL, 5)], [(NORMAL, 20)]),
        ([(DEEP, 10), (ABNORMAL, 5), (DEEP, 5)], [(DEEP, 20)]),
        ([(DEEP, 9), (ABNORMAL, 5), (DEEP, 5)], [(ABNORMAL, 19)]),
        ([(ABNORMAL, 20), (NORMAL, 9), (ABNORMAL, 20), (NORMAL, 5)], [(ABNORMAL, 49), (NORMAL, 5)]),
        ([(ABNORMAL, 20), (NORMAL, 300), (ABNORMAL, 20), (NORMAL, 5)],
         [(ABNORMAL, 20), (NORMAL, 300), (ABNORMAL, 20), (NORMAL, 5)]),
        ([(NORMAL, 5), (CRITICAL, 10), (NORMAL, 5)], [(NORMAL, 20)]),
        ([(NORMAL, 5), (CRITICAL, 11), (NORMAL, 5)], [(NORMAL, 5), (CRITICAL, 11), (NORMAL, 5)]),
        ([(DEEP, 20), (CRITICAL, 9), (DEEP, 20)], [(DEEP, 49)]),
        ([(DEEP, 20), (CRITICAL, 10), (DEEP, 20)], [(DEEP, 20), (CRITICAL, 10), (DEEP, 20)]),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_joined_and_what_is_told_apart(runs, joined):
    found = coarsened(spans(*runs), DEFAULT_RULES)[:-EXACT_SPANS]
    assert [(span.category, span.readings) for span in found] == joined
    assert found[0].first_ms == 0
    assert found[-1].last_ms == (sum(lasting for _, lasting in runs) - 1) * 1000


def test_only_high_rate_streams_are_taken_as_normal_between_normals():
    found = coarsened(spans((NORMAL, 5), (ABNORMAL, 5), (NORMAL, 5), manner=PATCH), DEFAULT_RULES)
    assert len(found) == EXACT_SPANS + 3
