"""The published charts of the ward scores, as data: which value of which sign scores how many points.

NEWS2: Royal College of Physicians, National Early Warning Score 2, December 2017, Chart 1 (reproduced with
acknowledgement). qSOFA: Singer 2016. Bedside PEWS: Parshuram 2009, Crit Care 13:R135, Table 1 (`clinical.md` 3 and 4).
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from typing import Any

NEWS2_SOURCE = "RCP NEWS2 2017, Chart 1"
QSOFA_SOURCE = "Singer 2016 (Sepsis-3)"
PEWS_SOURCE = "Parshuram 2009, Crit Care 13:R135, Table 1"
WHOLE, TENTH = "1", "0.1"


@dataclass(frozen=True)
class Bands:
    """Points by value: up to and including `uppers[i]` it is `points[i]`; above the last one the last points.

    Charts are printed for whole numbers, temperature for tenths: a value is rounded to `step`, half up, before it is
    banded (`clinical.md` 4.1). Nothing is rounded here: 8.49 is at most 8 and 8.5 is not.
    """

    uppers: tuple[float, ...]
    points: tuple[int, ...]
    step: str = WHOLE

    def score(self, value: float) -> int:
        """The points of a value."""
        return self.points[self.band(value)]

    def band(self, value: float) -> int:
        """Which band a value is in: equal for values that the chart does not tell apart."""
        return bisect_right(self.edges, value)

    @cached_property
    def edges(self) -> tuple[float, ...]:
        """The first values that are rounded into the next band."""
        return tuple(float(Decimal(str(upper)) + Decimal(self.step) / 2) for upper in self.uppers)

    @cached_property
    def most(self) -> int:
        """What a value that nobody knows might score."""
        return max(self.points)


Chart = Mapping[str, Bands]

NEWS2: Chart = {
    "resp_rate_bpm": Bands((8, 11, 20, 24), (3, 1, 0, 2, 3)),
    "spo2_pct": Bands((91, 93, 95), (3, 2, 1, 0)),
    "sbp_mmhg": Bands((90, 100, 110, 219), (3, 2, 1, 0, 3)),
    "heart_rate_bpm": Bands((40, 50, 90, 110, 130), (3, 1, 0, 1, 2, 3)),
    "temperature_c": Bands((35.0, 36.0, 38.0, 39.0), (3, 1, 0, 1, 2), TENTH),
}
NEWS2_OXYGEN, NEWS2_CONSCIOUSNESS = 2, 3
# Scale 2, for an ordered target of 88-92 %: above the target only extra oxygen scores.
SCALE_2_ON_AIR = Bands((83, 85, 87), (3, 2, 1, 0))
SCALE_2_ON_OXYGEN = Bands((83, 85, 87, 92, 94, 96), (3, 2, 1, 0, 1, 2, 3))

QSOFA: Chart = {"resp_rate_bpm": Bands((21,), (0, 1)), "sbp_mmhg": Bands((100,), (1, 0))}
QSOFA_MENTATION = 1


def both_sides(low_4: int, low_2: int, low_1: int, high_1: int, high_2: int, high_4: int) -> Bands:
    """At or below the first three, at or above the last three: 4, 2 and 1 points, 1, 2 and 4 points."""
    return Bands((low_4, low_2, low_1, high_1 - 1, high_2 - 1, high_4 - 1), (4, 2, 1, 0, 1, 2, 4))


# By age in months, up to and excluding. Over 12 years the source prints < 50, not <= 50, for two points of heart rate;
# for 4 to 12 years it prints > 150, where `clinical.md` 3 reads >= 150 like its neighbours.
BEDSIDE_PEWS: tuple[tuple[int, Chart], ...] = tuple(
    (until_months, {"heart_rate_bpm": both_sides(*heart), "sbp_mmhg": both_sides(*sbp),
                    "resp_rate_bpm": both_sides(*breaths)})
    for until_months, heart, sbp, breaths in (
        (3, (80, 90, 110, 150, 180, 190), (45, 50, 60, 80, 100, 130), (15, 19, 29, 61, 81, 91)),
        (12, (70, 80, 100, 150, 170, 180), (60, 70, 80, 100, 120, 150), (15, 19, 24, 51, 71, 81)),
        (48, (60, 70, 90, 120, 150, 170), (65, 75, 90, 110, 125, 160), (12, 15, 19, 41, 61, 71)),
        (144, (50, 60, 70, 110, 130, 150), (70, 80, 90, 120, 140, 170), (10, 14, 19, 31, 41, 51)),
        (9999, (40, 49, 60, 100, 120, 140), (75, 85, 100, 130, 150, 190), (9, 10, 11, 17, 23, 30)),
    )
)  # fmt: skip
PEWS_SPO2 = Bands((90, 94), (2, 1, 0))  # of the source only <= 90; that 91-94 scores 1 is [K]
PEWS_ANY_OXYGEN, PEWS_MUCH_OXYGEN = 2, 4
PEWS_MUCH_FLOW_L_MIN, PEWS_MUCH_FIO2 = 4, 0.5
# Capillary refill (3 s or more) and respiratory effort (severe, or apnoea): no event of ours carries them.
PEWS_NOT_ON_THE_WIRE = {"capillary_refill": 4, "respiratory_effort": 4}


@cache
def pews_chart(age_months: int) -> Chart:
    """The chart of this age, SpO2 included."""
    chart = next(chart for until_months, chart in BEDSIDE_PEWS if age_months < until_months)
    return {**chart, "spo2_pct": PEWS_SPO2}


def charts() -> dict[str, Any]:
    """All of it as JSON: a part of the rule set's hash."""
    return {
        "news2": {**_said(NEWS2), "oxygen": NEWS2_OXYGEN, "consciousness": NEWS2_CONSCIOUSNESS},
        "news2_scale_2": _said({"air": SCALE_2_ON_AIR, "oxygen": SCALE_2_ON_OXYGEN}),
        "qsofa": {**_said(QSOFA), "mentation": QSOFA_MENTATION},
        "bedside_pews": [[until_months, _said(chart)] for until_months, chart in BEDSIDE_PEWS],
        "bedside_pews_oxygen": [PEWS_ANY_OXYGEN, PEWS_MUCH_OXYGEN, PEWS_MUCH_FLOW_L_MIN, PEWS_MUCH_FIO2],
        "bedside_pews_others": {**_said({"spo2_pct": PEWS_SPO2}), **PEWS_NOT_ON_THE_WIRE},
    }


def _said(chart: Chart) -> dict[str, Any]:
    return {name: [bands.uppers, bands.points, bands.step] for name, bands in chart.items()}
