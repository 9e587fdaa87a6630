"""Within a band of values every question that the engine asks of a sign has one answer, right up to each limit."""

from math import inf, nextafter
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from schemas.fields import QUANTITIES
from services.grader.engine.ruleset.rules import DEFAULT_RULES, RuleSet
from services.grader.engine.ruleset.site_rules import overridden
from services.grader.engine.scores.score_charts import NEWS2, SCALE_2_ON_OXYGEN, Bands, pews_chart
from services.grader.engine.signs.readings import (
    PRESSURES,
    SIGNS,
    SPO2,
    SPO2_HOME,
    TEMPERATURE,
    Limits,
    categorise,
    flags_of,
)
from services.grader.engine.steady.bands import NOTHING, band_of

SITE = overridden(
    DEFAULT_RULES, {"id": "site-2", "low_spo2_pct": 92, "fever_c": 37.8, "low_map_mmhg": 70, "critical_sbp_mmhg": 55}
)
CHARTS = [NEWS2, {**NEWS2, SPO2: SCALE_2_ON_OXYGEN}, *(pews_chart(months) for months in (2, 11, 40, 140, 180))]
LIMITS = st.builds(
    Limits, sbp_mmhg=st.sampled_from([70, 78, 90, 96, 112.5]), spo2_home_pct=st.sampled_from([None, 86, 88, 91])
)
# Around them lies everything that is asked.
CLOSE = [0, 1e-9, 0.04, 0.049999, 0.05, 0.05000001, 0.1, 0.5, 1, 5]


def series_of(sign: str, limits: Limits) -> list[str]:
    if sign == "sbp_mmhg":
        return list(PRESSURES)
    if sign == SPO2 and limits.spo2_home_pct is not None:
        return [SPO2, SPO2_HOME]
    return [] if sign in ("dbp_mmhg", "map_mmhg") else [sign]


def asked(sign: str, value: float, limits: Limits, bands: Bands | None, rules: RuleSet) -> tuple[Any, ...]:
    """Everything that is asked of a value."""
    return (
        [categorise(series, value, limits, rules) for series in series_of(sign, limits)],
        [flags_of(sign, value, infant=infant, rules=rules) for infant in (False, True)],
        None if bands is None else bands.band(value),
        value < rules.low_map_mmhg if sign == "map_mmhg" else None,
    )


def edges_of(bands: Bands | None) -> tuple[float, ...]:
    return () if bands is None else bands.edges


def near_limits(sign: str, limits: Limits, bands: Bands | None, rules: RuleSet) -> list[float]:
    """What lies on a limit, next to it, and a little farther away."""
    known = {
        "sbp_mmhg": [limits.sbp_mmhg, rules.critical_sbp_mmhg],
        SPO2: [rules.low_spo2_pct, rules.critical_spo2_pct, *([limits.spo2_home_pct] if limits.spo2_home_pct else [])],
        TEMPERATURE: [rules.fever_c, rules.suspect_temperature_c],
        "map_mmhg": [rules.low_map_mmhg],
    }.get(sign, [0])
    known += [limit - rules.deep_units for limit in known]
    found: set[float] = set()
    for limit in (*known, *edges_of(bands), *QUANTITIES[sign].plausible):
        steps = {limit + step for close in CLOSE for step in (close, -close)}
        found |= {limit, nextafter(limit, inf), nextafter(limit, -inf), *steps}
    return sorted(found)


@pytest.mark.parametrize("rules", [DEFAULT_RULES, SITE], ids=["default", "site"])
@pytest.mark.parametrize("sign", SIGNS)
def test_around_every_limit_the_values_of_a_band_mean_the_same(sign, rules):
    for limits, chart in ((Limits(90, None), NEWS2), (Limits(78, 86), CHARTS[1]), (Limits(96, 91), CHARTS[-2])):
        bands = chart.get(sign)
        found = near_limits(sign, limits, bands, rules)
        answers = [asked(sign, value, limits, bands, rules) for value in found]
        for one, answer in zip(found, answers, strict=True):
            band = band_of(sign, one, limits, edges_of(bands), rules)
            assert (band == NOTHING) is bool(flags_of(sign, one, infant=False, rules=rules))
            assert band == NOTHING or band.low <= one < band.high
            inside = (other for value, other in zip(found, answers, strict=True) if band.low <= value < band.high)
            assert all(other == answer for other in inside), one


@st.composite
def values(draw: st.DrawFn, sign: str, limits: Limits, bands: Bands | None, rules: RuleSet) -> float:
    """Anything, and above all what lies next to a limit."""
    return draw(st.one_of(st.sampled_from(near_limits(sign, limits, bands, rules)), st.floats(0, 310)))


@pytest.mark.property
@given(st.data(), st.sampled_from(SIGNS), LIMITS, st.sampled_from(CHARTS), st.sampled_from([DEFAULT_RULES, SITE]))
def test_within_a_band_every_question_has_one_answer(data, sign, limits, chart, rules):
    bands = chart.get(sign)
    one, other = (data.draw(values(sign, limits, bands, rules)) for _ in range(2))
    band = band_of(sign, one, limits, edges_of(bands), rules)
    if flags_of(sign, one, infant=False, rules=rules):
        assert band == NOTHING
        return
    assert band.low <= one < band.high
    # As well as any other value, the outermost ones that it holds.
    for value in (other, band.low, nextafter(band.high, -inf)):
        if band.low <= value < band.high and abs(value) != inf:
            assert asked(sign, value, limits, bands, rules) == asked(sign, one, limits, bands, rules), value


@pytest.mark.property
@given(st.data(), st.sampled_from(SIGNS), LIMITS, st.sampled_from([DEFAULT_RULES, SITE]))
def test_two_bands_side_by_side_differ_or_one_of_them_is_a_limit_alone(data, sign, limits, rules):
    bands = NEWS2.get(sign)
    one = data.draw(values(sign, limits, bands, rules))
    band = band_of(sign, one, limits, edges_of(bands), rules)
    assume(band != NOTHING and band.high < inf)
    alone = nextafter(band.low, inf) == band.high
    beside = asked(sign, band.high, limits, bands, rules), asked(sign, nextafter(band.high, inf), limits, bands, rules)
    assert alone or any(answer != asked(sign, one, limits, bands, rules) for answer in beside)


@pytest.mark.parametrize(
    ("sign", "value", "held"),
    [
        ("heart_rate_bpm", 80, (50.5, 90.5)),
        ("spo2_pct", 97, (95.5, 100)),
        ("sbp_mmhg", 118, (110.5, 219.5)),
        ("temperature_c", 37.9, (36.05, 37.95)),
        ("temperature_c", 38.0, (37.95, 38.05)),
        ("map_mmhg", 86, (65, 250)),
        ("map_mmhg", 64.9, (20, 65)),
        ("dbp_mmhg", 70, (10, 200)),
        ("resp_rate_bpm", 16, (11.5, 20.5)),
    ],
)
def test_the_bands_of_a_grown_up(sign, value, held):
    limits = Limits(sbp_mmhg=90, spo2_home_pct=None)
    band = band_of(sign, value, limits, edges_of(NEWS2.get(sign)), DEFAULT_RULES)
    assert band.low <= value < band.high
    assert abs(band.low - held[0]) < 1e-9
    assert abs(band.high - held[1]) < 1e-9
