"""What is said as conditions begin and cease to stand, and what is remembered of it."""

import pytest
from msgspec.structs import replace

from schemas import ids
from services.grader.engine.chart import Chart, Stay
from services.grader.engine.fold import Fold
from services.grader.engine.state import PatientState
from services.grader.engine.telling.alarms import Over, Raised, raise_alarm, scoped, update
from services.grader.engine.telling.sent import OpenAlarm, Sent
from services.grader.engine.telling.watch import Alarm

STAY = Stay(status="admitted", encounter_id="stay-3", admitted_ms=1)
GAP_IN_PRESSURE = Alarm("possible_crs", None, "medium", 10, missing=("sbp_mmhg",))
GAP_IN_BOTH = GAP_IN_PRESSURE._replace(missing=("sbp_mmhg", "vasopressor"))
ARREST = Alarm("critical_value", "heart_rate_bpm", "high", 10)
SILENT = Alarm("technical_silent", None, "high", 10, basis="stay-3")
LOST = Alarm("technical_stale", "spo2_pct", "low", 10, basis="at 3")


def patient(sent: Sent) -> PatientState:
    return PatientState("bed-7", Fold(chart=Chart(stay=STAY)), sent=sent)


def raised(sent: Sent, alarm: Alarm) -> tuple[Sent, str]:
    after, page = raise_alarm(patient(sent), sent, alarm)
    assert page.alarm is alarm
    return after, page.escalation_id


def said(
    sent: Sent, *standing: Alarm, cause: str | None = None, heard: bool = True
) -> tuple[Sent, list[Raised | Over]]:
    return update(patient(sent), {alarm.key: alarm for alarm in standing}, cause, heard=heard)


# --- missing inputs --------------------------------------------------------------------------------------------------


def test_a_second_gap_stands_beside_the_first_and_both_end_when_it_closes():
    first, one = raised(Sent(missing_scope="stay-3"), GAP_IN_PRESSURE)
    two = ids.possible_crs_id("bed-7", "stay-3", ("sbp_mmhg", "vasopressor"))
    both, pages = said(first, GAP_IN_BOTH)
    assert pages == [Raised(GAP_IN_BOTH, two)]
    assert both.missing_paged == ("sbp_mmhg", "vasopressor")
    muted = GAP_IN_BOTH._replace(muted=True)
    assert said(both, muted) == (both, [])
    after, pages = said(both)
    assert (after.alarms, pages) == ({}, [Over(one, "data_returned"), Over(two, "data_returned")])


def test_in_another_scope_every_input_may_be_paged_for_again():
    before = Sent(missing_scope="episode-1", missing_paged=("sbp_mmhg", "vasopressor"))
    after, pages = said(scoped(patient(before)), GAP_IN_PRESSURE)
    name = ids.possible_crs_id("bed-7", "stay-3", ("sbp_mmhg",))
    assert pages == [Raised(GAP_IN_PRESSURE, name)]
    assert (after.missing_scope, after.missing_paged) == ("stay-3", ("sbp_mmhg",))


# --- spells ----------------------------------------------------------------------------------------------------------


def test_each_spell_has_an_id_of_its_own():
    sent, names = Sent(), []
    for _ in range(3):
        sent, name = raised(sent, ARREST)
        sent, names = replace(sent, alarms={}), [*names, name]
    expected = [ids.spell_id("bed-7", "stay-3", "critical_value", "heart_rate_bpm", spell) for spell in (1, 2, 3)]
    assert (names, sent.spells) == (expected, {"stay-3|critical_value|heart_rate_bpm": 3})


@pytest.mark.parametrize("alarm", [SILENT, LOST])
def test_spells_on_one_last_reading_have_ids_of_their_own_too(alarm: Alarm):
    sent, names = Sent(), []
    for _ in range(3):
        sent, name = raised(sent, alarm)
        sent, names = replace(sent, alarms={}), [*names, name]
    bases = [alarm.basis, f"{alarm.basis}#2", f"{alarm.basis}#3"]
    assert names == [ids.technical_id("bed-7", alarm.kind, alarm.sign, basis) for basis in bases]


def test_of_technical_spells_the_newest_is_known_and_that_nothing_came_since_admission():
    spells = {
        "stay-2|technical_stale|spo2_pct|at 1": 1,
        "stay-3|critical_value|heart_rate_bpm": 4,
        "stay-3|technical_silent||stay-3": 2,
        "stay-3|technical_silent||at 1": 1,
        "stay-3|technical_stale|spo2_pct|at 1": 1,
    }
    lost, _ = raised(Sent(spells=spells), LOST)
    assert lost.spells == {
        "stay-2|technical_stale|spo2_pct|at 1": 1,
        "stay-3|critical_value|heart_rate_bpm": 4,
        "stay-3|technical_silent||stay-3": 2,
        "stay-3|technical_silent||at 1": 1,
        "stay-3|technical_stale|spo2_pct|at 3": 1,
    }
    silent, _ = raised(lost, SILENT._replace(basis="at 3"))
    assert {name: count for name, count in silent.spells.items() if "silent" in name} == {
        "stay-3|technical_silent||stay-3": 2,
        "stay-3|technical_silent||at 3": 1,
    }


def test_a_spell_on_a_reading_that_was_paged_for_in_another_stay_is_counted_on():
    sent, name = raised(Sent(spells={"stay-2|technical_stale|spo2_pct|at 3": 1}), LOST)
    assert name == ids.technical_id("bed-7", "technical_stale", "spo2_pct", "at 3#2")
    assert sent.spells["stay-3|technical_stale|spo2_pct|at 3"] == 2


def test_spells_of_the_three_stays_before_are_known_and_the_present_one_comes_last():
    stays = ("stay-3", "stay-0", "stay-8", "stay-1", "stay-2")
    sent, _ = raised(Sent(spells={f"{stay}|ward_score|news2": 1 for stay in stays}), ARREST)
    assert list(sent.spells) == [
        "stay-8|ward_score|news2",
        "stay-1|ward_score|news2",
        "stay-2|ward_score|news2",
        "stay-3|ward_score|news2",
        "stay-3|critical_value|heart_rate_bpm",
    ]


# --- what stands -----------------------------------------------------------------------------------------------------


def test_what_stands_is_said_once_and_what_is_muted_is_not():
    sent, (page,) = said(Sent(missing_scope="stay-3"), ARREST, LOST._replace(muted=True))
    assert isinstance(page, Raised)
    assert page.alarm == ARREST
    assert said(sent, ARREST, LOST._replace(muted=True)) == (sent, [])


@pytest.mark.parametrize(("cause", "reason"), [(None, "improved"), ("discharged", "discharged")])
def test_what_stands_no_more_ends_for_its_own_reason_or_for_the_one_given(cause: str | None, reason: str):
    sent, name = raised(Sent(missing_scope="stay-3"), ARREST)
    after, pages = said(sent, cause=cause)
    assert (after.alarms, pages) == ({}, [Over(name, reason)])


def test_what_was_told_under_another_name_ends_without_a_word():
    sent = Sent(missing_scope="stay-3", alarms={ARREST.key: OpenAlarm("", "critical_value")})
    assert said(sent) == (replace(sent, alarms={}), [])


@pytest.mark.parametrize("kind", ["engine_fault", "data_gap"])
def test_an_incident_ends_with_the_next_record_and_not_with_time(kind: str):
    sent = Sent(missing_scope="stay-3").with_incident(kind, 99, "incident")
    assert said(sent, heard=False) == (sent, [])
    assert said(sent) == (replace(sent, alarms={}), [Over("incident", "data_returned")])
