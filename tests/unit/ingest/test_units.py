import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.reasons import Refusal
from services.ingest.units import DOSE_UNITS, LAB_UNITS, RATE_UNITS, unit_refusal


@pytest.mark.parametrize(
    ("code", "unit"), [(code, unit) for code, units in LAB_UNITS.items() for unit in sorted(units)]
)
def test_every_listed_code_is_taken_in_its_units(code, unit):
    assert unit_refusal({"kind": "lab", "code": code, "unit": unit}) is None


@settings(deadline=None)
@given(
    st.text(alphabet="mugLU/ 1µ", max_size=6).filter(
        lambda unit: unit not in DOSE_UNITS | RATE_UNITS | LAB_UNITS["crp"]
    )
)
def test_no_other_unit_is_taken(unit):
    assert unit_refusal({"kind": "medication", "dose": 1, "dose_unit": unit}) == Refusal("unknown_unit", "dose_unit")
    assert unit_refusal({"kind": "vasopressor", "rate": 1, "rate_unit": unit}) == Refusal("unknown_unit", "rate_unit")
    assert unit_refusal({"kind": "lab", "code": "crp", "unit": unit}) == Refusal("unknown_unit", "unit")


@pytest.mark.parametrize("written", ["MG", "mgs", "mg ", "µg"])
def test_a_unit_that_is_nearly_right_is_not_guessed_at(written):
    assert unit_refusal({"kind": "medication", "dose": 1, "dose_unit": written}) is not None


def test_a_number_without_its_unit_is_not_taken_except_nought():
    assert unit_refusal({"kind": "vasopressor", "rate": 0.1}) == Refusal("unknown_unit", "rate")
    assert unit_refusal({"kind": "vasopressor", "rate": 0.0}) is None
    assert unit_refusal({"kind": "vasopressor"}) is None
