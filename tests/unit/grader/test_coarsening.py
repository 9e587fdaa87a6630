"""What a stream's older readings are joined to folds again to the same grade, and stays small."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.grader.engine.past.coarsening import EXACT_SPANS, coarsened, kept_small
from services.grader.engine.past.history import MOST_SPANS, History, Span
from services.grader.engine.past.in_force import FOR_EVER_MS, Era, InForce
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.engine.signs.readings import ABNORMAL, CRITICAL, DEEP, FAST, NORMAL, PATCH, PROBE, SUSPECT
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


LETTERS = {"N": NORMAL, "S": SUSPECT, "A": ABNORMAL, "D": DEEP, "C": CRITICAL}
EXACT = tuple(
    Span(10_000_000 + second, 0, 1, second % 2 * ABNORMAL, FAST, 90, "exact") for second in range(EXACT_SPANS)
)


def spans(told: str, *, manner: str = FAST) -> tuple[Span, ...]:
    """Runs as in `N0-4 A5-19`: normal in seconds 0 to 4, abnormal from 5 to 19; `N0-9/3` has a reading every 3."""
    return tuple(_span(run[0], *run[1:].partition("/")[::2], manner) for run in told.split())


def _span(letter: str, seconds: str, step_s: str, manner: str) -> Span:
    first_s, _, last_s = seconds.partition("-")
    lasting_ms, step_ms = (int(last_s or first_s) - int(first_s)) * 1000, int(step_s or 1) * 1000
    first_ms, readings = int(first_s) * 1000, lasting_ms // step_ms + 1
    step_ms *= readings > 1
    return Span(first_ms, step_ms, readings, LETTERS[letter], manner, float(last_s or first_s), f"e{first_s}")


def joined(*runs: Span) -> tuple[Span, ...]:
    """What is left of runs that are not the newest."""
    found = coarsened((*runs, *EXACT), [Era(FOR_EVER_MS, DEFAULT_RULES)])
    assert found[-EXACT_SPANS:] == EXACT
    return found[:-EXACT_SPANS]


TOLD_AS = {
    # The same goes on, up to a minute's silence, and is told from the first to the last.
    "N0-4 N5-9": "N0-9",
    "N0 N60": "N0-60/60",
    "N0 N61": "N0 N61",
    "N0-6/3 N9-15/3": "N0-15/3",
    "N0 N3 N6": "N0-6/3",
    "N0-4 N6 N8-12": "N0-12",
    # Between normals, what is too short to count is taken as normal.
    "N0-4 A5-19 N20-24": "N0-24",
    "N0-4 A5-20 N21-25": "N0-4 A5-20 N21-25",
    "N0-4 D5-14 N15-19": "N0-19",
    "N0-4 D5-15 N16-20": "N0-4 D5-15 N16-20",
    "N0-4 C5-14 N15-19": "N0-19",
    "N0-4 C5-15 N16-20": "N0-4 C5-15 N16-20",
    "N0-4 D5-9 A10-14 N15-19": "N0-19",
    "N0-4 A5-9 N10-14 A15-19 N20-24": "N0-24",
    # How long it lasted is counted to the next reading, and it has to lie close between the two.
    "N0-4 A5-14 N20-24": "N0-24",
    "N0-4 A5-14 N21-25": "N0-4 A5-14 N21-25",
    "N0 A60 N70": "N0-70/35",
    "N0 A61 N71": "N0 A61 N71",
    # What nothing normal came before may have counted already.
    "A0-4 N5-9": "A0-4 N5-9",
    "C0-19 D20-24 N25-29": "C0-19 D20-24 N25-29",
    "N0-4 D5-9 C10-29 N30-34": "N0-4 D5-9 C10-29 N30-34",
    "A0-19 N20-24 A25-29 N30-34": "A0-19 N20-34",
    # Far beyond the limit counts early only if all of it is, or what was had counted.
    "A0-4 D5-24": "A0-24",
    "D0-9 A10-14": "D0-14",
    "D0-8 A9-14": "A0-14",
    "D0-9 A10-14 D15-19": "D0-19",
    "N0-4 D5-24 A25-44 N45-49": "N0-4 D5-44 N45-49",
    # A critical value that counts is kept, and one that does not is far beyond the limit.
    "C0-8 D9-14": "D0-14",
    "C0-9 D10-14": "C0-9 D10-14",
    "C0-8 A9-14": "A0-14",
    "N0-4 C5-13 D14-18 N19-23": "N0-4 D5-18 N19-23",
    "D0-19 C20-28 D29-48": "D0-48",
    "D0-19 C20-29 D30-49": "D0-19 C20-29 D30-49",
    "D0-19 C20-28": "D0-19 C20-28",
}


def test_what_did_not_count_is_told_as_normal_and_what_did_as_one():
    assert {came: joined(*spans(came)) for came in TOLD_AS} == {came: spans(told) for came, told in TOLD_AS.items()}


BRIDGED = {
    # Both count, and the hold lasts from one to the other; only once the second is over.
    "A7-26 N27-35 A36-55 N56-60": "A7-55 N56-60",
    "A7-26 N27-35 A36-55": "A7-26 N27-35 A36-55",
    "N0-6 A7-26 N27-35 D36-55 N56-60": "N0-6 D7-55 N56-60",
    "N0-6 D7-26 N27-35 A36-55 N56-60": "N0-6 D7-55 N56-60",
    # The first has to count: longer than 15 seconds, or 10 if all of it is far beyond the limit.
    "A7-21 N22-30 A31-50 N51-55": "A7-21 N22-30 A31-50 N51-55",
    "A7-22 N23-31 A32-51 N52-56": "A7-51 N52-56",
    "D7-16 N17-25 A26-45 N46-50": "D7-16 N17-25 A26-45 N46-50",
    "D7-17 N18-26 A27-46 N47-51": "D7-46 N47-51",
    # For less than the 5 minutes after which the first would be stale, and without a silence.
    "A7-26 N27-324 A325-344 N345-349": "A7-344 N345-349",
    "A7-26 N27-325 A326-345 N346-350": "A7-26 N27-325 A326-345 N346-350",
    "A7-26 N27-35 A95-115 N116-120": "A7-115 N116-120",
    "A7-26 N27-35 A96-115 N116-120": "A7-26 N27-35 A96-115 N116-120",
    # A critical value is no part of it.
    "C7-26 N27-35 A36-55 N56-60": "C7-26 N27-35 A36-55 N56-60",
    "A7-26 N27-35 C36-55 N56-60": "A7-26 N27-35 C36-55 N56-60",
    "A7-26 N27-35 A36-55 N56-60 A61-80 N81-85": "A7-80 N81-85",
}


def test_what_counted_goes_on_through_a_short_normal_spell():
    def shape(runs: tuple[Span, ...]) -> list[tuple[int, int, int]]:
        return [(run.first_ms, run.last_ms, run.category) for run in runs]

    found = {came: shape(joined(*spans(came))) for came in BRIDGED}
    assert found == {came: shape(spans(told)) for came, told in BRIDGED.items()}


def test_readings_between_are_told_evenly_in_whole_seconds():
    (one,) = joined(*spans("N0-6/3 A7-9 N14-28/7"))
    assert repr(one) == repr(Span(0, 3111, 10, NORMAL, FAST, 28.0, "e0"))
    assert one.last_ms == 27_999  # but for milliseconds


def test_only_high_rate_streams_are_taken_otherwise_than_they_came():
    for came in ("N0-4 A5-9 N10-14", "N0-4 S5-9 N10-14", "A0-19 N20-29 A30-49 N50-54", "A0-4 D5-24"):
        assert joined(*spans(came, manner=PATCH)) == spans(came, manner=PATCH)
    assert joined(*spans("N0-4 N5-9", manner=PATCH)) == spans("N0-9", manner=PATCH)


def test_what_came_in_another_manner_is_told_apart():
    for before, after in ((PATCH, PROBE), (PROBE, PATCH)):
        apart = (*spans("N0-4", manner=before), *spans("N5-9", manner=after))
        assert joined(*apart) == apart


def test_a_series_is_told_more_coarsely_now_and_then_once_it_is_long():
    left = {17: 17, 32: 32, MOST_SPANS: MOST_SPANS, 49: 49, 63: 63, 64: 17, 65: 65, 79: 79, 80: 17}
    assert {many: left_of(many) for many in left} == left


def left_of(many: int) -> int:
    """How many runs are left of so many, in turn low and very low."""
    runs = spans(" ".join(f"{'DA'[second % 2]}{second}-{second + 4}" for second in range(0, many * 5, 5)))
    short = spans("N0-4 N5-9")
    after = kept_small(History(spans={"spo2_pct": runs, "resp_rate_bpm": short}), "spo2_pct", InForce(DEFAULT_RULES))
    assert after.spans["resp_rate_bpm"] == short
    assert after.spans["spo2_pct"][-EXACT_SPANS:] == runs[-EXACT_SPANS:]
    return len(after.spans["spo2_pct"])
