"""What a site is told about its own values and its unit profile, in whole sentences; what the hash is made of."""

import re
from dataclasses import fields, replace
from typing import Any

import pytest

from schemas.encoding import digest
from schemas.fields import QUANTITIES
from services.grader.engine.chart import Chart, Dose, Stay
from services.grader.engine.crs.drugs import DRUG_CLASSES, SYNONYMS
from services.grader.engine.durations import days, hours, minutes, seconds
from services.grader.engine.risk.products import PRODUCTS
from services.grader.engine.ruleset.rule_fields import is_looser, range_of, rule
from services.grader.engine.ruleset.rule_order import disorders
from services.grader.engine.ruleset.rules import DEFAULT_RULES, RuleSet
from services.grader.engine.ruleset.site_rules import loosened, overridden
from services.grader.engine.ruleset.unit_profile import with_unit_profile
from services.grader.engine.scores.score_charts import charts
from services.grader.engine.ward import Ward
from tests.vignettes.bed import ms

DAY = 24 * 60
SIGNED = {"signed_off_by": "Dr A. Lead", "signed_off_on": "2026-03-01"}
LOOSER = "(an alert later or rarer, or a grade lower): that needs `signed_off_by` and `signed_off_on`"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"id": "x", "fever_c": 36.9}, "fever_c has to lie between 37 and 39 °C"),
        ({"id": "x", "fever_c": 39.1}, "fever_c has to lie between 37 and 39 °C"),
        ({"id": "x", "peak_share": 1.5}, "peak_share has to lie between 0.1 and 0.9"),
        ({"id": "x", "forget_h": 721}, "forget_h has to lie between 0 and 720 h"),
        ({"id": "x", "trend_points": 13}, "trend_points has to lie between 4 and 12 points"),
        ({"id": "x", "child_sbp_mmhg_per_year": 9}, "child_sbp_mmhg_per_year has to lie between 1 and 3 mmHg/year"),
        ({"id": "x", "fahrenheit_from": 1}, "fahrenheit_from has to lie between 90 and 100 °F"),
        ({"id": "x", "infant_until_months": 30}, "infant_until_months has to lie between 6 and 24 months"),
        ({"id": "x", "fever_c": "38"}, "fever_c has to be a number"),
        ({"id": "x", "infant_until_months": 12.5}, "infant_until_months has to be a whole number"),
        ({"id": "x", "vasopressors": []}, f"vasopressors would be looser than "
         f"{', '.join(DEFAULT_RULES.vasopressors)} {LOOSER}"),
        ({"id": "x", "vasopressors": [1]}, "vasopressors has to be a list of different names in lower case"),
        ({"id": "x", "vasopressors": [""]}, "vasopressors has to be a list of different names in lower case"),
        ({"id": "x", "vasopressors": ["a "]}, "vasopressors has to be a list of different names in lower case"),
        ({"id": "x", "device_grades": []}, "device_grades is a table and cannot be changed in a site file"),
        ({"id": "x", "unit_profile": "2"}, "unit_profile: what units can give is said in the unit profile"),
        ({"id": "x", "fever_c": 38.5}, f"fever_c would be looser than 38 {LOOSER}"),
        ({"id": "x", "fever_c": 38.5, "signed_off_by": "Dr A"}, f"fever_c would be looser than 38 {LOOSER}"),
        ({"id": "x", "signed_off_by": 3}, "signed_off_by has to be a text"),
        ({"id": "x", "signed_off_on": " "}, "signed_off_on has to be a text"),
        ({"id": "x", "signed_off_on": "1 March"}, "signed_off_on has to be a day such as 2026-03-01"),
        ({"signed_off_by": "Dr A"}, "changed rules need an id of their own"),
        ({"id": " "}, "`id` has to be a name"),
        (
            {"id": 1, "fever": 38, "fever_c": 30, "gap_grades": 1.5, "signed_off_on": "soon"},
            "signed_off_on has to be a day such as 2026-03-01; `id` has to be a name; there is no such rule: fever; "
            "fever_c has to lie between 37 and 39 °C; gap_grades has to be a whole number",
        ),
        (
            {"id": "x", "fast_lost_min": 5, "fever_c": 38.5},
            f"fast_stale_min has to be below fast_lost_min; fast_lost_min would be looser than 15 {LOOSER}; "
            f"fever_c would be looser than 38 {LOOSER}",
        ),
        (
            {"id": "x", "deep_persistence_s": 16},
            f"deep_persistence_s has to be at most fast_persistence_s; deep_persistence_s would be looser than 10 "
            f"{LOOSER}",
        ),
    ],
)  # fmt: skip
def test_all_that_is_wrong_with_a_sites_values_is_said_at_once(values: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=rf"^{re.escape(said)}$"):
        overridden(DEFAULT_RULES, values)


def test_a_file_that_changes_nothing_is_the_rule_set_as_it_is() -> None:
    assert overridden(DEFAULT_RULES, {}) == DEFAULT_RULES
    assert overridden(DEFAULT_RULES, {"id": "x"}) == replace(DEFAULT_RULES, id="x")


