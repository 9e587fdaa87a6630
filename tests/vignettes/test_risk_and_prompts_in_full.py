"""The window after a dose, and the prompts, as they stand on the estimate: whole. Minutes since the dose."""

import dataclasses

import pytest
from msgspec.structs import replace

from services.grader.engine.chart import Dose
from services.grader.engine.risk.products import product_of
from services.grader.engine.risk.prompts import prompts as prompted
from services.grader.engine.risk.risk import enrolled_until_ms, risk_times, window_of
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from tests.vignettes.bed import Bed, ms, when
from tests.vignettes.on_the_board import prompts
from tests.vignettes.starting_points import DAY, HOUR, WELL, dosed_bed, well_bed

SIGNS = ["temperature", "heart rate", "respiratory rate", "SpO2", "blood pressure"]


def test_the_window_of_a_product_is_said_whole():
    bed = dosed_bed("elrexfio", dose_number=2).vitals(2 * DAY + 125, temperature_c=36.8)
    assert bed.estimate["risk_window"] == {
        "product": "elranatamab",
        "known": True,
        "dose_number": 2,
        "day": 2,
        "hours_since_dose": 50.1,
        "phase": "peak",
        "peak_from": when(1 * DAY),
        "peak_until": when(3 * DAY),
        "crs_until": when(14 * DAY),
        "neuro_until": when(30 * DAY),
        "monitor_until": when(1 * DAY),
        "expected": {"vitals_every_h": 4, "exam_every_h": 12},
        "text": "In hospital for 48 h after step-up dose 1 and 24 h after step-up dose 2. "
        "Neurotoxicity: no onset published.",
        "citation": "Elrexfio label [R:68]; onset [K]",
    }


def test_the_window_of_a_product_that_is_not_in_the_table_is_said_whole():
    bed = dosed_bed("Car-T study 7").vitals(29 * DAY + 1, temperature_c=36.8)
    assert bed.estimate["risk_window"] == {
        "product": "Car-T study 7",
        "known": False,
        "day": 29,
        "hours_since_dose": 696.0,
        "phase": "peak",
        "peak_from": when(0),
        "peak_until": when(30 * DAY),
        "crs_until": when(30 * DAY),
        "neuro_until": when(30 * DAY),
        "expected": {"vitals_every_h": 4, "exam_every_h": 12},
        "text": "Not in the table of products: default window.",
        "citation": "[P] proposal",
    }


def test_a_dose_of_a_clock_that_is_ahead_was_given_now():
    bed = Bed().admit(-1).chart(5, "immunotherapy", product="axi-cel", arrives=0)
    assert (bed.estimate["risk_window"]["hours_since_dose"], bed.estimate["risk_window"]["day"]) == (0.0, 0)


def test_phases_change_and_enrolment_ends_when_the_windows_do():
    dose = Dose("tisa-cel", ms(0))
    days = [ms(day * DAY) for day in (1.5, 7.5, 51, 30)]
    assert list(risk_times(dose, DEFAULT_RULES)) == days
    assert window_of(dose, DEFAULT_RULES).ends_ms == enrolled_until_ms(dose, DEFAULT_RULES) == ms(51 * DAY)
    longer = dataclasses.replace(DEFAULT_RULES, enrolment_days=60)
    assert enrolled_until_ms(dose, longer) == ms(60 * DAY)


@pytest.mark.parametrize(
    ("charted", "name"),
    [
        ("axi-cel", "axi-cel"),
        ("  Axicabtagene   CILOLEUCEL ", "axi-cel"),
        ("axicabtagene_ciloleucel", "axi-cel"),
        ("Teclistamab-cqyv", "teclistamab"),
        ("tecvayli-cqyv", "teclistamab"),
        ("teclistamab-cqy", None),
        ("teclistamab-cqyvx", None),
        ("axi-cel-abcd", "axi-cel"),
        ("axi", None),
        ("", None),
    ],
)
def test_a_product_is_known_by_any_of_its_names_and_with_the_suffix_of_its_maker(charted: str, name: str | None):
    found = product_of(charted)
    assert (None if found is None else found.name) == name


def test_how_long_to_monitor_depends_on_the_number_of_the_dose():
    elranatamab, teclistamab, mosunetuzumab = map(product_of, ("elranatamab", "teclistamab", "mosunetuzumab"))
    assert elranatamab is not None
    assert teclistamab is not None
    assert mosunetuzumab is not None
    assert [elranatamab.watch_h(number) for number in (None, 1, 2, 3)] == [48, 48, 24, None]
    assert [teclistamab.watch_h(number) for number in (None, 1, 9)] == [48, 48, 48]
    assert [mosunetuzumab.watch_h(number) for number in (None, 1)] == [None, None]


# Prompts.


