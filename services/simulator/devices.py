"""What the devices send: the monitor's stream, its cuff at the cuff's own times, a temperature patch.

Each device has its own noise, so that another cadence of one changes nothing in another.
"""

from collections.abc import Iterator
from random import Random
from typing import Any

from services.simulator.curves import Wander
from services.simulator.events import Event, Writer
from services.simulator.physiology import HOUR_MS, MINUTE_MS, mean_pressure, signs
from services.simulator.seeds import chance
from services.simulator.stay import Stay
from services.simulator.story import Course, Gap

# Each streamed sign with its noise [P]: how far it drifts over minutes and how far it trembles over seconds.
STREAMED = {"heart_rate_bpm": (2.6, 1.2), "resp_rate_bpm": (0.9, 0.6), "spo2_pct": (0.45, 0.3)}
DRIFT_S, TREMBLE_S = 900, 20

# Minutes between cuff readings [P]: as ordered, with fever, and while the pressure is low.
CUFF_ORDERED_MIN, CUFF_FEVER_MIN, CUFF_LOW_MIN = 55, 28, 5
LOW_SBP_MMHG = 100  # below it the monitor is set to measure again soon [P]
PATCH_EVERY_MS = 2 * MINUTE_MS
PATCH_OFFSET_C = -0.35  # an armpit reads lower; its readings are sent as they are [P]
MEAN_HOURS_BETWEEN_DROPOUTS = 7.0


def _hidden(course: Course, sign: str, at_ms: int) -> bool:
    return any(gap.hides(sign, at_ms) for gap in course.gaps)


def _dropouts(rng: Random, from_ms: int) -> Iterator[Gap]:
    """Short losses of one streamed sign each: a lead that moved, a cold finger."""
    at_ms = from_ms
    while True:
        at_ms += round(rng.expovariate(1 / MEAN_HOURS_BETWEEN_DROPOUTS) * HOUR_MS)
        ends_ms = at_ms + round(rng.uniform(20, 150) * 1000)
        yield Gap(at_ms, ends_ms, frozenset((rng.choice(tuple(STREAMED)),)))
        at_ms = ends_ms


class _Sensor:
    """What one streamed sign shows beside the truth."""

    def __init__(self, rng: Random, drift: float, tremble: float) -> None:
        self._drift = Wander(rng, deviation=drift, memory_s=DRIFT_S)
        self._tremble = Wander(rng, deviation=tremble, memory_s=TREMBLE_S)

    def noise(self, at_ms: int) -> float:
        """To be asked at every reading, shown or not, so that a gap changes nothing after it."""
        return self._drift.at(at_ms) + self._tremble.at(at_ms)


def monitor(
    stay: Stay, writer: Writer, *, from_ms: int, every_ms: int, coarse_until_ms: int | None = None
) -> Iterator[Event]:
    """The monitor's stream: heart rate, breathing, saturation, and the arterial pressure while there is a line.

    Args:
        stay: the patient.
        writer: writes the patient's events.
        from_ms: of the first reading.
        every_ms: between readings.
        coarse_until_ms: readings before this are one a minute: what a new listener gets of the past.
    """
    rng = chance(stay.seed, stay.patient_id, "monitor")
    sensors = {sign: _Sensor(rng, *noise) for sign, noise in STREAMED.items()}
    artery = Wander(rng, deviation=2.5, memory_s=240)
    dropouts = _dropouts(chance(stay.seed, stay.patient_id, "dropouts"), from_ms)
    dropout = next(dropouts)
    device_id = f"monitor-{stay.home.bed}"
    at_ms = from_ms + rng.randrange(every_ms) // 1000 * 1000
    while True:
        while dropout.to_ms <= at_ms:
            dropout = next(dropouts)
        true = signs(stay.person, stay.course.illness(at_ms), at_ms)
        measured: dict[str, Any] = {}
        for sign, sensor in sensors.items():
            shown = round(getattr(true, sign) + sensor.noise(at_ms))
            if not dropout.hides(sign, at_ms) and not _hidden(stay.course, sign, at_ms):
                measured[sign] = min(100, shown) if sign == "spo2_pct" else shown
        line = stay.course.arterial_ms
        if line and line[0] <= at_ms < line[1] and not _hidden(stay.course, "sbp_mmhg", at_ms):
            measured |= _pressure(true.sbp_mmhg + artery.at(at_ms), true.dbp_mmhg, "arterial")
        if measured:
            yield writer.vitals(at_ms, "monitor", "monitor", measured, device_id)
        at_ms += every_ms if coarse_until_ms is None or at_ms >= coarse_until_ms else MINUTE_MS


def _pressure(sbp_mmhg: float, dbp_mmhg: float, bp_source: str) -> dict[str, Any]:
    """A pressure as a device shows it; the mean follows from the unrounded two."""
    mean_mmhg = round(mean_pressure(sbp_mmhg, dbp_mmhg))
    return {"sbp_mmhg": round(sbp_mmhg), "dbp_mmhg": round(dbp_mmhg), "map_mmhg": mean_mmhg, "bp_source": bp_source}


def cuff(stay: Stay, writer: Writer, *, from_ms: int) -> Iterator[Event]:
    """The monitor's cuff: hourly, more often with fever, every few minutes while the pressure is low."""
    rng = chance(stay.seed, stay.patient_id, "cuff")
    wander = Wander(rng, deviation=3.0, memory_s=1800)
    at_ms = from_ms + round(rng.uniform(1, 25) * MINUTE_MS)
    while True:
        illness = stay.course.illness(at_ms)
        true = signs(stay.person, illness, at_ms)
        noise = wander.at(at_ms)
        measured = _pressure(true.sbp_mmhg + noise, true.dbp_mmhg + 0.6 * noise, "cuff")
        if not _hidden(stay.course, "sbp_mmhg", at_ms):
            yield writer.vitals(at_ms, "cuff", "monitor", measured, f"monitor-{stay.home.bed}")
        wait_min = CUFF_ORDERED_MIN if illness.fever_c < 1 else CUFF_FEVER_MIN
        if measured["sbp_mmhg"] < min(LOW_SBP_MMHG, stay.person.sbp_mmhg - 12):
            wait_min = CUFF_LOW_MIN
        at_ms += round(wait_min * rng.uniform(0.96, 1.1) * MINUTE_MS)


def patch(stay: Stay, writer: Writer, *, from_ms: int) -> Iterator[Event]:
    """An axillary temperature patch, every two minutes."""
    rng = chance(stay.seed, stay.patient_id, "patch")
    wander = Wander(rng, deviation=0.08, memory_s=600)
    at_ms = from_ms + rng.randrange(PATCH_EVERY_MS)
    while True:
        true_c = signs(stay.person, stay.course.illness(at_ms), at_ms).temperature_c
        measured = {
            "temperature_c": round(true_c + PATCH_OFFSET_C + wander.at(at_ms), 1),
            "temperature_site": "axillary",
        }
        if not _hidden(stay.course, "temperature_c", at_ms):
            yield writer.vitals(at_ms, "patch", "wearable", measured, f"patch-{stay.home.bed}")
        at_ms += PATCH_EVERY_MS