def test_values_at_the_very_ends_of_their_range_are_taken_as_numbers_of_their_rule() -> None:
    found = overridden(
        DEFAULT_RULES, {"id": "x", **SIGNED, "fever_c": 39, "infant_until_months": 24.0, "gap_grades": 2}
    )
    assert (found.fever_c, found.infant_until_months, found.signed_off_on) == (39.0, 24, "2026-03-01")
    assert (type(found.fever_c), type(found.infant_until_months)) == (float, int)
    assert overridden(DEFAULT_RULES, {"id": "x", **SIGNED, "fever_c": 37}).fever_c == 37
    more = ["zzz", *DEFAULT_RULES.vasopressors]
    assert overridden(DEFAULT_RULES, {"id": "x", "vasopressors": more}).vasopressors == tuple(sorted(more))


def test_which_changes_are_looser() -> None:
    changed = {"fever_c": 38.5, "low_spo2_pct": 92, "trend_points": 9, "forget_h": DEFAULT_RULES.forget_h}
    assert loosened(DEFAULT_RULES, changed) == ["fever_c"]


@pytest.mark.parametrize(
    ("before", "after", "looser_in"),
    [
        (1, 2, {"higher", "either"}),
        (2, 1, {"lower", "either"}),
        (1, 1, set()),
        (("a", "b"), ("a",), {"lower", "either"}),
        (("a",), ("a", "b"), {"higher", "either"}),
        (("a",), ("b",), {"higher", "lower", "either"}),
        (("a",), ("a",), set()),
    ],
)
def test_a_change_is_looser_by_its_direction(before: Any, after: Any, looser_in: set[str]) -> None:
    found = {name for name in ("higher", "lower", "either", "neither") if is_looser(before, after, {"looser": name})}
    assert found == looser_in


def test_a_rule_is_a_proposal_that_may_move_to_half_and_twice_unless_it_says_otherwise() -> None:
    plain, sourced = (
        rule(8, unit="h", text="A."),
        rule(8, unit="h", text="A.", source="Lee", within=(7, 9), looser="lower"),
    )
    assert (plain.default, sourced.default) == (8, 8)
    assert dict(plain.metadata) == {
        "unit": "h",
        "text": "A.",
        "source": "[P] proposal, to be signed off by the site",
        "proposal": True,
        "looser": "either",
        "within": None,
    }
    assert dict(sourced.metadata) == {
        "unit": "h", "text": "A.", "source": "Lee", "proposal": False, "looser": "lower", "within": (7, 9),
    }  # fmt: skip
    assert (range_of(plain), range_of(sourced)) == ((4, 16), (7, 9))


def test_rules_that_have_to_differ_may_not_be_equal_and_others_may() -> None:
    assert disorders(replace(DEFAULT_RULES, fast_lost_min=5.0)) == ["fast_stale_min has to be below fast_lost_min"]
    assert disorders(replace(DEFAULT_RULES, deep_persistence_s=15)) == []
    assert disorders(replace(DEFAULT_RULES, hold_min=24 * 60 - 1)) == []
    assert disorders(replace(DEFAULT_RULES, hold_min=24 * 60)) == ["hold_min has to be below episode_quiet_h"]


# Unit profiles.


def profile(**units: Any) -> dict[str, Any]:
    return {"version": "2", "signed_off_by": "the lead", "units": units}


def test_a_unit_profile_says_how_far_support_can_go_and_who_signed_that() -> None:
    found = with_unit_profile(
        DEFAULT_RULES, profile(onc={"vasopressors": 0, "oxygen": 3}, day={"oxygen": 0}, hdu={"vasopressors": 3})
    )
    assert found.unit_ceilings == (("day", 4, 0), ("hdu", 3, 4), ("onc", 0, 3))
    assert found.unit_profile == "version 2, signed by the lead"
    assert [found.ceilings(unit) for unit in ("onc", "day", "hdu", "icu", None)] == [
        (0, 3), (4, 0), (3, 4), (4, 4), (4, 4),
    ]  # fmt: skip
    assert with_unit_profile(DEFAULT_RULES, None) is DEFAULT_RULES
    unnamed = with_unit_profile(DEFAULT_RULES, {"signed_off_by": "the lead", "units": {}})
    assert (unnamed.unit_profile, unnamed.unit_ceilings) == ("version unknown, signed by the lead", ())
    assert with_unit_profile(DEFAULT_RULES, {**profile(), "version": 3}).unit_profile == "version 3, signed by the lead"


