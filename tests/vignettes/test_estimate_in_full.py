"""Estimates as they go onto the wire, whole: what is shown, what is absent, and what is worth sending again."""

from typing import Any

import pytest
from msgspec.structs import replace

from services.grader.engine.estimate import fingerprint
from tests.vignettes.bed import HOUR_MIN, Bed, when
from tests.vignettes.starting_points import WELL, febrile_bed, well_bed


def measured(value: float, minute: float, source: str = "monitor", state: str = "fresh", **more: Any) -> dict[str, Any]:
    return {"value": value, "observed_at": when(minute), "state": state, "source": source, **more}


def charted(value: Any, minute: float, state: str = "fresh") -> dict[str, Any]:
    return measured(value, minute, "charted", state)


def full_bed() -> Bed:
    """One of everything: both pressure sources, a temperature of suspect unit, two infusions, an examination."""
    bed = Bed().admit().chart(1, "immunotherapy", product="axi-cel")
    bed.chart(2, "oxygen", device="nasal_cannula", flow_l_min=2.5).chart(3, "vasopressor", drug="norepinephrine")
    bed.chart(3, "vasopressor", drug="vasopressin").chart(4, "neuro", ice=9, consciousness="awake")
    bed.monitor(5, heart_rate_bpm=101, spo2_pct=95, sbp_mmhg=100, map_mmhg=73, bp_source="arterial")
    return bed.vitals(6, temperature_c=101.3, temperature_site="oral", sbp_mmhg=104)


def test_every_input_is_shown_with_value_time_state_and_source():
    fresh = {
        "temperature_c": measured(101.3, 6, "manual", site="oral", converted=38.5, flags=["unit_suspect"]),
        "heart_rate_bpm": measured(101, 5),
        "resp_rate_bpm": {"state": "never"},
        "spo2_pct": measured(95, 5),
        "sbp_mmhg": measured(104, 6, "manual"),
        "sbp_mmhg:arterial": measured(100, 5),
        "map_mmhg": measured(73, 5),
        "oxygen_device": charted("nasal_cannula 2.5 L/min", 2),
        "vasopressor": charted("norepinephrine, vasopressin", 3),
        "ice": charted(9, 4),
    }
    bed = full_bed()
    assert bed.estimate["inputs"] == fresh

    bed.until(14 * HOUR_MIN + 4)  # the examination is the last that goes stale
    lost = {name: item | {"state": "lost"} for name, item in fresh.items() if item.get("source") != "charted"}
    stale = {name: item | {"state": "stale"} for name, item in fresh.items() if item.get("source") == "charted"}
    assert bed.estimate["inputs"] == lost | stale | {"resp_rate_bpm": {"state": "never"}}


def test_no_support_is_shown_as_such_and_a_device_without_flow_by_its_name():
    inputs = well_bed().estimate["inputs"]
    assert inputs["oxygen_device"] == charted("room_air", 0)
    assert inputs["vasopressor"] == charted("none", 0)
    assert inputs["ice"] == {"state": "never"}


def test_the_dose_and_the_place_are_shown_where_they_are_known():
    shown = full_bed().estimate
    assert [shown[name] for name in ("patient_id", "unit", "bed", "encounter", "product", "dosed_at", "as_of")] == [
        "bed-7", "onc", "7", "admitted", "axi-cel", when(1), when(6),
    ]  # fmt: skip
    bare = Bed().admit(unit=None, bed=None).estimate
    assert not {"unit", "bed", "product", "dosed_at", "risk_window", "episode_id", "held"} & set(bare)


def test_what_has_nothing_to_say_is_absent():
    assert "prompts" not in well_bed().estimate
    assert "trend" in well_bed().estimate
    assert "trend" not in Bed().admit().estimate
    assert Bed().admit().estimate["prompts"]


@pytest.mark.parametrize(
    ("ice", "shown"), [(None, (0, 3, None)), (10, (0, 0, 0)), (9, (1, 1, 1)), (0, (3, 3, 3))],
)  # fmt: skip
def test_an_icans_grade_is_one_number_where_it_is_established_or_excluded(ice, shown):
    bed = well_bed().chart(1, "neuro", consciousness="awake", **({} if ice is None else {"ice": ice}))
    assert tuple(bed.estimate[name] for name in ("icans_low", "icans_high", "icans")) == shown


