"""Whole wards at random, from a seed: several patients, every kind of event, late, repeated, retracted, merged.

Nothing here is likely at a bedside; everything is possible. A seed always gives the same ward.
"""

from collections import deque
from collections.abc import Iterator
from random import Random
from typing import Any, NamedTuple

from schemas.bedside import CLINICAL, TICK, VITALS
from schemas.encoding import encode
from schemas.reading import check_bedside, read_bedside
from schemas.reasons import Refusal
from services.grader.engine import Origin, Output
from services.grader.engine.partition import Partition
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.engine.ruleset.unit_profile import with_unit_profile
from tests.unit.grader.other_rules import SETS, activation
from tests.vignettes.bed import ms, when

Record = dict[str, Any]
TICKED: Record = {"schema": TICK}
PROFILE = {"version": "1", "signed_off_by": "dr-ito", "units": {"onc": {"vasopressors": 0, "oxygen": 3}}}
PAUSES_MIN = (60, 240, 600, 1500, 3000)
LATE_MIN = (0.1, 2, 9, 20, 59, 61, 120, 600, 1500, -0.5, -9, -11)
DEVICES = ("room_air", "nasal_cannula", "high_flow_nasal_cannula", "face_mask", "non_rebreather", "cpap", "ventilator",
           "other")  # fmt: skip
SIGNS: dict[str, tuple[float, ...]] = {
    "temperature_c": (36.8, 37.9, 38.0, 38.0, 38.5, 38.6, 39.5, 100.4, 45, 31.0),
    "spo2_pct": (97, 95, 90, 89, 91, 88, 84, 49, 50, 0),
    "sbp_mmhg": (120, 110, 90, 89, 85, 70, 49, 60),
    "heart_rate_bpm": (80, 130, 150, 0, 20),
    "resp_rate_bpm": (14, 30, 0, 8),
}
CHARTS: tuple[tuple[int, tuple[Record, ...]], ...] = (
    (8, tuple({"kind": "oxygen", "device": device} for device in DEVICES)),
    (7, (*({"kind": "vasopressor", "drug": drug} for drug in ("none", "none", "norepinephrine", "mystery")),
         {"kind": "vasopressor", "drug": "epinephrine", "rate": 0})),
    (3, ({"kind": "medication", "drug": "paracetamol"}, {"kind": "medication", "drug": "tocilizumab"})),
    (3, tuple({"kind": "immunotherapy", "product": name} for name in ("axi-cel", "teclistamab", "unheard of"))),
    (3, ({"kind": "neuro", "ice": 10}, {"kind": "neuro", "ice": 2}, {"kind": "neuro", "consciousness": "unarousable"},
         {"kind": "neuro", "consciousness": "awake"}, {"kind": "neuro", "seizure": "prolonged"},
         {"kind": "neuro", "avpu": "voice"})),
    (2, ({"kind": "baseline", "sbp_mmhg": 95}, {"kind": "baseline", "oxygen_device": "nasal_cannula"},
         {"kind": "baseline", "sbp_mmhg": 150}, {"kind": "baseline", "spo2_target_low_pct": 86})),
    (2, tuple({"kind": "clinician_grade", "crs": grade, "icans": grade, "author": "dr-a"} for grade in range(5))),
    (1, ({"kind": "monitoring", "state": "on", "author": "dr-a"},
         {"kind": "monitoring", "state": "stopped_by_order", "author": "dr-a"})),
)  # fmt: skip
MOVES = ("admit", "update", "transfer", "off_unit", "return", "discharge", "cancel_discharge", "merge")


class Ward(NamedTuple):
    """What arrives at which minute, and how the ward is set up."""

    arrivals: list[tuple[float, Record]]
    watch_all: bool
    unit_profile: Any


def under_changing_rules(ward: Ward, seed: int) -> Ward:
    """The same ward, in which other rules come into force now and then."""
    random, arrivals = Random(seed), list[tuple[float, Record]]()
    for minute, record in ward.arrivals:
        arrivals += [(minute, activation(random.choice(SETS)))] if random.random() < 0.05 else []
        arrivals.append((minute, record))
    return ward._replace(arrivals=arrivals)


def ward(seed: int) -> Ward:
    """The ward of a seed."""
    random = Random(seed)
    arrivals = list(_arrivals(random, most=random.choice([30, 80, 200]), patients=random.choice([1, 2, 4])))
    return Ward(arrivals, random.random() < 0.7, PROFILE if random.random() < 0.3 else None)


