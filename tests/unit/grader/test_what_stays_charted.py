"""What a chart knows after each event, whole: what it says, what it leaves alone, and what a merged name may say."""

from functools import reduce
from typing import Any

import pytest
from msgspec.structs import replace

from services.grader.engine.chart import (
    Baseline,
    Chart,
    ClinicianGrade,
    Dose,
    Exam,
    Infusion,
    Oxygen,
    Stay,
    charted,
    dated,
    readmitted,
)
from services.grader.engine.person import Person
from tests.vignettes.bed import ms, when

OTHER = ["bed-3"]  # a patient who was merged into this one


def event(minute: float, kind: str, **fields: Any) -> dict[str, Any]:
    """Named after its minute."""
    return {"event_id": f"at-{minute}", "kind": kind, "recorded_at": when(minute), "at_ms": ms(minute), **fields}


def chart_after(*events: dict[str, Any], chart: Chart | None = None) -> Chart:
    """What is charted, each event at its time, from a chart that knows nothing."""
    return reduce(lambda known, record: charted(known, record, record["at_ms"]), events, chart or Chart())


def drug(minute: float, name: str, **fields: Any) -> dict[str, Any]:
    return event(minute, "vasopressor", drug=name, **fields)


def stay_after(*events: tuple[float, dict[str, Any]], stay: Stay | None = None) -> Stay:
    records = (event(minute, "encounter", **fields) for minute, fields in events)
    return chart_after(*records, chart=Chart(stay=stay or Stay())).stay


# --- support ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("events", "running", "off"),
    [
        ([drug(1, "none")], [], None),
        ([drug(1, "norepinephrine", rate=0.1)], ["norepinephrine"], None),
        ([drug(1, "Noradrenaline"), drug(2, "norepinephrine", rate=0.2)], ["norepinephrine"], None),
        ([drug(1, "norepinephrine"), drug(2, "vasopressin")], ["norepinephrine", "vasopressin"], None),
        ([drug(1, "norepinephrine"), drug(2, "vasopressin"), drug(3, "norepinephrine", rate=0)], ["vasopressin"], None),
        ([drug(1, "norepinephrine"), drug(2, "norepinephrine", rate=0)], [], 2),
        ([drug(1, "norepinephrine"), drug(2, "vasopressin"), drug(3, "none")], [], 3),
        # Off is off, however often it is said; and it is remembered while another runs.
        ([drug(1, "norepinephrine"), drug(2, "none"), drug(3, "none")], [], 2),
        ([drug(1, "norepinephrine"), drug(2, "none"), drug(3, "vasopressin")], ["vasopressin"], 2),
        ([drug(1, "norepinephrine"), drug(2, "none"), drug(3, "vasopressin"), drug(4, "none")], [], 4),
    ],
)
def test_vasopressors_run_until_stopped_and_any_chart_confirms_the_list(events, running, off):  # settled 1, 8
    chart = chart_after(*events)

    assert chart.pressors == tuple(Infusion(name) for name in running)
    assert chart.pressors_ms == events[-1]["at_ms"]
    assert chart.pressors_off_ms == (None if off is None else ms(off))


def test_a_device_is_charted_with_its_flow_and_its_fraction():
    chart = chart_after(event(1, "oxygen", device="venturi_mask", flow_l_min=8, fio2=0.35))
    assert chart.oxygen == Oxygen("venturi_mask", 8, 0.35, ms(1), "at-1")
    chart = chart_after(event(2, "oxygen", device="cpap"), chart=chart)
    assert chart.oxygen == Oxygen("cpap", None, None, ms(2), "at-2")


def test_only_a_drug_that_lowers_fever_is_remembered_as_one():
    chart = chart_after(event(1, "medication", drug="tocilizumab"))
    assert chart.antipyretic_ms is None
    assert chart_after(event(2, "medication", drug="Paracetamol"), chart=chart).antipyretic_ms == ms(2)


# --- what is known of the patient ------------------------------------------------------------------------------------


def test_an_examination_replaces_only_the_domains_that_it_names():
    chart = chart_after(event(1, "neuro", ice=9, seizure="none"), event(2, "neuro", ice=7, consciousness="awake"))
    assert chart.neuro == {
        "seizure": Exam("none", ms(1), "at-1"),
        "ice": Exam(7, ms(2), "at-2"),
        "consciousness": Exam("awake", ms(2), "at-2"),
    }


def test_a_baseline_is_charted_a_part_at_a_time():
    chart = chart_after(event(1, "baseline", sbp_mmhg=140, oxygen_device="cpap"), event(2, "baseline", sbp_mmhg=135))
    assert chart.baseline == Baseline(135, "cpap", None)
    assert chart_after(event(3, "baseline", spo2_target_low_pct=88), chart=chart).baseline == Baseline(135, "cpap", 88)


