"""What a scenario is: a name, the story it tells, and the highest grades that the story deserves."""

from collections.abc import Callable
from dataclasses import dataclass

from services.simulator.story import Story

CAR_T = ("axi-cel", "brexu-cel", "tisa-cel", "liso-cel", "ide-cel")


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named story. The peaks are what ASTCT grading of the true course gives; tests hold the grader to them."""

    name: str
    describes: str
    crs_peak: int
    tell: Callable[[Story], None]
    icans_peak: int = 0
    products: tuple[str, ...] = CAR_T
    is_paediatric: bool = False