def _arrivals(random: Random, most: int, patients: int) -> Iterator[tuple[float, Record]]:
    names = [f"p{number}" for number in range(patients)]
    sources = {name: random.choice(["manual", "monitor", "wearable", "interface"]) for name in names}
    sent: list[Record] = []
    for name in (name for name in names if random.random() < 0.85):
        age = random.choice([{"age_years": 60}, {"age_years": 3}, {"age_years": 17.9}, {}])
        admit = {"kind": "encounter", "action": "admit", "event_id": f"admit-{name}", "patient_id": name, "unit": "onc"}
        sent.append({"schema": CLINICAL, "recorded_at": when(0), **admit, **age})
        yield 0, sent[-1]
    minute, pace = 0.0, random.choice([0.05, 0.5, 3, 15, 60])
    often_late = random.choice([0, 0.1, 0.4])
    for number in range(most):
        minute += random.expovariate(1 / pace) if random.random() < 0.97 else random.choice(PAUSES_MIN)
        at = max(0.0, minute - (random.choice(LATE_MIN) if random.random() < often_late else 0))
        name = random.choice(names)
        named = {"event_id": f"e{number}", "patient_id": name}
        record = _record(random, at, named, names, sources[name], sent)
        if record is not TICKED and record not in sent:
            sent.append(record)
        yield minute, record
    yield minute + 60 * random.choice([1, 30, 80, 400]), TICKED


def _record(random: Random, at: float, named: Record, names: list[str], source: str, sent: list[Record]) -> Record:
    kind, charted = random.random(), {"schema": CLINICAL, "recorded_at": when(at), **named}
    if kind < 0.5:
        return {"schema": VITALS, "observed_at": when(at), "source": source, **named, **_signs(random)}
    if kind < 0.79:
        kinds, weights = [charts for _, charts in CHARTS], [weight for weight, _ in CHARTS]
        return {**charted, **random.choice(random.choices(kinds, weights)[0])}
    if kind < 0.81:
        why = {"finding": random.choice(["fever", "hypotension", "hypoxia", "neuro"]), "cause": "sepsis", "author": "a"}
        return {**charted, "kind": "attribution", **why, "expires_at": when(at + random.choice([5, 120, 900]))}
    if kind < 0.86:
        return {**charted, "kind": "encounter", "unit": random.choice(["onc", "icu"]), **_move(random, named, names)}
    if kind < 0.96 and sent:
        known = random.choice(sent[-30:])
        if kind < 0.93:
            named = {**named, "patient_id": known["patient_id"]}
            return {**charted, **named, "kind": "retraction", "retracts": known["event_id"]}
        return known
    return TICKED


def _signs(random: Random) -> Record:
    found: Record = {sign: random.choice(values) for sign, values in SIGNS.items() if random.random() < 0.5}
    if "sbp_mmhg" in found and random.random() < 0.5:
        found |= {"bp_source": random.choice(["cuff", "arterial", "unknown"]), "map_mmhg": random.choice([60, 80])}
    if "temperature_c" in found and random.random() < 0.3:
        found["temperature_site"] = random.choice(["axillary", "oral", "core"])
    return found or {"heart_rate_bpm": 90}


def _move(random: Random, named: Record, names: list[str]) -> Record:
    action = random.choice(MOVES)
    others = [name for name in names if name != named["patient_id"]]
    if action == "merge":
        return {"action": "merge", "merged_into": random.choice(others)} if others else {"action": "update"}
    return {"action": action, **({"age_years": random.choice([60, 5])} if random.random() < 0.2 else {})}


class Grader:
    """One partition that gets what the ward sends, restarted before each record if asked to be."""

    def __init__(self, ward: Ward, *, thorough: bool = False, restarts: bool = False) -> None:
        self._ward, self._thorough, self._restarts = ward, thorough, restarts
        self._offsets = iter(range(10**9))
        self.partition = self._partition()

    def _partition(self) -> Partition:
        rules = with_unit_profile(DEFAULT_RULES, self._ward.unit_profile)
        return Partition(rules, watch_all=self._ward.watch_all, thorough=self._thorough, ready=SETS)

    def take(self, minute: float, record: Record) -> list[Output]:
        """What is said on a record, and on what the grader itself writes to the bedside topic because of it."""
        if self._restarts:
            self._restart()
        said: list[Output] = []
        waiting = deque([record])
        while waiting:
            read = read_bedside(encode(waiting.popleft()))
            if isinstance(read, Refusal):
                continue
            origin = Origin("crs.bedside.v1", 0, next(self._offsets))
            found = self.partition.apply(read, clock_ms=ms(minute), origin=origin)
            waiting += [output.value for output in found if output.topic == "bedside"]
            said += found
        return said

    def _restart(self) -> None:
        old = self.partition
        states = {name: old.encoded(name) for name in old.patients}
        self.partition = self._partition()
        self.partition.restore(states, old.clock_ms)


def is_valid(record: Record) -> bool:
    """Whether ingest would let it pass."""
    return not isinstance(check_bedside(record), Refusal)
