"""What a monitor's values are banded by: the scale that was ordered, the source that spoke last. Minutes."""

from typing import Any

import pytest

from tests.vignettes.bed import Bed
from tests.vignettes.starting_points import SECOND

WELL = {"temperature_c": 36.8, "spo2_pct": 97, "heart_rate_bpm": 80, "resp_rate_bpm": 16}
BOTH_WAYS = pytest.mark.parametrize("thorough", [False, True])


def monitored(*, thorough: bool, **fields: Any) -> Bed:
    """An adult on a cannula who is examined and awake: two points of NEWS2 for the oxygen."""
    bed = Bed().admit(**fields).chart(0, "oxygen", device="nasal_cannula", flow_l_min=2)
    bed.chart(0, "vasopressor", drug="none").chart(0, "neuro", consciousness="awake", ice=10).vitals(0, **WELL)
    bed.partition.ward = bed.partition.ward._replace(thorough=thorough)
    return bed


def news2(bed: Bed) -> tuple[int, int]:
    (output,) = bed.partition.standing([bed.patient])
    found = dict(output.value or {})["scores"]["news2"]
    return found["low"], found["high"]


@BOTH_WAYS
@pytest.mark.parametrize(
    ("target", "pct", "less_pct"),
    [(None, 92, 91), (88, 84, 83)],  # on scale 1 both of the second are one band, on scale 2 both of the first
)
def test_one_percent_less_pages_where_the_ordered_scale_says_so(thorough, target, pct, less_pct):
    bed = monitored(thorough=thorough)
    bed.vitals(0, sbp_mmhg=118)
    if target is not None:
        bed.chart(0.5, "baseline", spo2_target_low_pct=target)
    for second in range(0, 60, 5):
        bed.monitor(1 + second * SECOND, spo2_pct=pct, heart_rate_bpm=115)
    assert (news2(bed), bed.said()) == ((6, 6), [])
    for second in range(60, 75, 5):
        bed.monitor(1 + second * SECOND, spo2_pct=less_pct, heart_rate_bpm=115)
    assert (news2(bed), bed.said()) == ((7, 7), [])
    assert bed.until(2 + 15 * SECOND).said() == ["ward_score news2"]


@BOTH_WAYS
@pytest.mark.parametrize("turned", [False, True])
def test_of_two_pressures_of_one_second_the_arterial_one_is_scored_until_the_cuff_speaks_again(thorough, turned):
    bed = monitored(thorough=thorough).monitor(1, heart_rate_bpm=115, resp_rate_bpm=10)
    sources = [{"sbp_mmhg": 118, "bp_source": "arterial"}, {"sbp_mmhg": 95, "bp_source": "cuff"}]
    for pressure in reversed(sources) if turned else sources:
        bed.monitor(1.5, **pressure)
    assert (news2(bed), bed.said()) == ((5, 5), [])
    bed.monitor(1.75, sbp_mmhg=96, bp_source="cuff")
    assert (news2(bed), bed.said()) == ((7, 7), [])
    assert bed.until(2).said() == ["ward_score news2"]


def test_a_temperature_of_suspect_unit_is_not_known_to_a_score():
    bed = monitored(thorough=False).vitals(1, temperature_c=98.6, sbp_mmhg=118)
    assert news2(bed) == (2, 5)


def test_acvpu_charted_at_the_same_time_as_an_examination_is_scored():
    bed = (
        monitored(thorough=False)
        .vitals(1, sbp_mmhg=118)
        .chart(5, "neuro", avpu="confusion", consciousness="awake", ice=10)
    )
    assert news2(bed) == (5, 5)
