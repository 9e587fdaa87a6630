"""Whatever goes wrong of one patient, wherever in the engine: one page, and the ward goes on."""

import importlib
from typing import Any

import pytest

from services.grader.engine import Origin
from services.grader.engine.fold import Fold
from services.grader.engine.kept import Kept
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.engine.ruleset.site_rules import overridden
from services.grader.engine.state import PatientState
from services.grader.engine.steady.lockstep import Lockstep
from services.grader.engine.steady.steady import Steady
from tests.vignettes.bed import Bed, ms, when
from tests.vignettes.starting_points import SECOND, WELL

ENGINE = "services.grader.engine"
PLACES = [
    "partition.commonly",
    "partition.step",
    "partition.next_deadline",
    "partition.estimate",
    "kept.put_away",
    "steady.taking_in.settled",
    "steady.taking_in.graded",
    "steady.taking_in.with_trend",
    "estimate.prompts",
    "estimate.trend",
    "estimate.seen_by_scores",
    "crs.reasons.parts_now",
    "crs.reasons.missing",
    "telling.fault.estimate",
    "telling.escalation.encode_state",
]
NEXT = overridden(DEFAULT_RULES, {"id": "site-2", "low_spo2_pct": 92})
RATES = {"heart_rate_bpm": 80, "resp_rate_bpm": 16, "spo2_pct": 97}


def on_a_monitor(**options: Any) -> Bed:
    """Two beds on monitors for six minutes, both well."""
    bed = Bed(**options)
    for patient in ("bed-7", "bed-8"):
        bed.patient = patient
        bed.admit(event_id=f"admit-{patient}").on_room_air().vitals(0, temperature_c=36.8, **WELL)
    for second in range(60, 360, 5):
        for patient in ("bed-7", "bed-8"):
            bed.patient = patient
            bed.monitor(second * SECOND, **RATES)
    assert bed.said() == []
    return bed