NEEDS = "a unit profile needs `signed_off_by` and `units`"
EITHER = "has to name `vasopressors`, `oxygen` or both, and nothing else"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, NEEDS),
        ({"units": {}}, NEEDS),
        ({"signed_off_by": "the lead"}, NEEDS),
        ({"signed_off_by": "the lead", "units": []}, NEEDS),
        (profile(onc={}), f"unit onc {EITHER}"),
        (profile(onc=3), f"unit onc {EITHER}"),
        (profile(onc={"oxigen": 3}), f"unit onc {EITHER}"),
        (profile(onc={"oxygen": 1}), "unit onc: oxygen has to be one of the grades 0, 2, 3, 4"),
        (profile(onc={"oxygen": True}), "unit onc: oxygen has to be one of the grades 0, 2, 3, 4"),
        (profile(onc={"oxygen": 2.0}), "unit onc: oxygen has to be one of the grades 0, 2, 3, 4"),
        (profile(onc={"vasopressors": 2}), "unit onc: vasopressors has to be one of the grades 0, 3, 4"),
        (profile(**{" ": {"oxygen": 3}}), "a unit has to have a name"),
        ({**profile(), "version": None}, "version has to be a name"),
        ({**profile(), "signed_off_on": "soon"}, "signed_off_on has to be a day such as 2026-03-01"),
        (
            {**profile(b={}, a={"oxygen": 1, "vasopressors": 1}), "unit": 1},
            "there is no such field: unit; unit a: oxygen has to be one of the grades 0, 2, 3, 4; "
            f"unit a: vasopressors has to be one of the grades 0, 3, 4; unit b {EITHER}",
        ),
    ],
)
def test_all_that_is_wrong_with_a_unit_profile_is_said_at_once(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=rf"^{re.escape(said)}$"):
        with_unit_profile(DEFAULT_RULES, given)


def test_a_signed_unit_profile_may_name_the_day() -> None:
    assert with_unit_profile(DEFAULT_RULES, {**profile(), "signed_off_on": "2026-03-01"}).unit_ceilings == ()


# What the rule set says of itself.


def test_the_hash_is_of_every_value_and_of_every_published_table_by_name() -> None:
    rules = replace(DEFAULT_RULES, id="ours-1", fever_c=37.8)
    values = {item.name: getattr(rules, item.name) for item in fields(RuleSet)}
    tables = {
        "plausible": {name: quantity.plausible for name, quantity in QUANTITIES.items()},
        "drug_classes": {name: sorted(drugs) for name, drugs in DRUG_CLASSES.items()},
        "synonyms": SYNONYMS,
        "score_charts": charts(),
        "products": PRODUCTS,
    }
    assert rules.hash == digest({**values, "tables": tables})


def test_what_is_looked_up_often_says_what_the_rules_say() -> None:
    rules = replace(DEFAULT_RULES, device_grades=(("mask", 3, 3), ("bag", 2, 4)))
    assert rules.support_of_device == {"mask": (3, 3), "bag": (2, 4)}
    minute = 60_000
    assert rules.freshness_ms == {
        "fast": (5 * minute, 15 * minute),
        "cuff": (75 * minute, 120 * minute),
        "patch": (10 * minute, 30 * minute),
        "spot": (270 * minute, 480 * minute),
    }
    assert rules.reference == {"id": "astct2019-1", "hash": rules.hash}
    assert rules.source("fever_c").startswith("Lee 2019")
    signed = replace(DEFAULT_RULES, id="x", signed_off_by="Dr A")
    assert signed.reference == {"id": "x", "hash": signed.hash, "signed_off_by": "Dr A"}


def test_times_of_rules_are_rounded_to_whole_milliseconds() -> None:
    assert [count(1.5) for count in (seconds, minutes, hours, days)] == [1500, 90_000, 5_400_000, 129_600_000]
    assert (seconds(0.0006), minutes(1 / 3)) == (1, 20_000)


# Who is paged for.


def chart(admitted: float, dosed: float, known: float | None = None, status: str = "admitted") -> Chart:
    stay = Stay(status=status, admitted_ms=ms(admitted))
    return Chart(stay, dose=Dose("axi-cel", ms(dosed), known_ms=None if known is None else ms(known)))


def test_a_dose_enrols_for_the_stay_it_was_charted_in_and_afterwards_until_its_window_ends() -> None:
    ward = Ward()
    assert not ward.is_enrolled(Chart())
    assert ward.is_enrolled(chart(0, 0))
    assert ward.is_enrolled(chart(60 * DAY, 0, known=60 * DAY))
    assert not ward.is_enrolled(chart(60 * DAY, 0, known=60 * DAY - 1))
    assert ward.is_enrolled(chart(30 * DAY - 1, 0))
    assert not ward.is_enrolled(chart(30 * DAY, 0))


def test_who_has_left_is_not_paged_for_and_who_is_here_if_enrolled_or_all_are_watched() -> None:
    assert [Ward().pages(chart(0, 0, status=status)) for status in ("admitted", "off_unit", "discharged")] == [
        True, True, False,
    ]  # fmt: skip
    assert [Ward(watch_all=True).pages(Chart(Stay(status=status))) for status in ("admitted", "discharged")] == [
        True, False,
    ]  # fmt: skip
    assert not Ward().pages(Chart(Stay(status="admitted")))
