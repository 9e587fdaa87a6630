"""Wards of this very moment: the broker's clock, the graders' own ticks, and pages that only time brings."""

import time
from collections.abc import Iterator
from random import Random
from typing import Any

from schemas.bedside import CLINICAL, VITALS
from schemas.times import format_time
from tests.chaos.wards import Arrival

PATIENTS = 30
AWRY_S = {"late": (-540, -30), "bedside clock jump": (-3600, 900)}

Record = dict[str, Any]

STARTS: tuple[Record, ...] = (
    {"kind": "encounter", "action": "admit", "unit": "4W", "age_years": 60},
    {"kind": "immunotherapy", "product": "axi-cel"},
    {"kind": "oxygen", "device": "room_air"},
    {"kind": "vasopressor", "drug": "none"},
)
CHARTS: tuple[Record, ...] = (
    {"kind": "vasopressor", "drug": "norepinephrine", "rate": 0.1},
    {"kind": "vasopressor", "drug": "none"},
    {"kind": "oxygen", "device": "face_mask", "flow_l_min": 8},
    {"kind": "oxygen", "device": "ventilator"},
    {"kind": "oxygen", "device": "room_air"},
    {"kind": "neuro", "ice": 10},
    {"kind": "neuro", "ice": 2},
    {"kind": "neuro", "consciousness": "unarousable"},
)
# A monitor's low reading counts after seconds without a normal one: the page comes with a tick.
MONITORED: tuple[Record, ...] = ({"spo2_pct": 85}, {"spo2_pct": 97}, {"heart_rate_bpm": 0}, {"heart_rate_bpm": 90})
BY_HAND: tuple[Record, ...] = (
    {"temperature_c": 39.0}, {"temperature_c": 36.8}, {"sbp_mmhg": 80}, {"sbp_mmhg": 120}, {"spo2_pct": 86},
)  # fmt: skip


def live_wards(seed: int) -> Iterator[Arrival]:
    """Without end; each record is dated when it is asked for."""
    random, sent, number = Random(seed), list[Record](), 0
    while True:
        number += 1
        patient_id = f"live-{seed}-{number // 150}-{random.randrange(PATIENTS)}"
        named = {"event_id": f"{patient_id}-{number}", "patient_id": patient_id}
        if not any(record["patient_id"] == patient_id for record in sent):
            for place, start in enumerate(STARTS):
                sent.append(_charted({**named, "event_id": f"{patient_id}-start-{place}"}, start, _now_ms()))
                yield Arrival(0, sent[-1])
        fault, at_ms = None, _now_ms()
        if random.random() < 0.1:
            fault = random.choice(list(AWRY_S))
            at_ms += 1000 * random.randint(*AWRY_S[fault])
        record = _record(random, named, at_ms, sent)
        yield Arrival(0, record, fault)
        sent = [*sent, record][-600:]
        if random.random() < 0.05:
            yield Arrival(0, random.choice(sent[-40:]), "duplicate")


def _record(random: Random, named: Record, at_ms: int, sent: list[Record]) -> Record:
    kind = random.random()
    if kind < 0.3:
        return _charted(named, random.choice(CHARTS), at_ms)
    own = [record["event_id"] for record in sent if record["patient_id"] == named["patient_id"]]
    if kind < 0.38 and own:
        return _charted(named, {"kind": "retraction", "retracts": random.choice(own)}, at_ms)
    source, signs = random.choice((("monitor", MONITORED), ("manual", BY_HAND)))
    return {"schema": VITALS, **named, "observed_at": format_time(at_ms), "source": source, **random.choice(signs)}


def _charted(named: Record, what: Record, at_ms: int) -> Record:
    return {"schema": CLINICAL, **named, "recorded_at": format_time(at_ms), **what}


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
