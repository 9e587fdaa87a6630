"""Every limit of the CRS table moved by a little, each way: a named row finds it."""

from dataclasses import replace
from functools import partial

import pytest

from services.grader.engine.ruleset.rule_fields import is_looser
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from tests.vignettes import crs_rows
from tests.vignettes.bed import Bed
from tests.vignettes.tables import read_table

MOVED = [
    ("fever_c", 37.9, "crs_fever.md", "a tenth below the threshold"),
    ("fever_c", 38.1, "crs_fever.md", "exactly the threshold"),
    ("suspect_temperature_c", 43.9, "crs_fever.md", "44.0 is still a temperature"),
    ("suspect_temperature_c", 44.1, "crs_fever.md", "44.1 is of suspect unit"),
    ("antipyretic_mask_h", 5.9, "crs_fever.md", "premedication just under six hours ago"),
    ("antipyretic_mask_h", 6.1, "crs_fever.md", "premedication exactly six hours ago"),
    ("adult_sbp_mmhg", 89, "crs_pressure.md", "adult at 89"),
    ("adult_sbp_mmhg", 91, "crs_pressure.md", "adult at exactly 90"),
    ("neonate_sbp_mmhg", 59, "crs_pressure.md", "neonate at 59"),
    ("neonate_sbp_mmhg", 61, "crs_pressure.md", "neonate at 60"),
    ("infant_sbp_mmhg", 69, "crs_pressure.md", "half a year at 69"),
    ("infant_sbp_mmhg", 71, "crs_pressure.md", "half a year at 70"),
    ("child_sbp_mmhg", 69, "crs_pressure.md", "five years at 79"),
    ("child_sbp_mmhg", 71, "crs_pressure.md", "five years at 80"),
    ("child_sbp_mmhg_per_year", 1.8, "crs_pressure.md", "nine years at 87"),
    ("child_sbp_mmhg_per_year", 2.2, "crs_pressure.md", "nine years at 88"),
    ("neonate_until_months", 2, "crs_pressure.md", "one month at 69"),
    ("infant_until_months", 13, "crs_pressure.md", "one year at 71"),
    ("child_until_years", 9, "crs_pressure.md", "nine years at 88"),
    ("child_until_years", 12, "crs_pressure.md", "eleven years at 90"),
    ("baseline_share", 0.79, "crs_pressure.md", "0.8 of 120 is 96: 95"),
    ("baseline_share", 0.81, "crs_pressure.md", "0.8 of 120 is 96: 96"),
    ("baseline_sbp_mmhg", 99, "crs_pressure.md", "0.8 of 140 is capped at 100: 99"),
    ("baseline_sbp_mmhg", 101, "crs_pressure.md", "0.8 of 140 is capped at 100: 100"),
    ("baseline_from_years", 17, "crs_pressure.md", "not for seventeen years: 95"),
    ("baseline_from_years", 19, "crs_pressure.md", "from eighteen years: 95"),
    ("low_map_mmhg", 64.5, "crs_pressure.md", "mean pressure of 64.9"),
    ("low_map_mmhg", 65.5, "crs_pressure.md", "mean pressure of exactly 65"),
    ("low_spo2_pct", 89, "crs_oxygen.md", "room air at 89 %"),
    ("low_spo2_pct", 91, "crs_oxygen.md", "room air at exactly 90 %"),
    ("low_flow_l_min", 5.9, "crs_oxygen.md", "cannula at exactly six"),
    ("low_flow_l_min", 6.1, "crs_oxygen.md", "cannula at 6.1"),
    ("weight_flow_l_kg_min", 0.9, "crs_oxygen.md", "infant of 5 kg on exactly 1 L/kg/min"),
    ("weight_flow_l_kg_min", 1.1, "crs_oxygen.md", "infant of 5 kg on 5.1 litres by cannula"),
    ("pressor_confirmed_h", 3.9, "crs_pressors.md", "none, charted just under four hours ago"),
    ("pressor_confirmed_h", 4.1, "crs_pressors.md", "none, charted four hours ago"),
    ("device_confirmed_h", 11.9, "crs_oxygen.md", "room air, charted just under twelve hours ago"),
    ("device_confirmed_h", 12.1, "crs_oxygen.md", "room air, charted twelve hours ago"),
    ("vasopressors", ("norepinephrine", "vasopressin"), "crs_pressors.md", "dopamine alone"),
    ("inotropes", (), "crs_pressors.md", "milrinone is no vasopressor"),
]


@pytest.mark.parametrize(("rule", "value", "table", "situation"), MOVED)
def test_a_moved_limit_fails_a_named_row(rule, value, table, situation, monkeypatch):
    row = next(row for row in read_table(table) if row["situation"] == situation)
    crs_rows.check(row)

    monkeypatch.setattr(crs_rows, "Bed", partial(Bed, rules=replace(DEFAULT_RULES, **{rule: value})))

    with pytest.raises(AssertionError):
        crs_rows.check(row)


def looser_values() -> list[tuple[str, object, str]]:
    """The moves above that loosen, by what the rule itself says."""
    known = DEFAULT_RULES.__dataclass_fields__
    found = []
    for rule, value, table, _ in MOVED:
        metadata, before = known[rule].metadata, getattr(DEFAULT_RULES, rule)
        if metadata["looser"] != "either" and is_looser(before, value, metadata):
            found.append((rule, value, table))
    return found


@pytest.mark.prove
@pytest.mark.parametrize(("rule", "value", "table"), looser_values())
def test_a_loosened_limit_never_raises_an_established_grade(rule, value, table, monkeypatch):
    rows = read_table(table)
    before = [crs_rows.graded(row).interval[0] for row in rows]

    monkeypatch.setattr(crs_rows, "Bed", partial(Bed, rules=replace(DEFAULT_RULES, **{rule: value})))
    after = [crs_rows.graded(row).interval[0] for row in rows]

    # The upper bound may rise: a drug that is no longer listed is a drug of unknown name.
    assert all(now <= then for now, then in zip(after, before, strict=True))
