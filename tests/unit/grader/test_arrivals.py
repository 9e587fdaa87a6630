"""What the generated patients reach: a property that never meets a Grade 3 says nothing about it."""

from collections import Counter
from random import Random

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.unit.grader.arrivals import Event, arriving, delayed, patients

PATIENTS = 600  # which ones they are depends on the constants of all modules that are imported
OFTEN, SOMETIMES = 3, 1


def reached(events: list[Event], random: Random) -> set[str]:
    """In words, everything that happens to one patient."""
    arrivals = delayed(events, random)
    partition, outputs = arriving(arrivals)
    fold = partition.patients["bed-7"].fold
    said = [output.value for output in outputs if output.topic == "escalations"]
    words = {value["kind"] + str(value.get("reason", "")) for value in said}
    words |= {f"grade {value['grade']}" for value in said if value["kind"] == "crs_rise"}
    words |= {f"icans {value['icans']}" for value in said if value["kind"] == "icans_rise"}
    words |= {"late" for value in said if value["late"]} | {"again" for value in said if value.get("rise", 1) > 1}
    words |= {f"ends at {fold.low}", f"interval {fold.high - fold.low} wide"}
    words |= {f"attributed {event.record['finding']}" for event in events if "finding" in event.record}
    if any(event.record.get("kind") == "retraction" for event in events):
        words.add("retracted")
    if events != [event for _, event in arrivals]:
        words.add("out of order")
    return words


OFTEN_SEEN = {
    *("grade 1", "grade 2", "grade 3", "grade 4"),
    *("ends at 0", "ends at 1", "ends at 3", "ends at 4"),
    *("interval 0 wide", "interval 1 wide", "interval 4 wide"),
    *("icans 2", "icans 3", "icans 4"),
    *("crs_rise", "icans_rise", "possible_crs", "critical_value", "technical_silent", "neuro_due"),
    *("grade_disagreement", "late", "again", "retracted", "out of order"),
    *("resolvedimproved", "resolveddata_returned", "resolvedattributed"),
}
# `technical_stale` and `ward_score` are too rare for so few patients: timelines hold them.
SEEN = {
    *("attributed fever", "attributed hypotension", "attributed hypoxia", "attributed neuro"),
    *("ends at 2", "interval 2 wide", "interval 3 wide", "icans 1", "resolvedretracted"),
}


def test_the_generated_patients_reach_every_grade_and_every_kind():
    seen: Counter[str] = Counter()

    @settings(
        max_examples=PATIENTS,
        phases=[Phase.generate],
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(patients(), st.integers(0, 2**32))
    def look(events: list[Event], seed: int) -> None:
        seen.update(reached(events, Random(seed)))

    look()
    assert {word for word in OFTEN_SEEN if seen[word] < OFTEN} == set(), seen
    assert {word for word in SEEN if seen[word] < SOMETIMES} == set(), seen