def test_a_dose_runs_from_when_it_was_given_and_counts_from_when_it_was_known():
    given = event(1, "immunotherapy", product="teclistamab", dose_number=2)
    assert chart_after(given).dose == Dose("teclistamab", ms(1), 2, None)
    assert chart_after({**given, "at_ms": ms(90)}).dose == Dose("teclistamab", ms(1), 2, ms(90))
    ahead = event(9, "immunotherapy", product="axi-cel")
    assert chart_after({**ahead, "at_ms": ms(5)}).dose == Dose("axi-cel", ms(5), None, None)


def test_a_clinicians_grade_is_kept_with_both_parts_and_its_author():
    both = event(1, "clinician_grade", crs=2, icans=1, author="dr-a")
    assert chart_after(both).clinician == ClinicianGrade(2, 1, ms(1), "dr-a")
    one = event(2, "clinician_grade", icans=3, author="dr-b")
    assert chart_after(both, one).clinician == ClinicianGrade(None, 3, ms(2), "dr-b")


def test_each_kind_remembers_the_newest_time_at_which_it_was_charted():
    chart = chart_after(event(5, "baseline", sbp_mmhg=140), event(6, "oxygen", device="room_air"))
    assert chart.newest_ms == {"baseline": ms(5), "oxygen": ms(6)}
    # One from before, that counts from when it arrived, is no newer.
    late = {**event(2, "baseline", sbp_mmhg=130), "at_ms": ms(9)}
    assert chart_after(late, chart=chart).newest_ms == {"baseline": ms(5), "oxygen": ms(6)}
    assert chart_after(event(7, "baseline", sbp_mmhg=150), chart=chart).newest_ms["baseline"] == ms(7)
    # Each finding is explained on its own; and what nobody charted has no time.
    chart = dated(Chart(), event(3, "attribution", finding="fever"))
    assert dated(chart, event(1, "attribution", finding="neuro")).newest_ms == {
        "attribution|fever": ms(3),
        "attribution|neuro": ms(1),
    }
    assert charted(chart, {"kind": "rules"}, ms(4)) == chart


# --- the stay --------------------------------------------------------------------------------------------------------

ADMIT = {"action": "admit", "unit": "onc", "bed": "7"}
AWAY = {"action": "off_unit", "expected_return": when(60)}
HERE = Stay("admitted", "at-0", ms(0), "onc", "7")


@pytest.mark.parametrize(
    ("events", "stay"),
    [
        ([], HERE),
        ([(1, {"action": "update", "bed": "8"})], replace(HERE, bed="8")),
        ([(1, {"action": "update", "unit": "icu"})], replace(HERE, unit="icu")),
        ([(1, AWAY)], replace(HERE, status="off_unit", expected_return_ms=ms(60))),
        ([(1, AWAY), (2, {"action": "off_unit"})], replace(HERE, status="off_unit")),
        ([(1, AWAY), (2, {"action": "return"})], replace(HERE, back_ms=ms(2))),
        ([(1, AWAY), (2, {"action": "transfer"})], replace(HERE, back_ms=ms(2))),
        ([(1, AWAY), (2, {"action": "cancel_discharge"})], replace(HERE, back_ms=ms(2))),
        ([(1, AWAY), (2, ADMIT)], HERE),
        ([(1, AWAY), (2, {"action": "update"})], replace(HERE, status="off_unit", expected_return_ms=ms(60))),
        ([(1, {"action": "transfer", "unit": "icu", "bed": "2"})], replace(HERE, unit="icu", bed="2")),
        ([(1, {"action": "discharge"})], replace(HERE, status="discharged", discharged_ms=ms(1))),
        ([(1, AWAY), (2, {"action": "discharge"})], replace(HERE, status="discharged", discharged_ms=ms(2))),
        ([(1, {"action": "discharge"}), (2, {"action": "cancel_discharge"})], HERE),
        ([(1, {"action": "discharge"}), (2, {"action": "return"})], HERE),
        (
            [(1, {"action": "discharge"}), (2, {"action": "transfer"})],
            replace(HERE, status="discharged", discharged_ms=ms(1)),
        ),
        ([(1, {"action": "discharge"}), (2, {"action": "admit"})], Stay("admitted", "at-2", ms(2), "onc", "7")),
        ([(1, {"action": "merge", "merged_into": "bed-9"})], HERE),
    ],
)
def test_a_stay_goes_on_through_absence_and_transfer_until_discharge(events, stay):
    assert stay_after((0, ADMIT), *events) == stay


@pytest.mark.parametrize("action", ["off_unit", "return", "cancel_discharge", "transfer"])
def test_a_stay_whose_admission_was_missed_has_the_name_of_what_was_first_heard(action):
    stay = stay_after((5, {"action": action}), (6, {"action": "return"}))
    assert (stay.status, stay.encounter_id, stay.admitted_ms) == ("admitted", "at-5", ms(5))
    taken_back = Stay(encounter_id="at-0", admitted_ms=ms(0))  # an admission that was entered in error
    stay = stay_after((5, {"action": action}), (6, {"action": "return"}), stay=taken_back)
    assert (stay.status, stay.encounter_id, stay.admitted_ms) == ("admitted", "at-5", ms(5))