def test_a_crs_grade_is_one_number_where_it_is_established_or_excluded():
    names = ("grade_low", "grade_high", "grade")
    assert [well_bed().estimate[name] for name in names] == [0, 0, 0]
    assert [febrile_bed().estimate[name] for name in names] == [1, 1, 1]
    assert [Bed().admit().estimate[name] for name in names] == [0, 4, None]
    masked = Bed().admit().on_room_air().chart(0, "medication", drug="paracetamol").vitals(1, temperature_c=37, **WELL)
    assert [masked.estimate[name] for name in names] == [0, 1, None]


def test_after_a_fault_nothing_is_excluded():
    bed = well_bed()
    state = bed.partition.patients["bed-7"]
    bed.keep(replace(state, sent=replace(state.sent, crs=None)))
    bed.vitals(1, **WELL)
    shown = bed.estimate
    assert (bed.said(), shown["grade_low"], shown["grade_high"], shown["grade"]) == (["engine_fault"], 0, 4, None)


def test_a_held_grade_says_to_what_it_falls_and_when_the_last_part_above_that_does():
    bed = febrile_bed()
    assert "held" not in bed.estimate
    bed.chart(5, "oxygen", device="bipap").chart(10, "oxygen", device="nasal_cannula", flow_l_min=2)
    assert bed.estimate["held"] == {"to": 2, "until": when(40)}
    # A low pressure is no more than the cannula: that it falls later changes nothing.
    bed.vitals(15, sbp_mmhg=84).vitals(20, sbp_mmhg=118)
    assert bed.estimate["held"] == {"to": 2, "until": when(40)}
    bed.chart(21, "vasopressor", drug="norepinephrine").chart(25, "vasopressor", drug="none")
    assert bed.estimate["held"] == {"to": 2, "until": when(55)}


WIRE: dict[str, Any] = {
    "revision": 7,
    "as_of": when(5),
    "grade_low": 1,
    "inputs": {
        "sbp_mmhg": measured(118, 5, "monitor"),
        "sbp_mmhg:arterial": measured(121, 4, "monitor", flags=["inconsistent"]),
        "oxygen_device": {"state": "never"},
    },
    "because": [{"rule": "fever_c", "value": 38.5}],
    "risk_window": {"product": "axi-cel", "day": 2, "hours_since_dose": 50.0, "phase": "early"},
    "scores": {"news2": {"low": 1, "high": 1}, "shock_index": 0.7},
}


def with_input(name: str, **fields: Any) -> dict[str, Any]:
    return {"inputs": WIRE["inputs"] | {name: WIRE["inputs"][name] | fields}}


@pytest.mark.parametrize(
    "changed",
    [
        {"revision": 8, "as_of": when(6), "trend": {"signs": {}}},
        with_input("sbp_mmhg", value=90, observed_at=when(9)),
        {"because": [{"rule": "fever_c", "value": 39.1}]},
        {"risk_window": WIRE["risk_window"] | {"day": 3, "hours_since_dose": 72.1}},
        {"scores": {"news2": {"low": 4, "high": 5}, "shock_index": 0.9}},
        {"inputs": dict(reversed(WIRE["inputs"].items()))},
        {"inputs": {**WIRE["inputs"], "sbp_mmhg": WIRE["inputs"]["sbp_mmhg:arterial"],
                    "sbp_mmhg:cuff": WIRE["inputs"]["sbp_mmhg"], "sbp_mmhg:arterial": None}},
    ],
)  # fmt: skip
def test_values_and_the_passing_of_time_alone_are_not_worth_sending_again(changed):
    wire = WIRE | changed
    wire["inputs"] = {name: item for name, item in wire["inputs"].items() if item is not None}
    assert fingerprint(wire) == fingerprint(WIRE)


@pytest.mark.parametrize(
    "changed",
    [
        {"grade_low": 2},
        with_input("sbp_mmhg", state="stale"),
        with_input("sbp_mmhg", source="manual"),
        with_input("sbp_mmhg", flags=["implausible"]),
        with_input("sbp_mmhg:arterial", flags=["implausible"]),
        {"because": []},
        {"risk_window": WIRE["risk_window"] | {"phase": "peak"}},
        {"scores": {"news2": {"low": 1, "high": 1}}},
        {"held": {"to": 1, "until": when(40)}},
    ],
)
def test_states_and_decisions_are_worth_sending_again(changed):
    assert fingerprint(WIRE | changed) != fingerprint(WIRE)
    assert len(fingerprint(WIRE)) == 16  # it is part of the state
