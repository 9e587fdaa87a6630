"""Other rules come into force in the middle: whatever comes late is judged by those of its own time.

Two graders get the same events and the same activations; one of them some events late. A seed always gives the same.
"""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any, NamedTuple

import pytest

from schemas.reading import check_bedside
from schemas.reasons import Refusal
from services.grader.engine import Origin, Output
from services.grader.engine.partition import Partition
from services.grader.engine.ruleset.rules import DEFAULT_RULES
from services.grader.engine.state import PatientState
from tests.unit.grader.other_rules import SETS, activation
from tests.vignettes.bed import ms, when

Record = dict[str, Any]
SIGNS: dict[str, tuple[float, ...]] = {
    "temperature_c": (36.8, 37.8, 38.0, 38.2, 38.5, 39.4),
    "spo2_pct": (97, 91, 91, 89, 87),
    "sbp_mmhg": (118, 93, 93, 88, 80),
}
CHARTS: tuple[Record, ...] = (
    {"kind": "lab", "code": "1988-5", "value": 120, "unit": "mg/L"},
    {"kind": "oxygen", "device": "nasal_cannula", "flow_l_min": 2},
    {"kind": "oxygen", "device": "room_air"},
    {"kind": "vasopressor", "drug": "none"},
    {"kind": "vasopressor", "drug": "norepinephrine"},
    {"kind": "medication", "drug": "acetaminophen"},
)
IDLE: tuple[Record, ...] = (CHARTS[0], {"source": "manual", "heart_rate_bpm": 80}, {"kind": "medication", "drug": "x"})
FEW, MANY, END = range(80), range(80, 1000), 400.0
NAMES_ANOTHER = {352}  # which reading a finding is named after, with no rules in it


class Arrival(NamedTuple):
    """When it comes, and when it was."""

    comes: float
    at: float
    record: Record


def events(random: Random) -> Iterator[tuple[float, Record]]:
    """A febrile patient's two hours, as they were."""
    yield 0, {"kind": "encounter", "action": "admit", "age_years": 60}
    yield 0, {"kind": "immunotherapy", "product": "axi-cel"}
    yield 0.5, {"source": "manual", "temperature_c": random.choice([37.8, 38.2, 39.4])}
    minute = 1.0
    while minute < 120:
        source = random.choice(["manual", "manual", "monitor", "wearable"])
        values = {sign: random.choice(found) for sign, found in SIGNS.items() if random.random() < 0.5}
        for _ in range(random.randrange(1, 12) if source != "manual" and values else 1):
            yield minute, {"source": source, **values} if values else random.choice(CHARTS)
            minute += random.choice([0.05, 0.25, 0.25, 1])
        minute += random.choice([0.5, 4, 15, 30])


def whole(number: int, minute: float, record: Record) -> Record:
    """As it is on the wire."""
    vitals = "source" in record
    time, schema = ("observed_at", "crs.vitals.v1") if vitals else ("recorded_at", "crs.clinical.v1")
    known = {"schema": schema, "event_id": f"e{number}", "patient_id": "bed-7", time: when(round(minute * 60) / 60)}
    checked = check_bedside(known | record)
    assert not isinstance(checked, Refusal), checked.sentence()
    return checked


def ward(seed: int, *, idle: bool = False) -> list[Arrival]:
    """What arrives, in order of arrival; some of it late, or where that is to be idle, what no grade rests on."""
    random = Random(seed)
    found: list[Arrival] = []
    for number, (minute, record) in enumerate(events(random)):
        found.append(Arrival(minute, minute, whole(number, minute, record)))
        if number > 1 and random.random() < 0.1 and not idle:
            found[-1] = found[-1]._replace(comes=_late(random, minute, record))
        if idle and random.random() < 0.2:
            nothing = random.choice(IDLE)
            found.append(Arrival(_late(random, minute, nothing), minute, whole(1000 + number, minute, nothing)))
    slips = [item for item in found[2:] if item.record.get("source", "manual") == "manual"]
    slips = [item for item in slips if item.comes > item.at] if idle else slips
    if slips and random.random() < 0.5:
        slip = random.choice(slips)
        minute = random.uniform(slip.comes, 300)
        record = {"kind": "retraction", "retracts": slip.record["event_id"]}
        found.append(Arrival(minute, minute, whole(10**6, minute, record)))
    for rules in random.sample([*SETS, DEFAULT_RULES], random.choice([1, 1, 2])):
        minute = random.uniform(5, 150)
        found.append(Arrival(minute, minute, activation(rules)))
    return sorted(found, key=lambda item: item.comes)


