"""A patient's story: what the illness does, what the staff gives and charts for it, and which sensors fail.

A scenario writes a story in its own hours, counted from the onset. `pace_ms` says how long such an hour lasts: a file
tells it in hours, the demo tells the same story in minutes (the clock itself is never hurried).
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from services.simulator.curves import Curve
from services.simulator.physiology import HOUR_MS, Illness, Person

Fields = dict[str, Any]


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
    home_oxygen_l_min: float | None = None
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
        self.circumstances = Course(Curve(), Curve(), Curve())

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
        self.circumstances.charts.append(Charted(self.at(hour), kind, fields))

    def check(self, *hours: float) -> None:
        """Let the nurse take temperature and blood pressure by hand, besides the usual rounds."""
        self.circumstances.checks_ms += [self.at(hour) for hour in hours]

    def gap(self, from_hour: float, to_hour: float, *signs: str) -> None:
        """Lose some signs of the monitor for a while; without a name, the whole monitor."""
        self.circumstances.gaps.append(Gap(self.at(from_hour), self.at(to_hour), frozenset(signs)))

    def course(self) -> Course:
        """The finished story."""
        told = self.circumstances
        told.fever_c = Curve(self._points["fever"])
        told.sbp_fall_mmhg = Curve(self._points["fall"])
        told.spo2_fall_pct = Curve(self._points["desaturation"])
        told.charts.sort(key=lambda charted: charted.at_ms)
        told.checks_ms.sort()
        return told
