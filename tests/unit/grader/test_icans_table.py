"""The whole ICANS table against a lookup written down from the published one, and what examinations may never do."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from services.grader.engine.chart import Exam
from services.grader.engine.crs.grading import Bounds
from services.grader.engine.neuro.icans import grade_icans
from services.grader.engine.person import Person
from services.grader.engine.ruleset.rules import DEFAULT_RULES

HOUR_MS = 3_600_000
NOW_MS = 100 * HOUR_MS
ADULT, CHILD = 60 * 12, 8 * 12

# Lee 2019, as printed; None is not examined, -1 a score of 0 that consciousness has to explain.
ICE = {None: 0, 10: 0, 9: 1, 8: 1, 7: 1, 6: 2, 5: 2, 4: 2, 3: 2, 2: 3, 1: 3, 0: 3}
CAPD = {None: 0, 0: 0} | dict.fromkeys(range(1, 9), 1) | dict.fromkeys(range(9, 33), 3)
CONSCIOUSNESS = {None: 0, "awake": 0, "voice": 2, "tactile": 3, "unarousable": 4}
SEIZURE = {None: 0, "none": 0, "resolved": 3, "prolonged": 4}
MOTOR = {None: 0, False: 0, True: 4}
ICP = {None: 0, "none": 0, "focal": 3, "diffuse": 4}


def graded(age_months: int, age_h: float = 0, **findings: object) -> Bounds:
    """The interval after one examination so many hours ago."""
    at_ms = NOW_MS - round(age_h * HOUR_MS)
    neuro = {name: Exam(value, at_ms, "e") for name, value in findings.items() if value is not None}  # type: ignore[arg-type]
    return grade_icans(neuro, Person(age_years=age_months / 12), NOW_MS, DEFAULT_RULES)


def expected(score: int, examined: bool, unexplained: bool, consciousness: str | None, others: int) -> Bounds:
    """What the printed table and settled.md 31 say."""
    low = max(score, CONSCIOUSNESS[consciousness], others)
    if examined:
        return Bounds(low, 4 if unexplained else low)
    rousable = consciousness in ("awake", "voice", "tactile")
    return Bounds(low, max(low, 3 if rousable else 4))


def test_the_whole_table_of_adults():
    for ice, consciousness, seizure, motor, icp in product(ICE, CONSCIOUSNESS, SEIZURE, MOTOR, ICP):
        found = graded(
            ADULT, ice=ice, consciousness=consciousness, seizure=seizure, motor_weakness=motor, raised_icp=icp
        )
        others = max(SEIZURE[seizure], MOTOR[motor], ICP[icp])
        unexplained = ice == 0 and consciousness is None
        assert found == expected(ICE[ice], ice is not None, unexplained, consciousness, others)


def test_the_whole_table_of_children():
    for capd, consciousness, seizure in product(CAPD, CONSCIOUSNESS, SEIZURE):
        found = graded(CHILD, capd=capd, consciousness=consciousness, seizure=seizure)
        assert found == expected(CAPD[capd], capd is not None, False, consciousness, SEIZURE[seizure])


def test_nothing_examined_excludes_nothing():
    assert graded(ADULT) == Bounds(0, 4)


FINDINGS = st.fixed_dictionaries(
    {
        "ice": st.sampled_from(list(ICE)),
        "capd": st.sampled_from(list(CAPD)),
        "consciousness": st.sampled_from(list(CONSCIOUSNESS)),
        "seizure": st.sampled_from(list(SEIZURE)),
        "motor_weakness": st.sampled_from(list(MOTOR)),
        "raised_icp": st.sampled_from(list(ICP)),
    }
)


@given(FINDINGS, st.sampled_from([ADULT, CHILD]), st.sampled_from([13.99, 14.0, 100.0]))
def test_age_of_an_examination_only_widens(findings: dict[str, object], months: int, hours: float) -> None:
    fresh, old = graded(months, **findings), graded(months, hours, **findings)
    assert old.low == fresh.low
    assert old.high >= fresh.high


@given(FINDINGS, st.sampled_from([ADULT, CHILD]))
def test_one_more_finding_never_lowers_what_is_established(findings: dict[str, object], months: int) -> None:
    whole = graded(months, **findings)
    for name in findings:
        assert graded(months, **{**findings, name: None}).low <= whole.low
