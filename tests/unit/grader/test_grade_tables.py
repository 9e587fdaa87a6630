"""The small tables of a grade on their own: combining parts, limits by age, drugs, domains of an examination."""

import pytest

from services.grader.engine.chart import Baseline, Chart, Infusion, Oxygen, Stay
from services.grader.engine.crs.components import Part, at_home_level, device, pressor
from services.grader.engine.crs.drugs import drug_class, generic_name, masks_fever
from services.grader.engine.crs.grading import Bounds, combine, grade_device, grade_pressors, hypotension_limit
from services.grader.engine.crs.support_flags import oxygen_flags, vasopressor_flags
from services.grader.engine.person import Person
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
    assert masks_fever(drug) is (kind == "antipyretic")


@pytest.mark.parametrize(
    ("flow_l_min", "cannula", "high_flow", "mask"),
    [
        (None, (2, 3), (3, 3), (3, 3)),
        (0, (0, 0), (2, 2), (3, 3)),
        (0.5, (2, 2), (2, 2), (3, 3)),
        (6, (2, 2), (2, 2), (3, 3)),
        (6.1, (3, 3), (3, 3), (3, 3)),
    ],
)
def test_the_flow_decides_for_the_two_cannulas_only(flow_l_min, cannula, high_flow, mask):
    devices = ("nasal_cannula", "high_flow_nasal_cannula", "face_mask")
    assert [grade_device(device, flow_l_min, DEFAULT_RULES) for device in devices] == [cannula, high_flow, mask]


@pytest.mark.parametrize(
    ("drugs", "bounds", "flags"),
    [
        ((), (0, 0), []),
        (("dopamine",), (3, 3), []),
        (("vasopressin",), (3, 3), []),
        (("dopamine", "vasopressin"), (3, 3), []),
        (("dopamine", "norepinephrine"), (4, 4), []),
        (("dobutamine",), (0, 0), ["inotrope_not_counted"]),
        (("superpressin",), (0, 4), ["unknown_drug"]),
        (("superpressin", "dopamine", "milrinone"), (3, 4), ["inotrope_not_counted", "unknown_drug"]),
    ],
    ids=str,
)
def test_vasopressors_by_name(drugs, bounds, flags):
    assert grade_pressors(drugs, DEFAULT_RULES) == bounds
    assert vasopressor_flags(Chart(pressors=tuple(map(Infusion, drugs))), DEFAULT_RULES) == flags


@pytest.mark.parametrize(
    ("device", "flow_l_min", "weight_kg", "flags"),
    [
        ("nasal_cannula", 5, 5, []),
        ("nasal_cannula", 5.1, 5, ["high_flow_for_weight"]),
        ("nasal_cannula", 5.1, None, []),
        ("nasal_cannula", None, 5, []),
        ("nasal_cannula", 6.1, 5, []),
        ("high_flow_nasal_cannula", 5, 5, ["high_flow_device_at_low_flow"]),
        ("high_flow_nasal_cannula", 6, 5, ["high_flow_device_at_low_flow", "high_flow_for_weight"]),
        ("high_flow_nasal_cannula", 6.1, 5, []),
        ("blow_by", 6, 5, []),
        ("cpap", None, 5, ["home_device"]),
    ],
)
def test_what_is_odd_about_a_device(device, flow_l_min, weight_kg, flags):
    oxygen, home = Oxygen(device, flow_l_min, None, 0, "e"), Baseline(oxygen_device="cpap")
    chart = Chart(oxygen=oxygen, person=Person(weight_kg=weight_kg), baseline=home)
    assert oxygen_flags(oxygen, chart, DEFAULT_RULES) == flags


def test_support_that_nobody_charted_is_open_up_to_what_the_unit_can_give():
    profile = {"signed_off_by": "the unit's lead", "units": {"onc": {"vasopressors": 0, "oxygen": 3}}}
    rules, onc, elsewhere = with_unit_profile(DEFAULT_RULES, profile), Chart(stay=Stay(unit="onc")), Chart()
    assert (pressor(onc, 0, rules), device(onc, 0, rules)) == (Part(0, 0), Part(0, 3))
    assert (pressor(elsewhere, 0, rules), device(elsewhere, 0, rules)) == (Part(0, 4), Part(0, 4))
    assert (pressor(onc, 0, DEFAULT_RULES), device(onc, 0, DEFAULT_RULES)) == (Part(0, 4), Part(0, 4))


def test_without_a_device_or_without_a_home_device_nobody_is_at_the_home_level():
    assert not at_home_level(Chart(), DEFAULT_RULES)
    assert not at_home_level(Chart(baseline=Baseline(oxygen_device="cpap")), DEFAULT_RULES)
    assert not at_home_level(Chart(oxygen=Oxygen("cpap", None, None, 0, "e")), DEFAULT_RULES)