class Break:
    """A function of the engine that fails for one patient of whom something is known, until it is mended."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
        module, _, self._name = f"{ENGINE}.{place}".rpartition(".")
        self._owner = importlib.import_module(module)
        self._real = getattr(self._owner, self._name)
        self.reached = 0
        monkeypatch.setattr(self._owner, self._name, self)

    def __call__(self, *given: Any, **named: Any) -> Any:
        if any(map(_is_of_the_broken_one, given)):
            self.reached += 1
            raise ArithmeticError
        return self._real(*given, **named)

    def mend(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """As it was."""
        monkeypatch.setattr(self._owner, self._name, self._real)


def _is_of_the_broken_one(given: Any) -> bool:
    if isinstance(given, Kept):
        given = given.after()
    if isinstance(given, PatientState):
        return given.patient_id == "bed-7" and bool(given.newest)
    return isinstance(given, Fold) and given.chart.stay.bed == "7b" and bool(given.tracks)


def broken(monkeypatch: pytest.MonkeyPatch, place: str, *, restarted: bool = False) -> tuple[Bed, Break]:
    """Seven quiet minutes, and from here on something fails whenever it is asked of bed 7."""
    bed = on_a_monitor(ready=[NEXT])
    bed.patient = "bed-7"
    bed.chart(6, "encounter", action="transfer", unit="onc", bed="7b").said()
    for second in range(365, 420, 5):
        bed.monitor(second * SECOND, **RATES)
    return bed.restarted() if restarted else bed, Break(monkeypatch, place)


@pytest.mark.parametrize("place", PLACES)
def test_a_fault_costs_a_record_and_a_page_and_the_other_bed_is_graded(monkeypatch, place):
    bed, fault = broken(monkeypatch, place)
    for second in range(425, 720, 5):
        bed.patient = "bed-7"
        bed.monitor(second * SECOND, **RATES)
    bed.vitals(12, temperature_c=36.9)
    bed.patient = "bed-8"
    bed.vitals(12, temperature_c=38.4)
    pages = bed.escalations()

    of_the_broken_one = [(page["kind"], page["bed"]) for page in pages if page["patient_id"] == "bed-7"]
    if fault.reached:
        assert of_the_broken_one[0] == ("engine_fault", "7b")
        assert set(of_the_broken_one) <= {("engine_fault", "7b"), ("resolved", "7b")}
    assert [(page["kind"], page["grade"]) for page in pages if page["patient_id"] == "bed-8"] == [("crs_rise", 1)]


@pytest.mark.parametrize("place", PLACES)
def test_time_that_passes_stands_still_for_one_bed_only(monkeypatch, place):
    bed, _ = broken(monkeypatch, place)
    bed.until(24 * 60)

    silent = {page["patient_id"] for page in bed.escalations("technical_silent", "engine_fault")}
    assert silent == {"bed-7", "bed-8"}


@pytest.mark.parametrize("place", PLACES)
def test_what_stands_is_said_again_of_everybody(monkeypatch, place):
    bed, _ = broken(monkeypatch, place, restarted=True)

    said = {output.key for output in bed.partition.standing(["bed-7", "bed-8"]) if output.topic == "estimates"}
    assert said == {"bed-7", "bed-8"}


@pytest.mark.parametrize("place", [*PLACES, "partition.data_gap"])
def test_a_gap_is_told_to_everybody(monkeypatch, place):
    bed, _ = broken(monkeypatch, place)
    outputs = bed.partition.lost(Origin("crs.bedside.v1", 0, 10_000), 10_009)

    paged = {(output.key, output.value["kind"]) for output in outputs if output.topic == "escalations"}
    assert ("bed-8", "data_gap") in paged
    assert {"bed-7", "bed-8"} == {patient for patient, _ in paged}


@pytest.mark.parametrize("place", PLACES)
def test_a_rule_set_comes_into_force_for_everybody(monkeypatch, place):
    bed, _ = broken(monkeypatch, place)
    bed.activate(7, NEXT.hash)

    under = {(one.key, one.value["rules"]["hash"]) for one in bed.outputs if one.topic == "estimates"}
    assert {("bed-7", NEXT.hash), ("bed-8", NEXT.hash)} <= under


@pytest.mark.parametrize("place", PLACES)
def test_once_mended_the_bed_is_graded_again(monkeypatch, place):
    bed, fault = broken(monkeypatch, place)
    bed.vitals(12, temperature_c=36.9)
    fault.mend(monkeypatch)
    bed.said()
    bed.vitals(13, temperature_c=38.6)

    assert "crs_rise 1 #1" in bed.said()
    assert not bed.partition.patients["bed-7"].faulted


def test_a_fault_on_the_short_way_is_found_again_on_the_long_one(monkeypatch):
    bed, _ = broken(monkeypatch, "estimate.trend")
    monkeypatch.setattr(Steady, "take_apart", lambda *_: 1 // 0)
    monkeypatch.setattr(Lockstep, "take", lambda *_: 1 // 0)
    record = {
        "schema": "crs.vitals.v1", "event_id": "one-more", "patient_id": "bed-7", "observed_at": when(7),
        "source": "monitor", **RATES,
    }  # fmt: skip

    assert not bed.partition.take(record, ms(7), ms(7), 1_000)
    bed.monitor(7, **RATES)
    assert bed.refused() == ["engine_fault"]
    assert [page["kind"] for page in bed.escalations()] == ["engine_fault"]


def test_a_fault_in_asking_when_a_stream_is_due_is_one_of_the_patient(monkeypatch):
    bed, _ = broken(monkeypatch, "estimate.trend")
    monkeypatch.setattr(Steady, "due_ms", property(lambda _: 1 // 0))
    bed.until(24 * 60)
    assert {page["patient_id"] for page in bed.escalations("engine_fault")} == {"bed-7", "bed-8"}
