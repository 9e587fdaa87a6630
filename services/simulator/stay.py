"""One patient's stay: who lies where, since when, with which story."""

from dataclasses import dataclass

from services.simulator.physiology import Person
from services.simulator.story import Bed, Course


@dataclass(frozen=True, slots=True)
class Stay:
    """Everything that decides a patient's events, the seed aside.

    Signs are observed from `observed_from_ms` on, which a running ward reaches long after the admission.
    """

    patient_id: str
    home: Bed
    person: Person
    product: str
    admitted_ms: int
    infused_ms: int
    observed_from_ms: int
    course: Course
    seed: int
    start_ms: int
