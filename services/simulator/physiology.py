"""A body: who the person is, and how their signs answer illness and the hour of the day.

Nothing here is measured from patients. The relations are plausible proposals [P], kept as described settings in
`Responses`; normal ranges of children are the PALS 2015 bands of `clinical.md` 3. Hours of the day are UTC.
"""

import math
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

DAY_MS = 86_400_000
HOUR_MS = 3_600_000
MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Responses:
    """How strongly one sign follows another. All [P]: chosen to look right on a ward, not fitted to data."""

    heart_rate_per_fever_c: float = 10.0  # bpm for each degree above the person's own temperature
    heart_rate_per_pressure_fall: float = 0.35  # bpm for each mmHg of systolic fall: the baroreflex
    heart_rate_per_desaturation: float = 1.2  # bpm for each % of SpO2 below the person's own
    resp_rate_per_fever_c: float = 2.0  # breaths for each degree
    resp_rate_per_desaturation: float = 0.9  # breaths for each % of SpO2
    diastolic_share_of_fall: float = 0.55  # mmHg of diastolic fall for each mmHg of systolic fall
    temperature_swing_c: float = 0.3  # half the difference between early morning and evening
    heart_rate_swing_bpm: float = 4.0
    pressure_swing_mmhg: float = 4.0
    highest_share_of_maximum: float = 0.9  # of 220 minus the age, where the heart rate levels off
    warmest_hour: float = 18.0
    fastest_hour: float = 15.0


RESPONSES = Responses()


@dataclass(frozen=True, slots=True)
class Person:
    """What is normal for one patient."""

    age_years: int
    weight_kg: float
    temperature_c: float
    heart_rate_bpm: float
    resp_rate_bpm: float
    spo2_pct: float
    sbp_mmhg: float
    dbp_mmhg: float

    @property
    def is_child(self) -> bool:
        """Graded for neurotoxicity by CAPD, not ICE (`clinical.md` 2)."""
        return self.age_years < 12


class Illness(NamedTuple):
    """How far the person is from their own normal."""

    fever_c: float
    sbp_fall_mmhg: float
    spo2_fall_pct: float


class Signs(NamedTuple):
    """The true signs at a moment, before anybody measures them."""

    temperature_c: float
    heart_rate_bpm: float
    resp_rate_bpm: float
    spo2_pct: float
    sbp_mmhg: float
    dbp_mmhg: float


def signs(person: Person, illness: Illness, at_ms: int, responses: Responses = RESPONSES) -> Signs:
    """What a perfect device would read."""
    hour = at_ms % DAY_MS / HOUR_MS
    warm = math.cos((hour - responses.warmest_hour) * math.pi / 12)
    awake = math.cos((hour - responses.fastest_hour) * math.pi / 12)
    fever_c, fall_mmhg, desaturation = illness
    heart_rate_bpm = (
        person.heart_rate_bpm
        + responses.heart_rate_swing_bpm * awake
        + responses.heart_rate_per_fever_c * fever_c
        + responses.heart_rate_per_pressure_fall * fall_mmhg
        + responses.heart_rate_per_desaturation * desaturation
    )
    highest_bpm = responses.highest_share_of_maximum * (220 - person.age_years)
    swing_mmhg = responses.pressure_swing_mmhg * awake
    return Signs(
        temperature_c=person.temperature_c + responses.temperature_swing_c * warm + fever_c,
        heart_rate_bpm=min(heart_rate_bpm, highest_bpm),
        resp_rate_bpm=person.resp_rate_bpm
        + responses.resp_rate_per_fever_c * fever_c
        + responses.resp_rate_per_desaturation * desaturation,
        spo2_pct=person.spo2_pct - desaturation,
        sbp_mmhg=person.sbp_mmhg + swing_mmhg - fall_mmhg,
        dbp_mmhg=person.dbp_mmhg + 0.6 * swing_mmhg - responses.diastolic_share_of_fall * fall_mmhg,
    )


def mean_pressure(sbp_mmhg: float, dbp_mmhg: float) -> float:
    """Mean arterial pressure as a cuff estimates it: a third of the way from diastolic to systolic."""
    return dbp_mmhg + (sbp_mmhg - dbp_mmhg) / 3.0


# Age in years, weight, heart rate, respiratory rate, systolic and diastolic pressure: the middle of the PALS bands.
CHILDREN = (
    (5, 18.5, 100.0, 24.0, 100.0, 60.0),
    (8, 26.0, 95.0, 21.0, 106.0, 66.0),
    (9, 29.0, 92.0, 21.0, 107.0, 67.0),
)


def adult(rng: Random) -> Person:
    """Somebody of the age and build that receives these therapies."""
    sbp_mmhg = rng.uniform(118, 142)
    return Person(
        age_years=rng.randint(24, 78),
        weight_kg=round(rng.uniform(50, 104), 1),
        temperature_c=rng.uniform(36.4, 36.8),
        heart_rate_bpm=rng.uniform(64, 84),
        resp_rate_bpm=rng.uniform(13.5, 16.5),
        spo2_pct=rng.uniform(96.3, 98.2),
        sbp_mmhg=sbp_mmhg,
        dbp_mmhg=sbp_mmhg * rng.uniform(0.58, 0.64),
    )


def child(rng: Random) -> Person:
    """A child of five to nine years."""
    age_years, weight_kg, heart_rate_bpm, resp_rate_bpm, sbp_mmhg, dbp_mmhg = rng.choice(CHILDREN)
    return Person(
        age_years=age_years,
        weight_kg=round(weight_kg * rng.uniform(0.9, 1.15), 1),
        temperature_c=rng.uniform(36.5, 36.9),
        heart_rate_bpm=heart_rate_bpm + rng.uniform(-6, 6),
        resp_rate_bpm=resp_rate_bpm + rng.uniform(-1.5, 1.5),
        spo2_pct=rng.uniform(97.0, 98.5),
        sbp_mmhg=sbp_mmhg + rng.uniform(-3, 6),
        dbp_mmhg=dbp_mmhg + rng.uniform(-3, 3),
    )