@pytest.mark.parametrize("action", ["update", "discharge", "merge"])
def test_what_says_nothing_of_where_a_patient_is_names_no_stay(action):
    assert stay_after((5, {"action": action})).encounter_id == ""


def test_a_new_stay_begins_with_who_the_patient_is():  # settled 21
    chart = chart_after(
        event(0, "encounter", **ADMIT, birth_date="1960-05-01", weight_kg=70),
        event(1, "baseline", sbp_mmhg=140),
        event(2, "immunotherapy", product="axi-cel"),
        event(3, "oxygen", device="cpap"),
        event(4, "vasopressor", drug="norepinephrine"),
        event(5, "medication", drug="paracetamol"),
        event(6, "neuro", ice=4),
        event(7, "clinician_grade", crs=1, author="dr-a"),
        event(8, "monitoring", state="stopped_by_order"),
    )
    assert chart.antipyretic_ms == ms(5)
    assert chart.monitoring_stopped
    assert readmitted(chart) == Chart(
        HERE,
        Person("1960-05-01", weight_kg=70),
        Baseline(sbp_mmhg=140),
        Dose("axi-cel", ms(2)),
        newest_ms={kind: ms(minute) for minute, kind in enumerate(
            ("encounter", "baseline", "immunotherapy", "oxygen", "vasopressor", "medication", "neuro",
             "clinician_grade", "monitoring"))},
    )  # fmt: skip


def test_monitoring_is_waited_for_from_when_it_was_ordered_on_again():
    on = chart_after(event(1, "monitoring", state="on"))
    assert (on.monitoring_stopped, on.monitored_ms) == (False, None)
    off = chart_after(event(2, "monitoring", state="stopped_by_order"), chart=on)
    assert (off.monitoring_stopped, off.monitored_ms) == (True, None)
    again = chart_after(event(3, "monitoring", state="on"), chart=off)
    assert (again.monitoring_stopped, again.monitored_ms) == (False, ms(3))
    assert chart_after(event(4, "monitoring", state="on"), chart=again).monitored_ms == ms(3)


# --- what comes under the name of a patient who was merged into this one ---------------------------------------------


@pytest.mark.parametrize(
    ("stay", "fields", "found"),
    [
        # Another stay's end, absence or bed is not this patient's.
        (HERE, {"action": "discharge"}, HERE),
        (HERE, {"action": "admit", "bed": "9"}, HERE),
        (replace(HERE, status="off_unit"), {"action": "return"}, replace(HERE, status="off_unit")),
        # Who has left does not return by another's return; who is admitted under the other name is here.
        (
            replace(HERE, status="discharged", discharged_ms=ms(1)),
            {"action": "return"},
            replace(HERE, status="discharged", discharged_ms=ms(1)),
        ),
        (
            replace(HERE, status="discharged", discharged_ms=ms(1)),
            {"action": "admit", "bed": "9"},
            Stay("admitted", "at-5", ms(5), "onc", "9", of="bed-3"),
        ),
        # The stay that goes on is the one that was charted under that name, or none is known.
        (replace(HERE, of="bed-3"), {"action": "update", "bed": "9"}, replace(HERE, bed="9", of="bed-3")),
        (Stay(), {"action": "admit", "unit": "icu"}, Stay("admitted", "at-5", ms(5), "icu", of="bed-3")),
    ],
)
def test_only_the_stay_that_goes_on_is_moved_under_a_merged_name(stay, fields, found):
    assert stay_after((5, {**fields, "forwarded_from": OTHER}), stay=stay) == found


def test_a_stay_is_of_the_last_name_that_it_came_under():
    assert stay_after((5, {"action": "admit", "forwarded_from": ["bed-1", "bed-3"]})).of == "bed-3"
    stay = stay_after((5, {"action": "admit", "forwarded_from": OTHER}), (6, {"action": "update", "bed": "2"}))
    assert (stay.of, stay.bed) == ("", "2")


SAID = {"birth_date": "1950-01-01", "age_years": 76, "weight_kg": 80}


@pytest.mark.parametrize(
    ("known", "completed"),
    [
        (Person(), Person("1950-01-01", 76, ms(5), 80)),
        (Person(birth_date="1960-05-01"), Person("1960-05-01", weight_kg=80)),
        (Person(age_years=65, age_charted_ms=7), Person(None, 65, 7, 80)),
        (Person(weight_kg=60), Person("1950-01-01", 76, ms(5), 60)),
        (Person("1960-05-01", 65, 7, 60), Person("1960-05-01", 65, 7, 60)),
    ],
)
def test_a_merged_name_says_who_the_patient_is_only_where_nothing_is_known(known, completed):
    record = event(5, "encounter", action="update", **SAID)
    for stay in (HERE, Stay()):
        merged = {**record, "forwarded_from": OTHER}
        assert chart_after(merged, chart=Chart(stay=stay, person=known)).person == completed
    assert chart_after(record, chart=Chart(stay=HERE, person=known)).person == Person("1950-01-01", 76, ms(5), 80)
