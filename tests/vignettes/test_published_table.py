"""The grader against the published table, over every combination of a few values on both sides of each boundary."""

from collections.abc import Iterator
from itertools import islice, product
from typing import Any, NamedTuple

import pytest

from schemas.reading import check_bedside
from schemas.reasons import Refusal
from services.grader.engine.partition import Partition
from services.grader.engine.state import PatientState
from services.grader.engine.step import Refused, step
from tests.vignettes.bed import HOUR_MIN, Bed, ms, when
from tests.vignettes.published_table import UNKNOWN, Case, grades

NOW = 24 * HOUR_MIN
PRESSORS = (
    "none", UNKNOWN, "vasopressin", "norepinephrine", "dopamine", "norepinephrine, vasopressin",
    "norepinephrine, phenylephrine", "epinephrine, angiotensin ii, vasopressin", "dobutamine", "milrinone, epinephrine",
    "superpressin", "superpressin, norepinephrine", "superpressin, vasopressin",
)  # fmt: skip
DEVICES = (
    "room_air", UNKNOWN, "nasal_cannula 0", "nasal_cannula 2", "nasal_cannula 6", "nasal_cannula 6.1",
    "nasal_cannula ?", "high_flow_nasal_cannula 6", "high_flow_nasal_cannula 6.1", "high_flow_nasal_cannula ?",
    "blow_by", "blow_by 8", "face_mask", "face_mask 5", "venturi_mask", "non_rebreather", "cpap", "bipap", "ventilator",
    "other",
)  # fmt: skip


class Temperature(NamedTuple):
    """A history of fever, the temperature now, and whether fever counts."""

    earlier: float | None
    given: str | None
    now: float | None
    fever: str


TEMPERATURES = (
    Temperature(None, None, 38.0, "yes"),
    Temperature(None, None, 37.94, "no"),
    Temperature(None, None, None, UNKNOWN),
    Temperature(None, None, 98.9, UNKNOWN),
    Temperature(38.6, None, 36.8, "yes"),
    Temperature(38.6, "tocilizumab", None, "yes"),
    Temperature(None, "acetaminophen", 36.8, UNKNOWN),
)
PLAIN = TEMPERATURES[:3]

Combination = tuple[Temperature, Case]


def support() -> Iterator[Combination]:
    """Fever, pressure, saturation, vasopressors, device; charted lately or not."""
    for temperature, pressors, device, confirmed in product(TEMPERATURES, PRESSORS, DEVICES, (True, False)):
        for sbp, spo2 in product((UNKNOWN, 90, 89), (UNKNOWN, 90, 89)):
            yield temperature, Case(temperature.fever, sbp, pressors, device, spo2, confirmed=confirmed)


def pressure() -> Iterator[Combination]:
    """Every age band and year, baselines, pressures on both sides of each limit."""
    ages = (UNKNOWN, 0.05, 0.09, 0.99, *range(1, 19), 60)
    values = (UNKNOWN, 59, 60, 69, 70, *range(71, 91), 90.4, 96, 99, 99.2, 100)
    for temperature, age, baseline in product(PLAIN, ages, (None, 85, 113, 120, 124, 140)):
        for pressors, sbp in product(("none", UNKNOWN, "vasopressin"), values):
            yield temperature, Case(temperature.fever, sbp, pressors, age=age, baseline=baseline)


def at_home() -> Iterator[Combination]:
    """What the patient uses at home, with and without a target of the patient's own."""
    devices = ("", "nasal_cannula", "high_flow_nasal_cannula", "cpap", "ventilator", "room_air")
    homes = [*product(devices[1:], (None, 88, 94)), ("", None)]
    for temperature, home, device, confirmed in product(PLAIN, homes, DEVICES, (True, False)):
        for spo2 in (UNKNOWN, 94, 93, 90, 89, 88, 87):
            yield temperature, Case(temperature.fever, 118, "none", device, spo2, home=home, confirmed=confirmed)


GRIDS = {"support": support, "pressure": pressure, "at home": at_home}


class Ward:
    """Patients as they were just before they are measured; each is charted once and measured many times."""

    def __init__(self) -> None:
        self._charted: dict[Any, PatientState] = {}
        self._ward = Partition(watch_all=True).ward

    def grades(self, temperature: Temperature, case: Case) -> tuple[int, int]:
        """What the grader says now."""
        background = case._replace(sbp=0, spo2=0, fever=""), temperature._replace(now=None, fever="")
        state = self._charted.get(background)
        if state is None:
            state = self._charted[background] = _charted(temperature, case)
        stepped = step(state, _measured(temperature, case), clock_ms=ms(NOW), place=state.place, ward=self._ward)
        assert not isinstance(stepped, Refused)
        assert stepped.state is not None
        return stepped.state.fold.low, stepped.state.fold.high


def _measured(temperature: Temperature, case: Case) -> dict[str, Any]:
    record = {"schema": "crs.vitals.v1", "event_id": "now", "patient_id": "bed-7", "observed_at": when(NOW)}
    known = {"temperature_c": temperature.now, "sbp_mmhg": case.sbp, "spo2_pct": case.spo2}
    signs = {name: value for name, value in known.items() if value not in (None, UNKNOWN)}
    checked = check_bedside({**record, "source": "manual", "heart_rate_bpm": 80, **signs})
    assert not isinstance(checked, Refusal)
    return checked


def _charted(temperature: Temperature, case: Case) -> PatientState:
    bed = Bed().admit(age_years=None if case.age == UNKNOWN else case.age)
    home = {"oxygen_device": case.home[0] or None, "spo2_target_low_pct": case.home[1], "sbp_mmhg": case.baseline}
    if known := {name: value for name, value in home.items() if value is not None}:
        bed.chart(1, "baseline", **known)
    if not case.confirmed:
        _chart_support(bed, NOW - 13 * HOUR_MIN, case)
    if temperature.earlier is not None:
        bed.vitals(NOW - 120, temperature_c=temperature.earlier)
    if temperature.given is not None:
        bed.chart(NOW - 60, "medication", drug=temperature.given)
    if case.confirmed:
        _chart_support(bed, NOW - 10, case)
    return bed.until(NOW - 1).partition.patients["bed-7"]


def _chart_support(bed: Bed, minute: float, case: Case) -> None:
    for drug in case.pressors.split(", "):
        if drug != UNKNOWN:
            bed.chart(minute, "vasopressor", drug=drug)
    device, _, flow = case.device.partition(" ")
    if device != UNKNOWN:
        given = {"flow_l_min": float(flow)} if flow not in ("", UNKNOWN) else {}
        bed.chart(minute, "oxygen", device=device, **given)


def disagreements(combinations: Iterator[Combination]) -> list[str]:
    """Where the grader and the published table say different things."""
    ward, found = Ward(), []
    for temperature, case in combinations:
        graded, looked_up = ward.grades(temperature, case), grades(case)
        if graded != looked_up:
            found.append(f"{temperature} {case}: graded {graded}, the table says {looked_up}")
    return found


@pytest.mark.parametrize("name", GRIDS)
def test_the_grader_agrees_with_the_published_table_on_a_sample(name):
    assert disagreements(islice(GRIDS[name](), 0, None, 101)) == []


@pytest.mark.prove
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", GRIDS)
def test_the_grader_agrees_with_the_published_table_everywhere(name):
    assert disagreements(GRIDS[name]()) == []


def test_the_grids_are_exhaustive():
    assert {name: sum(1 for _ in grid()) for name, grid in GRIDS.items()} == {
        "support": 32_760,
        "pressure": 37_260,
        "at home": 13_440,
    }
