"""One event at the bedside becomes a page at the pager and a grade on the board, whatever is killed on the way."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from services.control.demo_script import SIGN_IN
from tests.e2e.bedside import Patient
from tests.e2e.ward import Ward, moved
from tests.integration.notifier.receiver import Receiver, Reply
from tests.waiting import eventually

pytestmark = pytest.mark.kafka

SERVICES = ("notifier", "grader", "dashboard", "ingest")
BEDSIDE = "crs.bedside.v1"
WITHIN_S = 45.0  # a second or two on an idle machine
SHOWN_WITHIN_MS = WITHIN_S * 1000
RAISING = {"crs.estimates.v1", "crs.escalations.v1", "crs.evidence.v1", "crs.alarms.v1", "crs.deliveries.v1"}


@pytest.fixture
def patient(ward: Ward) -> Patient:
    """Admitted, infused and well, and so shown on the board."""
    ward.start(*SERVICES)
    patient = Patient(ward.urls["ingest"], "e2e-patient-7", bed="4W-07")
    patient.is_admitted()
    patient.is_well()
    eventually(lambda: grade_on_board(ward) == (0, 0), within=WITHIN_S, what="the bed is on the board at grade 0")
    return patient


def grade_on_board(ward: Ward) -> tuple[int, int] | None:
    crs = ward.beds().get("4W-07", {}).get("crs")
    return crs and (crs["low"], crs["high"])


def alarm_on_board(ward: Ward) -> dict:
    return next(iter(ward.beds()["4W-07"]["alarms"]), {})


def paged(pager: Receiver) -> list[str]:
    """The escalations that were paged, in order, each page once: a receiver knows a repeat by its webhook-id."""
    return list({got.id: got.page["data"]["escalation_id"] for got in pager.got}.values())


@pytest.fixture
def tile(ward: Ward, patient: Patient, browser: Browser) -> Iterator[Locator]:
    """The patient's bed as a real Chromium shows it to somebody who signed in."""
    page = browser.new_page(locale="en-GB")
    page.goto(ward.urls["dashboard"])
    page.fill("#username", SIGN_IN.username)
    page.fill("#password", SIGN_IN.password)
    page.click("button[type=submit]")
    yield page.locator(f"[data-bed='{patient.bed}']")
    page.close()


@pytest.mark.browser
def test_a_fever_is_paged_signed_and_shown(ward: Ward, pager: Receiver, patient: Patient, tile: Locator):
    expect(tile).to_have_attribute("data-grade-low", "0", timeout=SHOWN_WITHIN_MS)
    before = ward.ends()
    assert pager.got == []

    patient.is_measured(temperature_c=38.6, spo2_pct=88)

    expect(tile).to_have_attribute("data-grade-low", "2", timeout=SHOWN_WITHIN_MS)
    eventually(lambda: pager.got, within=WITHIN_S)
    eventually(lambda: moved(before, ward.ends()).keys() >= RAISING | {BEDSIDE}, within=WITHIN_S)
    grew = moved(before, ward.ends())
    assert (grew["crs.escalations.v1"], grew["crs.evidence.v1"], grew.get("crs.rejected.v1")) == (1, 1, None)
    assert [got.page["data"]["bed"] for got in pager.got] == ["4W-07"]


def test_a_killed_notifier_neither_loses_nor_repeats_a_page(ward: Ward, pager: Receiver, patient: Patient):
    patient.is_measured(temperature_c=38.6)
    eventually(lambda: pager.got, within=WITHIN_S)
    ward.kill("notifier")
    before = ward.ends()

    patient.is_measured(sbp_mmhg=82, dbp_mmhg=50)
    eventually(lambda: grade_on_board(ward) == (2, 2), within=WITHIN_S)
    assert moved(before, ward.ends())["crs.escalations.v1"] == 1
    assert {"crs.alarms.v1", "crs.deliveries.v1"}.isdisjoint(moved(before, ward.ends()))
    assert len(paged(pager)) == 1
    ward.start("notifier")

    eventually(lambda: len(paged(pager)) == 2, within=WITHIN_S)
    shown = {alarm["escalation_id"] for alarm in ward.beds()["4W-07"]["alarms"]}
    assert paged(pager)[1] in shown


def test_a_page_whose_answer_was_never_heard_comes_again_under_the_same_id(
    ward: Ward, pager: Receiver, patient: Patient
):
    pager.script = lambda _: Reply(None)
    patient.is_measured(temperature_c=38.6)
    eventually(lambda: pager.got, within=WITHIN_S)
    ward.kill("notifier")
    pager.script = lambda _: Reply()

    ward.start("notifier")

    eventually(lambda: len(pager.got) == 2, within=WITHIN_S)
    assert len(set(pager.ids)) == 1


def test_with_the_grader_stopped_the_board_does_not_move(ward: Ward, pager: Receiver, patient: Patient):
    patient.is_measured(temperature_c=38.6)
    eventually(lambda: grade_on_board(ward) == (1, 1) and pager.got, within=WITHIN_S)
    assert ward.stop("grader") == 0
    before = eventually(lambda: (ends := ward.ends()) == ward.ends() and ends, within=WITHIN_S)

    patient.charts("vasopressor", drug="norepinephrine", rate=0.1, rate_unit="ug/kg/min")
    patient.is_measured(heart_rate_bpm=131)

    eventually(lambda: ward.beds()["4W-07"]["signs"]["heart_rate_bpm"]["value"] == 131, within=WITHIN_S)
    assert moved(before, ward.ends()) == {BEDSIDE: 2}
    assert grade_on_board(ward) == (1, 1)
    assert len(paged(pager)) == 1
    ward.start("grader")
    eventually(lambda: grade_on_board(ward) == (3, 3), within=WITHIN_S)
    eventually(lambda: len(set(paged(pager))) == 2, within=WITHIN_S)


def test_an_acknowledgement_on_the_board_comes_back_from_the_notifier(ward: Ward, pager: Receiver, patient: Patient):
    patient.is_measured(temperature_c=38.6)
    eventually(lambda: alarm_on_board(ward).get("state") == "unacknowledged", within=WITHIN_S)

    ward.answer(patient.bed, "acknowledge")

    eventually(lambda: alarm_on_board(ward).get("state") == "acknowledged", within=WITHIN_S)
    assert ward.ends()["crs.responses.v1"] == 1
