"""A patient's story: what the illness does, what the staff gives and charts for it, and which sensors fail.

A scenario writes a story in its own hours, counted from the onset. `pace_ms` says how long such an hour lasts: a file
tells it in hours, the demo tells the same story in minutes (the clock itself is never hurried).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from schemas.times import format_time
from services.simulator.curves import Curve
from services.simulator.physiology import HOUR_MS, MINUTE_MS, Illness, Person

Fields = Mapping[str, Any]


class Bed(NamedTuple):
    """Where a patient lies."""

    unit: str
    bed: str


OWN = None  # "back to the person's own normal" in a list of points
EVERYTHING: frozenset[str] = frozenset()  # a gap that names no sign takes the whole monitor


@dataclass(frozen=True, slots=True)
class Charted:
    """A clinical event at its time: `kind` and the fields of that kind, in wire order."""

    at_ms: int
    kind: str
    fields: Fields


@dataclass(frozen=True, slots=True)
class Gap:
    """A time without readings of some signs, or of all."""

    from_ms: int
    to_ms: int
    signs: frozenset[str]

    def hides(self, sign: str, at_ms: int) -> bool:
        """Whether this gap swallows a reading of a sign."""
        return self.from_ms <= at_ms < self.to_ms and (not self.signs or sign in self.signs)


@dataclass(frozen=True, slots=True)
class Mistake:
    """A reading that was entered in error and taken back later."""

    at_ms: int
    retracted_ms: int
    temperature_c: float


@dataclass(slots=True)
class Course:
    """A finished story: what the devices and the nurse work from."""

    fever_c: Curve
    sbp_fall_mmhg: Curve
    spo2_fall_pct: Curve
    charts: list[Charted] = field(default_factory=list)
    checks_ms: list[int] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    arterial_ms: tuple[int, int] | None = None
    leaves_ms: int | None = None
    has_monitor: bool = True
    wears_patch: bool = False

    def illness(self, at_ms: int) -> Illness:
        """How ill the patient is at a time."""
        return Illness(self.fever_c.at(at_ms), self.sbp_fall_mmhg.at(at_ms), self.spo2_fall_pct.at(at_ms))


class Story:
    """What a scenario writes on. Hours count from the onset; a point is (hour, value), `OWN` the person's normal."""

    def __init__(self, person: Person, home: Bed, *, onset_ms: int, pace_ms: int = HOUR_MS) -> None:
        self.person = person
        self.home = home
        self._onset_ms = onset_ms
        self._pace_ms = pace_ms
        self._points: dict[str, list[tuple[int, float]]] = {"fever": [], "fall": [], "desaturation": []}
        self._course = Course(Curve(), Curve(), Curve())

    def at(self, hour: float) -> int:
        """The time of a story hour."""
        return self._onset_ms + round(hour * self._pace_ms)

    def temperature(self, *points: tuple[float, float | None]) -> None:
        """Let the temperature move through points in degrees Celsius."""
        own = self.person.temperature_c
        self._points["fever"] += [(self.at(hour), 0.0 if value is OWN else value - own) for hour, value in points]

    def pressure(self, *points: tuple[float, float | None]) -> None:
        """Let the systolic pressure move through points in mmHg."""
        own = self.person.sbp_mmhg
        self._points["fall"] += [(self.at(hour), 0.0 if value is OWN else own - value) for hour, value in points]

    def saturation(self, *points: tuple[float, float | None]) -> None:
        """Let the SpO2 move through points in %."""
        own = self.person.spo2_pct
        self._points["desaturation"] += [
            (self.at(hour), 0.0 if value is OWN else own - value) for hour, value in points
        ]

    def chart(self, hour: float, kind: str, **fields: object) -> None:
        """Chart a clinical event; the fields in wire order."""
        self._course.charts.append(Charted(self.at(hour), kind, fields))

    def give(self, hour: float, drug: str, dose: float, unit: str) -> None:
        """Give a drug."""
        self.chart(hour, "medication", drug=drug, dose=dose, dose_unit=unit)

    def tocilizumab(self, hour: float) -> None:
        """Give 8 mg/kg, at most 800 mg; 12 mg/kg below 30 kg (`clinical.md` 5)."""
        weight_kg = self.person.weight_kg
        self.give(hour, "tocilizumab", round(min(800.0, weight_kg * (12 if weight_kg < 30 else 8))), "mg")

    def oxygen(self, hour: float, device: str, **setting: float) -> None:
        """Change the oxygen device; `flow_l_min` and `fio2` as the device has them."""
        self.chart(hour, "oxygen", device=device, **setting)

    def vasopressor(self, hour: float, drug: str, rate: float, unit: str = "mcg/kg/min") -> None:
        """Start, change or (rate 0) stop a vasopressor."""
        self.chart(hour, "vasopressor", drug=drug, rate=rate, rate_unit=unit)

    def check(self, *hours: float) -> None:
        """Let the nurse take temperature and blood pressure by hand, besides the usual rounds."""
        self._course.checks_ms += [self.at(hour) for hour in hours]

    def gap(self, from_hour: float, to_hour: float, *signs: str) -> None:
        """Lose some signs of the monitor for a while; without a name, the whole monitor."""
        self._course.gaps.append(Gap(self.at(from_hour), self.at(to_hour), frozenset(signs)))

    def examine(self, hour: float, **findings: object) -> None:
        """Chart a neurological examination; a child's is CAPD, everybody else's ICE."""
        self.chart(hour, "neuro", **findings)

    def attribute(self, hour: float, finding: str, *, cause: str, until_hour: float) -> None:
        """Let a clinician name another cause for a finding, for a time."""
        expires_at = format_time(self.at(until_hour))
        self.chart(hour, "attribution", finding=finding, cause=cause, author="dr-simulated", expires_at=expires_at)

    def encounter(self, hour: float, action: str, **fields: object) -> None:
        """Move the patient: transfer, off_unit, return, discharge, cancel_discharge."""
        self.chart(hour, "encounter", action=action, **fields)

    def arterial_line(self, from_hour: float, to_hour: float) -> None:
        """Measure the pressure in an artery for a while."""
        self._course.arterial_ms = (self.at(from_hour), self.at(to_hour))

    def mistake(self, hour: float, temperature_c: float, *, noticed_after_min: int) -> None:
        """Enter a wrong temperature and take it back."""
        at_ms = self.at(hour)
        self._course.mistakes.append(Mistake(at_ms, at_ms + noticed_after_min * MINUTE_MS, temperature_c))

    def leave(self, hour: float) -> None:
        """Nothing is measured or charted from here on: the patient went home."""
        self._course.leaves_ms = self.at(hour)

    def no_monitor(self) -> None:
        """Chart everything by hand."""
        self._course.has_monitor = False

    def patch(self) -> None:
        """Wear an axillary temperature patch."""
        self._course.wears_patch = True

    def course(self) -> Course:
        """The finished story."""
        told = self._course
        told.fever_c = Curve(self._points["fever"])
        told.sbp_fall_mmhg = Curve(self._points["fall"])
        told.spo2_fall_pct = Curve(self._points["desaturation"])
        told.charts.sort(key=lambda charted: charted.at_ms)
        told.checks_ms.sort()
        return told
