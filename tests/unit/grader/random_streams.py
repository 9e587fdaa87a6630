"""A monitored bed at random, from a seed: mostly the same values second by second, and everything that interrupts them.

Values hover at the limits that matter, signs come alone and together, at even and at odd paces, twice in one second,
again, late, retracted; a fever opens an episode, support comes and goes, the patient has a saturation target or not.
"""

from collections.abc import Iterator
from random import Random
from typing import Any

from schemas.bedside import CLINICAL, TICK, VITALS
from tests.vignettes.bed import when

Record = dict[str, Any]
SECOND = 1 / 60
ABOUT: dict[str, tuple[tuple[float, ...], ...]] = {
    "heart_rate_bpm": ((72, 73, 74), (89, 90, 91), (109, 111, 130, 131), (72, 0, 72)),
    "resp_rate_bpm": ((14, 15, 16), (20, 21), (24, 25, 8), (14, 71)),
    "spo2_pct": ((97, 98), (95, 96), (90, 89, 91), (89, 88), (85, 84), (86, 85, 87), (97, 49)),
    "sbp_mmhg": ((118, 120), (90, 89, 91), (86, 85), (100, 101), (118, 48)),
    "temperature_c": ((36.8, 36.9), (37.94, 37.95), (38.0, 38.1), (37.9, 38.4)),
}
PACES_S = (
    (1,),
    (1, 1, 1, 1, 2),
    (5,),
    (5, 5, 5, 61),
    (60,),
    (1, 1, 0.4),
    (1, 1, 1, 1, 1, 1, 1, 1, 1, 200),
    (300, 299, 301),
)
SHAPES: tuple[tuple[tuple[str, ...], ...], ...] = (
    (("heart_rate_bpm", "spo2_pct", "resp_rate_bpm"),),
    (("heart_rate_bpm",), ("spo2_pct",), ("resp_rate_bpm",)),
    (("heart_rate_bpm", "spo2_pct", "sbp_mmhg"),),
    (("heart_rate_bpm", "spo2_pct"), ("heart_rate_bpm", "spo2_pct"), ("sbp_mmhg",)),
    (("heart_rate_bpm", "temperature_c", "spo2_pct"),),
    (("spo2_pct",), ("temperature_c",)),
    (("spo2_pct",),),
)
CHARTED: tuple[Record, ...] = (
    {"kind": "oxygen", "device": "room_air"}, {"kind": "oxygen", "device": "nasal_cannula", "flow_l_min": 2},
    {"kind": "vasopressor", "drug": "none"}, {"kind": "vasopressor", "drug": "norepinephrine"},
    {"kind": "medication", "drug": "paracetamol"}, {"kind": "neuro", "ice": 9},
    {"kind": "baseline", "spo2_target_low_pct": 86}, {"kind": "baseline", "spo2_target_low_pct": 88},
    {"kind": "clinician_grade", "crs": 1, "author": "dr-a"},
    {"kind": "encounter", "action": "off_unit"}, {"kind": "encounter", "action": "return"},
)  # fmt: skip


def bed(seed: int) -> Iterator[tuple[float, Record]]:
    """What arrives at which minute."""
    random = Random(seed)
    yield 0, _charted(random, 0, "admit", {"kind": "encounter", "action": "admit", **random.choice(
        [{"age_years": 60}, {"age_years": 9}, {"age_years": 0.5}, {}])})  # fmt: skip
    for number, record in enumerate(random.sample(CHARTED[:8], random.randint(0, 4))):
        yield 0, _charted(random, 0, f"first-{number}", record)
    if random.random() < 0.8:
        yield 0, _charted(random, 0, "dose", {"kind": "immunotherapy", "product": "axi-cel"})
    yield from _stream(random, random.choice([60, 300, 900]))


def _stream(random: Random, most: int) -> Iterator[tuple[float, Record]]:
    minute, pace, shape = 0.5, random.choice(PACES_S), random.choice(SHAPES)
    near = {sign: random.choice(values) for sign, values in ABOUT.items()}
    odd, calm = random.choice([0.0, 0.005, 0.03]), random.choice([0.7, 0.95, 0.99])
    sent: list[Record] = []
    for number in range(most):
        minute += random.choice(pace) * SECOND
        for part in shape:
            values = {sign: near[sign][0] if random.random() < calm else random.choice(near[sign]) for sign in part}
            record = _vitals(random, minute, f"s{number}{part[0]}", values)
            sent.append(record)
            yield minute + random.choice([0, 0, 0.3 * SECOND, 2 * SECOND]) * (odd > 0), record
        if random.random() < odd:
            yield minute + 2 * SECOND, _interruption(random, minute, number, sent)
            near = {
                sign: random.choice(values) if random.random() < 0.3 else near[sign] for sign, values in ABOUT.items()
            }
    yield minute + random.choice([1, 20, 400]), {"schema": TICK}


def _interruption(random: Random, minute: float, number: int, sent: list[Record]) -> Record:
    """Anything but one more of the same."""
    kind, name = random.random(), f"x{number}"
    if kind < 0.35:
        return _charted(random, minute, name, random.choice(CHARTED))
    if kind < 0.5:
        temperature = random.choice([36.8, 38.0, 38.6, 39.5])
        return {**_vitals(random, minute, name, {"temperature_c": temperature}), "source": "manual"}
    if kind < 0.6:
        return {**_vitals(random, minute, name, {"sbp_mmhg": 120}), "bp_source": "cuff"}
    if kind < 0.7:
        return _vitals(
            random, max(0.0, minute - random.choice([0.05, 0.5, 3, 11])), name, {"spo2_pct": random.choice([97, 84])}
        )
    if kind < 0.8:
        return {"schema": TICK}
    known = random.choice(sent[-40:])
    if kind < 0.9:
        return known
    return _charted(random, minute, name, {"kind": "retraction", "retracts": known["event_id"]})


def _vitals(random: Random, minute: float, name: str, signs: Record) -> Record:
    more = {"bp_source": "arterial"} if "sbp_mmhg" in signs else {}
    more |= (
        {"dbp_mmhg": 60, "map_mmhg": random.choice([64, 65, 70])}
        if "sbp_mmhg" in signs and random.random() < 0.5
        else {}
    )
    return {"schema": VITALS, "event_id": name, "patient_id": "p0", "observed_at": when(minute), "source": "monitor",
            **signs, **more}  # fmt: skip


def _charted(random: Random, minute: float, name: str, record: Record) -> Record:
    return {"schema": CLINICAL, "event_id": name, "patient_id": "p0", "recorded_at": when(minute), **record}