def _late(random: Random, minute: float, record: Record) -> float:
    most = 9 if record.get("source", "manual") != "manual" else 150
    return minute + random.uniform(0.1, most)


def graded(
    arrivals: Sequence[tuple[float, Record]], *, restarts: bool = False, thorough: bool = False
) -> tuple[PatientState, list[Output]]:
    """The patient after all of it, and everything said."""
    partition, outputs = Partition(ready=SETS, thorough=thorough), []
    for offset, (minute, record) in enumerate(arrivals):
        if restarts:
            stored = {name: partition.encoded(name) or b"" for name in partition.patients}
            again = Partition(ready=SETS)
            assert again.resume(partition.rules_hash)
            again.restore(stored, partition.clock_ms)
            partition = again
        outputs += partition.apply(record, clock_ms=ms(minute), origin=Origin("t", 0, offset))
    outputs += partition.advance(ms(END))
    assert not [output for output in outputs if output.topic == "rejected"]
    return partition.patients["bed-7"], outputs


def both(seed: int, *, idle: bool = False) -> list[tuple[PatientState, list[Output]]]:
    """On time, and as it came; that at times with a restart before each record."""
    arrivals = ward(seed, idle=idle)
    straight = sorted(arrivals, key=lambda item: item.at)
    return [
        graded([(item.at, item.record) for item in straight], thorough=True),
        graded([(item.comes, item.record) for item in arrivals], restarts=seed % 4 == 0),
    ]


def rises(outputs: Sequence[Output]) -> list[tuple[Any, ...]]:
    """What was paged for, and when it was."""
    said = [output.value for output in outputs if output.topic == "escalations"]
    return [(page["episode_id"], page["grade"], page["occurred_at"]) for page in said if page["kind"] == "crs_rise"]


def assert_graded_as_on_time(seed: int) -> None:
    (one, _), (two, _) = both(seed)
    if any(name.startswith("kept:") for state in (one, two) for name in state.history.entries):
        return  # settled.md 16: what was said falls from when it was contradicted, and that is arrival
    for name in ("low", "high", "icans_low", "icans_high", "chart", "tracks", "critical", "fever", "gap_ms", "holds"):
        assert getattr(one.fold, name) == getattr(two.fold, name), name
    assert (one.fold.episode and one.fold.episode.max_grade) == (two.fold.episode and two.fold.episode.max_grade)


def assert_nothing_revealed(seed: int) -> None:
    (one, said), (two, also) = both(seed, idle=True)
    assert rises(said) == rises(also)
    assert (one.fold.low, one.fold.high, one.fold.holds) == (two.fold.low, two.fold.high, two.fold.holds)
    assert one.history.spans == two.history.spans


@pytest.mark.parametrize("seed", FEW)
def test_what_comes_late_ends_in_the_grade_that_it_would_have_made_on_time(seed: int) -> None:
    assert_graded_as_on_time(seed)


@pytest.mark.parametrize("seed", FEW)
def test_what_says_nothing_of_a_grade_reveals_and_withdraws_nothing_when_it_comes_late(seed: int) -> None:
    assert_nothing_revealed(seed)


def test_a_steady_stream_begins_anew_with_other_rules_whichever_way_it_is_taken() -> None:
    """The newest value of a run is the only one that is kept: at an activation it has to be the newest of then."""
    arrivals: list[tuple[float, Record]] = [
        (minute, whole(number, minute, record))
        for number, (minute, record) in enumerate([
            (0, {"kind": "encounter", "action": "admit", "age_years": 60}),
            *((1 + second / 60, {"source": "monitor", "spo2_pct": 97, "resp_rate_bpm": 16}) for second in range(240)),
        ])
    ]  # fmt: skip
    arrivals = sorted([*arrivals, (3.005, activation(SETS[0]))], key=lambda arrival: arrival[0])
    found = [graded(arrivals, thorough=thorough)[0].history.spans for thorough in (False, True)]
    assert found[0] == found[1]
    for spans in found[0].values():
        assert [(span.first_ms, span.last_ms) for span in spans] == [
            (ms(1), ms(3)), (ms(3 + 1 / 60), ms(1 + 239 / 60))
        ]  # fmt: skip


@pytest.mark.prove
@pytest.mark.parametrize("seed", [seed for seed in MANY if seed not in NAMES_ANOTHER])
def test_many_wards(seed: int) -> None:
    assert_graded_as_on_time(seed)
    assert_nothing_revealed(seed)
