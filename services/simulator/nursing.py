"""What the nurse charts: rounds by hand, neurological examinations, and support confirmed while it lasts.

Temperatures every 4 h, every 2 h with fever (`clinical.md` 7.1); after a low pressure a check every 15 min until three
were normal [P]. Support is charted again before it counts as unconfirmed (`settled.md` 1). All waits are a little
irregular, and never longer than the limits of the rule set.
"""

from collections.abc import Iterator
from random import Random
from typing import Any

from services.simulator.events import Event, Writer
from services.simulator.physiology import HOUR_MS, MINUTE_MS, Signs, mean_pressure, signs
from services.simulator.seeds import chance
from services.simulator.stay import Stay
from services.simulator.story import Charted

FEVER_C = 38.0
ROUND_MIN, FEVER_ROUND_MIN, LOW_PRESSURE_ROUND_MIN = 238, 118, 15
LOW_SBP_MMHG = 92  # below it somebody stays at the bed [P]
CHECKS_AFTER_LOW = 3
PRESSOR_RUNNING_MIN, PRESSOR_NONE_MIN, OXYGEN_MIN, EXAMINATION_MIN = 58, 205, 7 * 60, 12 * 60
LABORATORY_MIN = 24 * 60


def rounds(stay: Stay, writer: Writer, *, from_ms: int) -> Iterator[Event]:
    """Temperature and pressure by hand; all signs where there is no monitor."""
    rng = chance(stay.seed, stay.patient_id, "rounds")
    site = rng.choice(("oral", "oral", "tympanic"))
    checks_ms = iter([*(at_ms for at_ms in stay.course.checks_ms if at_ms >= from_ms), None])
    check_ms = next(checks_ms)
    round_ms = from_ms + round(rng.uniform(3, 40) * MINUTE_MS)
    watch = 0
    while True:
        at_ms = round_ms
        if check_ms is not None and check_ms <= round_ms:
            at_ms, check_ms = check_ms, next(checks_ms)
        true = signs(stay.person, stay.course.illness(at_ms), at_ms)
        measured: dict[str, Any] = {"temperature_c": round(true.temperature_c + rng.gauss(0, 0.1), 1)}
        measured["temperature_site"] = site
        if not stay.course.has_monitor:
            measured |= _counted(rng, true)
        measured |= _hand_cuff(rng, true)
        yield writer.vitals(at_ms, "round", "manual", measured)
        watch = CHECKS_AFTER_LOW if measured["sbp_mmhg"] < LOW_SBP_MMHG else max(0, watch - 1)
        wait_min = FEVER_ROUND_MIN if measured["temperature_c"] >= FEVER_C else ROUND_MIN
        wait_min = LOW_PRESSURE_ROUND_MIN if watch else wait_min
        round_ms = at_ms + round(wait_min * rng.uniform(0.93, 1.07) * MINUTE_MS)


def _hand_cuff(rng: Random, true: Signs) -> dict[str, Any]:
    """A cuff pumped by hand, read to the even number as people do."""
    sbp_mmhg = 2 * round((true.sbp_mmhg + rng.gauss(0, 2.5)) / 2)
    dbp_mmhg = 2 * round((true.dbp_mmhg + rng.gauss(0, 2)) / 2)
    return {
        "sbp_mmhg": sbp_mmhg,
        "dbp_mmhg": dbp_mmhg,
        "map_mmhg": round(mean_pressure(sbp_mmhg, dbp_mmhg)),
        "bp_source": "cuff",
    }


def _counted(rng: Random, true: Signs) -> dict[str, Any]:
    """Pulse and breathing counted, and a hand-held oximeter."""
    return {
        "heart_rate_bpm": 2 * round((true.heart_rate_bpm + rng.gauss(0, 3)) / 2),
        "resp_rate_bpm": 2 * round((true.resp_rate_bpm + rng.gauss(0, 1)) / 2),
        "spo2_pct": min(100, round(true.spo2_pct + rng.gauss(0, 0.6))),
    }


def _waits(rng: Random, from_ms: int, wait_min: float) -> int:
    return from_ms + round(wait_min * rng.uniform(0.92, 1.04) * MINUTE_MS)


def _charted_before(charts: list[Charted], kind: str, at_ms: int) -> list[Charted]:
    return [charted for charted in charts if charted.kind == kind and charted.at_ms <= at_ms]


