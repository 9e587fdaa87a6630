"""A ward of simulated patients, from a seed: who lies where with which story, and everything that arrives from them."""

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from services.simulator.arrival import Arrival, tidy, untidy
from services.simulator.patient import events
from services.simulator.physiology import HOUR_MS, MINUTE_MS, adult, child
from services.simulator.scenarios import assign
from services.simulator.scenarios.scenario import Scenario
from services.simulator.seeds import chance
from services.simulator.stay import Stay
from services.simulator.story import Bed, Story

BEDS_PER_UNIT = 24
LATEST_ONSET_H = 22.0  # so that the longest story, two days, fits into a file of three


@dataclass(frozen=True, slots=True)
class WardPlan:
    """What a file of simulated patients is made from; the same plan gives the same bytes.

    A patient's events depend on the seed, the patient's number, scenario, start and length, on nobody else.
    """

    patients: int
    length_ms: int
    seed: int
    start_ms: int
    every_ms: int = MINUTE_MS
    counts: Mapping[str, int] = field(default_factory=dict)
    is_untidy: bool = False


def bed_of(index: int) -> Bed:
    """Where the patient with this number lies."""
    unit, bed = divmod(index, BEDS_PER_UNIT)
    return Bed(f"ONC-{unit + 1}", f"{unit + 1}-{bed + 1:02d}")


def admit(index: int, scenario: Scenario, plan: WardPlan) -> Stay:
    """The stay of one patient: admitted in the first half hour, infused within four, ill hours later."""
    patient_id = f"sim-{plan.seed}-{index + 1:03d}"
    rng = chance(plan.seed, patient_id, "stay")
    person = child(rng) if scenario.is_paediatric else adult(rng)
    onset_h = min(LATEST_ONSET_H, plan.length_ms / HOUR_MS * 0.3) * rng.uniform(0.85, 1.0)
    admitted_ms = plan.start_ms + rng.randrange(30 * 60) * 1000
    infused_ms = admitted_ms + round(onset_h * rng.uniform(0.1, 0.2) * 60) * MINUTE_MS
    home = bed_of(index)
    story = Story(person, home, onset_ms=plan.start_ms + round(onset_h * HOUR_MS))
    scenario.tell(story)
    return Stay(
        patient_id=patient_id,
        home=home,
        person=person,
        product=rng.choice(scenario.products),
        admitted_ms=admitted_ms,
        infused_ms=infused_ms,
        observed_from_ms=admitted_ms + 5 * MINUTE_MS,
        course=story.course(),
        seed=plan.seed,
        start_ms=plan.start_ms,
    )


def stays(plan: WardPlan) -> list[Stay]:
    """All patients of the ward."""
    chosen = assign(plan.patients, dict(plan.counts))
    return [admit(index, scenario, plan) for index, scenario in enumerate(chosen)]


def arrivals_of(stay: Stay, plan: WardPlan) -> Iterator[Arrival]:
    """What arrives from one patient until the end of the plan, in order of arrival."""
    happening = events(stay, every_ms=plan.every_ms)
    delivered = untidy(happening, chance(plan.seed, stay.patient_id, "untidy")) if plan.is_untidy else tidy(happening)
    ends_ms = plan.start_ms + plan.length_ms
    for arrival in delivered:
        if arrival.received_ms >= ends_ms:
            return
        yield arrival


def arrivals(plan: WardPlan) -> Iterator[Arrival]:
    """Everything that arrives from the ward, in order of arrival; at one moment in order of patient."""
    sources = (arrivals_of(stay, plan) for stay in stays(plan))
    return heapq.merge(*sources, key=lambda arrival: arrival.received_ms)
