"""The small tables of a grade on their own: combining parts, limits by age, drugs, domains of an examination."""

import pytest

from services.grader.engine.chart import Chart, Oxygen, Stay
from services.grader.engine.crs.components import Part, at_home_level, device, pressor
from services.grader.engine.crs.drugs import drug_class, generic_name
from services.grader.engine.crs.grading import Bounds, combine, hypotension_limit
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.engine.ruleset.site_rules import overridden
from services.grader.engine.ruleset.unit_profile import with_unit_profile

LOW_PRESSURE, ON_A_MASK, UNKNOWN = Bounds(2, 2), Bounds(3, 3), Bounds(0, 4)


@pytest.mark.parametrize(
    ("febrile", "parts", "bounds"),
    [
        (True, (), (1, 1)),
        (True, (LOW_PRESSURE,), (2, 2)),
        (True, (LOW_PRESSURE, ON_A_MASK, UNKNOWN), (3, 4)),
        (True, (UNKNOWN,), (1, 4)),
        (None, (), (0, 1)),
        (None, (LOW_PRESSURE,), (0, 2)),
        (None, (ON_A_MASK, UNKNOWN), (0, 4)),
        (False, (LOW_PRESSURE, ON_A_MASK, UNKNOWN), (0, 0)),
    ],
)
def test_fever_opens_the_assessment_and_the_most_severe_part_decides(febrile, parts, bounds):
    assert combine(febrile, Bounds(0, 0), *parts) == bounds


def test_a_site_with_a_higher_adult_limit_takes_it_from_ten_years():
    rules = overridden(DEFAULT_RULES, {"id": "ours-1", "adult_sbp_mmhg": 100})
    assert [hypotension_limit(months, None, rules) for months in (119, 120, 129, None)] == [88, 100, 100, 100]


@pytest.mark.parametrize(
    ("drug", "name", "kind"),
    [
        ("Paracetamol", "paracetamol", "antipyretic"),
        (" tocilizumab ", "tocilizumab", "anticytokine"),
        ("dexamethasone", "dexamethasone", "steroid"),
        ("levetiracetam", "levetiracetam", "anticonvulsant"),
        ("noradrenaline", "norepinephrine", None),
        ("sumatriptan", "sumatriptan", None),
    ],
)
def test_a_drug_by_its_generic_name_and_class(drug, name, kind):
    assert (generic_name(drug), drug_class(drug)) == (name, kind)


def test_support_that_nobody_charted_is_open_up_to_what_the_unit_can_give():
    profile = {"signed_off_by": "the unit's lead", "units": {"onc": {"vasopressors": 0, "oxygen": 3}}}
    rules, onc, elsewhere = with_unit_profile(DEFAULT_RULES, profile), Chart(stay=Stay(unit="onc")), Chart()
    assert (pressor(onc, 0, rules), device(onc, 0, rules)) == (Part(0, 0), Part(0, 3))
    assert (pressor(elsewhere, 0, rules), device(elsewhere, 0, rules)) == (Part(0, 4), Part(0, 4))
    assert (pressor(onc, 0, DEFAULT_RULES), device(onc, 0, DEFAULT_RULES)) == (Part(0, 4), Part(0, 4))


def test_no_device_is_the_home_device_of_a_patient_who_has_none():
    assert not at_home_level(Chart(), DEFAULT_RULES)
    assert not at_home_level(Chart(oxygen=Oxygen("cpap", None, None, 0, "e")), DEFAULT_RULES)