def running(charts: list[Charted], at_ms: int) -> dict[str, Charted]:
    """The vasopressors that run at a time, by drug, as last charted."""
    latest = {charted.fields["drug"]: charted for charted in _charted_before(charts, "vasopressor", at_ms)}
    return {drug: charted for drug, charted in latest.items() if charted.fields["rate"] > 0}


def pressor_charts(stay: Stay, writer: Writer, *, from_ms: int) -> Iterator[Event]:
    """The infusion chart: hourly while something runs, else that nothing does."""
    rng = chance(stay.seed, stay.patient_id, "pressors")
    at_ms = from_ms + round(rng.uniform(1, 6) * MINUTE_MS)
    while True:
        infusions = running(stay.course.charts, at_ms)
        for charted in infusions.values():
            yield writer.clinical(at_ms, "vasopressor", charted.fields)
        if not infusions:
            yield writer.clinical(at_ms, "vasopressor", {"drug": "none"})
        at_ms = _waits(rng, at_ms, PRESSOR_RUNNING_MIN if infusions else PRESSOR_NONE_MIN)


def oxygen_charts(stay: Stay, writer: Writer, *, from_ms: int) -> Iterator[Event]:
    """The oxygen device, once a shift and a little more."""
    rng = chance(stay.seed, stay.patient_id, "oxygen")
    at_ms = from_ms + round(rng.uniform(1, 6) * MINUTE_MS)
    home_l_min = stay.course.home_oxygen_l_min
    at_home = {"device": "room_air"} if home_l_min is None else {"device": "nasal_cannula", "flow_l_min": home_l_min}
    while True:
        devices = _charted_before(stay.course.charts, "oxygen", at_ms)
        yield writer.clinical(at_ms, "oxygen", devices[-1].fields if devices else at_home)
        at_ms = _waits(rng, at_ms, OXYGEN_MIN)


def examinations(stay: Stay, writer: Writer, *, from_ms: int) -> Iterator[Event]:
    """ICE (CAPD in a child) twice a day, as the story has it at that hour."""
    rng = chance(stay.seed, stay.patient_id, "examinations")
    at_ms = from_ms + round(rng.uniform(5, 40) * MINUTE_MS)
    whole: dict[str, Any] = {"capd": 0} if stay.person.is_child else {"ice": 10}
    while True:
        found = _charted_before(stay.course.charts, "neuro", at_ms)
        fields = dict(found[-1].fields) if found else whole | {"consciousness": "awake"}
        fields.pop("seizure", None)  # an event, not a state: charted when it happens
        yield writer.clinical(at_ms, "neuro", fields)
        at_ms = _waits(rng, at_ms, EXAMINATION_MIN)


def laboratory(stay: Stay, writer: Writer, *, from_ms: int) -> Iterator[Event]:
    """CRP and ferritin once a day, following the fever of the last half day; shown on the board, never graded."""
    rng = chance(stay.seed, stay.patient_id, "laboratory")
    crp_mg_l, ferritin_ug_l = rng.uniform(2, 12), rng.uniform(250, 900)
    at_ms = from_ms + round(rng.uniform(30, 90) * MINUTE_MS)
    while True:
        fever_c = max(stay.course.illness(at_ms - hours * HOUR_MS).fever_c for hours in (0, 4, 8, 12))
        for code, value, unit in (
            ("crp", crp_mg_l * (1 + 6 * fever_c), "mg/L"),
            ("ferritin", ferritin_ug_l * (1 + 2 * fever_c), "ug/L"),
        ):
            result = {"code": code, "value": round(value * rng.uniform(0.9, 1.1), 1), "unit": unit}
            yield writer.clinical(at_ms, "lab", result)
        at_ms = _waits(rng, at_ms, LABORATORY_MIN)


def mistakes(stay: Stay, writer: Writer) -> Iterator[Event]:
    """Readings entered in error, and their retractions."""
    for wrong in stay.course.mistakes:
        measured = {"temperature_c": wrong.temperature_c, "temperature_site": "oral"}
        entered = writer.vitals(wrong.at_ms, "mistake", "manual", measured)
        yield entered
        yield writer.clinical(wrong.retracted_ms, "retraction", {"retracts": entered.body["event_id"]})
