"""The rule set as data, and a site's own values: every rule says how far it may move, and which way is looser."""

from dataclasses import fields, replace

import pytest

from services.grader.engine.ruleset.rule_fields import range_of
from services.grader.engine.ruleset.rule_order import ORDERS, disorders
from services.grader.engine.ruleset.rules import DEFAULT_RULES, RuleSet
from services.grader.engine.ruleset.site_rules import overridden

SIGNED = {"id": "site-1", "signed_off_by": "Dr A. Lead", "signed_off_on": "2026-03-01"}
NUMBERS = [item for item in fields(RuleSet) if isinstance(item.default, int | float)]
BY_NAME = {item.name: item for item in NUMBERS}


def moved(item, direction: str) -> float:
    """A value a little further in one direction, as far as its range allows."""
    low, high = range_of(item)
    end = high if direction == "higher" else low
    if end == item.default:
        return end
    step = (end - item.default) / 8
    return item.default + (round(step) or (1 if end > item.default else -1) if item.type is int else step)


@pytest.mark.parametrize("item", fields(RuleSet), ids=lambda item: item.name)
def test_every_rule_says_what_it_decides_where_it_comes_from_and_which_way_is_looser(item):
    assert all(item.metadata[name] for name in ("text", "source", "unit", "looser"))
    assert item.metadata["looser"] in ("higher", "lower", "either", "neither")
    assert item.metadata["proposal"] == item.metadata["source"].startswith("[P]")


@pytest.mark.parametrize("item", NUMBERS, ids=lambda item: item.name)
def test_every_number_stands_within_its_own_range(item):
    low, high = range_of(item)

    assert low <= item.default <= high
    assert low < high


def moves() -> list[tuple[str, str, float]]:
    """Every rule moved each way, where its range and the other rules leave room."""
    found = [(item, direction, moved(item, direction)) for item in NUMBERS for direction in ("higher", "lower")]
    return [
        (item.name, direction, value)
        for item, direction, value in found
        if value != item.default and not disorders(replace(DEFAULT_RULES, **{item.name: value}))
    ]


@pytest.mark.parametrize(("name", "direction", "value"), moves())
def test_what_loosens_a_limit_needs_a_signature_and_what_tightens_it_does_not(name, direction, value):
    values = {"id": "site-1", name: value}

    if BY_NAME[name].metadata["looser"] in (direction, "either"):
        with pytest.raises(ValueError, match=f"{name} would be looser than .* needs `signed_off_by`"):
            overridden(DEFAULT_RULES, values)
    else:
        overridden(DEFAULT_RULES, values)
    signed = overridden(DEFAULT_RULES, SIGNED | values)
    assert getattr(signed, name) == value
    assert signed.hash != DEFAULT_RULES.hash


@pytest.mark.parametrize("item", NUMBERS, ids=lambda item: item.name)
def test_a_number_out_of_its_range_is_refused_even_when_signed(item):
    low, high = range_of(item)

    for value in (low - 1, high + 1):
        with pytest.raises(ValueError, match=f"{item.name} has to lie between"):
            overridden(DEFAULT_RULES, {**SIGNED, item.name: value})


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: f"{order.less} before {order.more}")
def test_rules_that_stand_in_an_order_keep_it(order):
    assert {order.less, order.more} <= BY_NAME.keys()
    broken = replace(DEFAULT_RULES, **{order.less: 1e9})

    assert f"{order.less} has to be {'at most' if order.or_equal else 'below'} {order.more}" in disorders(broken)


def test_the_built_in_rules_stand_in_order():
    assert disorders(DEFAULT_RULES) == []


def test_an_order_compares_minutes_with_hours():
    with pytest.raises(ValueError, match="hold_min has to be below episode_quiet_h"):
        overridden(replace(DEFAULT_RULES, episode_quiet_h=0.5), {**SIGNED, "hold_min": 31})


def test_stale_has_to_come_before_lost():
    with pytest.raises(ValueError, match="fast_stale_min has to be below fast_lost_min"):
        overridden(DEFAULT_RULES, {**SIGNED, "fast_stale_min": 15})


@pytest.mark.parametrize("name", ["forget_h", "antipyretic_mask_h", "cuff_stale_min"])
def test_hours_and_minutes_need_not_be_whole(name):
    value = BY_NAME[name].default + 0.5

    assert getattr(overridden(DEFAULT_RULES, {**SIGNED, name: value}), name) == value


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"gap_grades": 1.5}, "gap_grades has to be a whole number"),
        ({"fever_c": True}, "fever_c has to be a number"),
        ({"fever_c": None}, "fever_c has to be a number"),
        ({"fever_c": float("inf")}, "fever_c has to be a number"),
        ({"low_spo2_pct": 91}, "changed rules need an id of their own"),
        ({"id": "  ", "low_spo2_pct": 91}, "`id` has to be a name"),
        ({"id": "x", "unit_ceilings": []}, "unit_ceilings: what units can give is said in the unit profile"),
        ({"id": "x", "device_grades": []}, "device_grades is a table and cannot be changed"),
        ({"id": "x", "vasopressors": "norepinephrine"}, "vasopressors has to be a list of different names"),
        ({"id": "x", "vasopressors": ["Norepinephrine"]}, "vasopressors has to be a list of different names"),
        ({"id": "x", "vasopressors": ["a", "a"]}, "vasopressors has to be a list of different names"),
        ({**SIGNED, "signed_off_on": "yesterday"}, "signed_off_on has to be a day such as 2026-03-01"),
        ({**SIGNED, "signed_off_by": " "}, "signed_off_by has to be a text"),
        ({"id": "x", "signed_off_by": "Dr A", "fever_c": 38.5}, "signed_off_on"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_name_and_the_reason(values, why):
    with pytest.raises(ValueError, match=why):
        overridden(DEFAULT_RULES, values)


def test_fewer_vasopressors_need_a_signature_and_more_do_not():
    known = list(DEFAULT_RULES.vasopressors)

    assert (
        "terlipressin" in overridden(DEFAULT_RULES, {"id": "x", "vasopressors": [*known, "terlipressin"]}).vasopressors
    )
    with pytest.raises(ValueError, match="vasopressors would be looser"):
        overridden(DEFAULT_RULES, {"id": "x", "vasopressors": known[1:]})
    with pytest.raises(ValueError, match="inotropes would be looser"):
        overridden(DEFAULT_RULES, {"id": "x", "inotropes": [*DEFAULT_RULES.inotropes, "levosimendan"]})


def test_equal_values_give_one_hash_however_they_are_written():
    whole = overridden(DEFAULT_RULES, {"id": "x", "low_spo2_pct": 92})

    assert overridden(DEFAULT_RULES, {"id": "x", "low_spo2_pct": 92.0}).hash == whole.hash
    assert overridden(DEFAULT_RULES, {"id": "x", "low_spo2_pct": 92, "fever_c": 38}).hash == whole.hash


def test_the_signature_is_part_of_the_hash_and_of_the_reference():
    one = overridden(DEFAULT_RULES, {**SIGNED, "low_spo2_pct": 88})
    other = overridden(DEFAULT_RULES, {**SIGNED, "signed_off_by": "Dr B. Lead", "low_spo2_pct": 88})

    assert one.hash != other.hash
    assert one.reference == {"id": "site-1", "hash": one.hash, "signed_off_by": "Dr A. Lead"}
    assert DEFAULT_RULES.reference.keys() == {"id", "hash"}