def test_everything_that_can_be_asked_at_once_is_asked_in_this_order():
    bed = Bed().admit(-HOUR, age_years=None).chart(0, "immunotherapy", product="study 7")
    last = 15 * HOUR
    bed.vitals(last - 3, temperature_c=38.5, sbp_mmhg=118).chart(last - 2, "medication", drug="paracetamol")
    bed.monitor(last - 1, sbp_mmhg=84, map_mmhg=60).vitals(last - 0.5, temperature_c=101.3)
    bed.chart(last, "neuro", consciousness="voice")
    state = replace(bed.partition.patients["bed-7"], faulted=True)
    assert prompted(state, ms(last), ["vasopressor", "oxygen_device"], DEFAULT_RULES) == [
        "not graded: software fault",
        "recheck the temperature: its unit is suspect",
        "recheck the blood pressure",
        "due now: heart rate",
        "due now: respiratory rate",
        "due now: SpO2",
        "due now: ICE",
        "chart vasopressors, or that none runs",
        "chart the oxygen device",
        "examine ICE: consciousness alone is no score",
        "fever may be masked: antipyretic in the last 6 h",
        "fever, cause not assessed",
        "possible hypotension: mean pressure low",
        "age unknown: adult thresholds",
        "product not in the table: default risk window",
    ]


def test_who_is_well_and_charted_is_asked_for_nothing():
    bed = well_bed()
    state = bed.partition.patients["bed-7"]
    assert prompted(state, ms(0), [], DEFAULT_RULES) == []
    # Charted a moment ago: what is missing all the same is for no prompt to ask.
    assert prompted(state, ms(0), ["vasopressor", "oxygen_device"], DEFAULT_RULES) == []


def test_a_cuff_is_rechecked_until_a_second_reading_and_no_other_pressure_is():
    asked = "recheck the blood pressure"
    bed = well_bed().monitor(1, sbp_mmhg=84)
    assert asked in prompts(bed)
    assert asked not in prompts(bed.monitor(2, sbp_mmhg=83))
    assert asked not in prompts(well_bed().monitor(1, sbp_mmhg=84, bp_source="arterial"))
    assert asked not in prompts(well_bed().vitals(1, sbp_mmhg=84))


def test_support_is_confirmed_only_where_it_is_missed():
    bed = well_bed().until(13 * HOUR)
    state = bed.partition.patients["bed-7"]
    vasopressors = "confirm vasopressors: charted 4 h ago or earlier"
    device = "confirm the oxygen device: charted 12 h ago or earlier"
    for missing, asked in ((["vasopressor"], [vasopressors]), (["oxygen_device"], [device]), (["ice"], [])):
        found = prompted(state, ms(13 * HOUR), missing, DEFAULT_RULES)
        assert [prompt for prompt in found if not prompt.startswith("due now")] == asked


@pytest.mark.parametrize(
    ("exam", "asked"),
    [
        ({"consciousness": "voice"}, ["examine ICE: consciousness alone is no score"]),
        ({"consciousness": "awake"}, []),
        ({"consciousness": "voice", "ice": 8}, []),
        ({"avpu": "alert"}, []),
        ({"avpu": "confusion"}, ["examine ICE: AVPU says confusion"]),
        ({"avpu": "voice"}, ["examine ICE: AVPU says voice, which may be Grade 2"]),
        ({"avpu": "voice", "ice": 8}, []),
        ({"capd": 3}, ["examine ICE: the other score does not count at this age"]),
        ({"capd": 3, "ice": 8}, []),
    ],
)
def test_what_an_examination_without_a_score_asks_for(exam: dict[str, object], asked: list[str]):
    bed = well_bed().chart(1, "neuro", **exam)
    assert prompts(bed) == asked


def test_a_child_is_examined_by_capd():
    bed = Bed().admit(age_years=6).on_room_air().vitals(0, temperature_c=36.8, **WELL)
    assert prompts(bed.chart(1, "neuro", ice=8)) == ["examine CAPD: the other score does not count at this age"]


def test_the_score_of_a_childs_age_is_due():
    bed = Bed().admit(-1, age_years=6).chart(0, "immunotherapy", product="tisa-cel").until(14 * HOUR)
    assert "due now: CAPD" in prompts(bed)


def test_what_counts_although_it_is_old_is_to_be_looked_at_again():
    bed = well_bed().chart(1, "neuro", seizure="prolonged", motor_weakness=False, ice=10, consciousness="voice")
    hours_later = 24 * HOUR
    state = bed.until(hours_later).partition.patients["bed-7"]
    examined = [prompt for prompt in prompted(state, ms(hours_later), [], DEFAULT_RULES) if "examine" in prompt]
    assert examined == [
        "examine ICE: consciousness alone is no score",
        "examine again: consciousness counts until charted otherwise",
        "examine again: seizure counts until charted otherwise",
    ]


def test_avpu_asks_for_an_examination_while_it_is_fresh():
    state = well_bed().chart(0, "neuro", avpu="voice").until(14 * HOUR).partition.patients["bed-7"]
    for minute, asked in ((14 * HOUR - 1, True), (14 * HOUR, False)):
        found = prompted(state, ms(minute), [], DEFAULT_RULES)
        assert any("AVPU" in prompt for prompt in found) is asked


def test_a_sign_never_measured_is_due_even_where_others_were_measured_by_two_sources():
    bed = Bed().admit().monitor(1, sbp_mmhg=118, bp_source="cuff").monitor(1, sbp_mmhg=120, bp_source="arterial")
    assert [prompt for prompt in prompts(bed.until(15)) if "due" in prompt] == [
        f"due now: {name}" for name in SIGNS[:-1]
    ]
    bed.until(5 * HOUR)
    assert [prompt for prompt in prompts(bed) if "due" in prompt] == [f"due now: {name}" for name in SIGNS]
