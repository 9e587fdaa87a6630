"""The published CRS table as a plain lookup: an oracle for the grader that shares nothing with it.

A fully known patient is looked up in the table. What is unknown is gone through: every value that it could have is
looked up, and the grade is between the lowest and the highest that were found. Written from Lee 2019, table and
footnotes, and the definitions of low pressure and low oxygen in `clinical.md` 1.2 and 3.
"""

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

UNKNOWN = "?"
CATECHOLAMINES = ("norepinephrine", "epinephrine", "phenylephrine", "dopamine", "angiotensin ii")
G4_DEVICES = ("cpap", "bipap", "ventilator")
G3_DEVICES = ("face_mask", "venturi_mask", "non_rebreather")
ALL_DEVICES = ("room_air", "nasal_cannula 2", "blow_by", "face_mask", "nasal_cannula 10", "bipap")

# Systolic pressure below which a child of so many completed years is hypotensive (PALS); from ten as adults.
BY_YEAR = {1: 72, 2: 74, 3: 76, 4: 78, 5: 80, 6: 82, 7: 84, 8: 86, 9: 88}


class Case(NamedTuple):
    """What is charted of one patient; `?` is not known.

    Attributes:
        fever: `yes`, `no` or `?`.
        sbp: systolic pressure.
        pressors: names with commas, `none` or `?`.
        device: name and flow, or `?`.
        spo2: saturation.
        age: in years, or `?`.
        baseline: the patient's usual systolic pressure.
        home: the device used at home, and the ordered target.
        confirmed: whether support was charted lately.
    """

    fever: str = "yes"
    sbp: float | str = 118
    pressors: str = "none"
    device: str = "room_air"
    spo2: float | str = 97
    age: float | str = 55
    baseline: float | None = None
    home: tuple[str, float | None] = ("", None)
    confirmed: bool = True


def grades(case: Case) -> tuple[int, int]:
    """Lowest and highest grade that the patient could have."""
    found = [_looked_up(world, case) for world in _worlds(case)]
    return min(found), max(found)


class World(NamedTuple):
    """A patient of whom everything is known."""

    fever: bool
    sbp: float
    drugs: tuple[str, ...]
    device: str
    flow: float
    spo2: float


def _looked_up(world: World, case: Case) -> int:
    """The consensus table from the right column to the left."""
    if not world.fever:
        return 0
    device, flow, hypoxic = world.device, world.flow, world.spo2 < 90
    if _is_home(device, flow, case):
        hypoxic = world.spo2 < (case.home[1] or 90)
        device = "room_air"
    several = sum(drug in CATECHOLAMINES for drug in world.drugs) >= 2
    high_flow = device in ("nasal_cannula", "high_flow_nasal_cannula") and flow > 6
    low_flow = device == "blow_by" or (device == "nasal_cannula" and 0 < flow <= 6)
    low_flow = low_flow or (device == "high_flow_nasal_cannula" and flow <= 6)
    if several or device in G4_DEVICES:
        return 4
    if world.drugs or high_flow or device in G3_DEVICES:
        return 3
    if world.sbp < _hypotension(case) or low_flow or hypoxic:
        return 2
    return 1


def _is_home(device: str, flow: float, case: Case) -> bool:
    """What is used at home counts as such only where it is charted, and a cannula at a low flow (`settled.md` 3, 4)."""
    if case.device.endswith(UNKNOWN) and (case.device == UNKNOWN or device == "nasal_cannula"):
        return False
    return device == case.home[0] and (device != "nasal_cannula" or flow <= 6)


def _hypotension(case: Case) -> float:
    if case.age != UNKNOWN and float(case.age) < 1 / 12:
        return 60
    if case.age != UNKNOWN and float(case.age) < 1:
        return 70
    limit = 90.0 if case.age == UNKNOWN else float(BY_YEAR.get(int(case.age), 90))
    if case.baseline is not None and (case.age == UNKNOWN or float(case.age) >= 18):
        # Below 0.8 x the baseline and below 100, or below 90.
        return max(limit, min(100, case.baseline * 8 / 10))
    return limit


def _worlds(case: Case) -> Iterator[World]:
    fever = {"yes": [True], "no": [False]}.get(case.fever, [True, False])
    sbp = [40.0, 180.0] if case.sbp == UNKNOWN else [float(case.sbp)]
    spo2 = [60.0, 100.0] if case.spo2 == UNKNOWN else [float(case.spo2)]
    for one in product(fever, sbp, _drugs(case), _devices(case), spo2):
        name, flow = one[3]
        yield World(one[0], one[1], one[2], name, flow, one[4])


def _drugs(case: Case) -> list[tuple[str, ...]]:
    """What may run: inotropes are not counted, an unknown name may stand for anything, unconfirmed for more."""
    if case.pressors == UNKNOWN:
        return [(), CATECHOLAMINES[:1], CATECHOLAMINES[:2]]
    named = [drug for drug in case.pressors.split(", ") if drug not in ("none", "dobutamine", "milrinone")]
    known = tuple(drug for drug in named if drug == "vasopressin" or drug in CATECHOLAMINES)
    doubtful = len(known) < len(named) or not case.confirmed
    return [known, CATECHOLAMINES[:2]] if doubtful else [known]


def _devices(case: Case) -> list[tuple[str, float]]:
    name, _, flow = case.device.partition(" ")
    if case.device == UNKNOWN:
        return [_split(device) for device in ALL_DEVICES]
    if name == "other":
        return [_split(device) for device in ("blow_by", "face_mask", "bipap")]
    if flow == UNKNOWN:
        charted = [(name, 2.0), (name, 10.0)] if name == "nasal_cannula" else [(name, 30.0)]
    else:
        charted = [(name, float(flow or 0))]
    worse = next(device for device in G4_DEVICES if device != case.home[0])
    return charted if case.confirmed else [*charted, (worse, 0.0)]


def _split(device: str) -> tuple[str, float]:
    name, _, flow = device.partition(" ")
    return name, float(flow or 0)
