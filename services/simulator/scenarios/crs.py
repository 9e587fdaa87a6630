"""Cytokine release syndrome of grades 1 to 4, with the treatment that each is given and the answer to it.

Grades as ASTCT 2019 (`clinical.md` 1); treatments as the references of `clinical.md` 5 name them. The hours are
those of a fast course [P]: fever first, then pressure, then oxygen.
"""

from services.simulator.orders import fluids, give, move, oxygen, tocilizumab, vasopressor
from services.simulator.scenarios.scenario import Scenario
from services.simulator.story import OWN, Story


def _fever(story: Story, peak_c: float) -> None:
    """Fever that comes within half an hour, answers to tocilizumab and is gone after a day."""
    story.temperature((-0.2, OWN), (0.5, peak_c - 0.5), (4, peak_c), (10, 38.1), (16, 37.3), (24, OWN))
    story.check(0.6)
    give(story, 0.8, "acetaminophen", 650, "mg")


def crs_1(story: Story) -> None:
    """Fever alone, twice down with an antipyretic, over after a day."""
    story.temperature((-0.2, OWN), (0.5, 38.7), (2, 39.0), (4.5, 38.1), (7, 38.9), (11, 37.9), (18, 37.2), (24, OWN))
    story.check(0.6, 2.2)
    give(story, 1.2, "acetaminophen", 650, "mg")
    give(story, 7.4, "acetaminophen", 650, "mg")


def crs_2(story: Story) -> None:
    """Low pressure that answers to fluids, and oxygen by a low-flow cannula."""
    _fever(story, 39.5)
    story.pressure((1.2, OWN), (2, 83), (2.8, 83), (5, 101), (10, 110), (18, OWN))
    story.check(2.1, 2.4, 3.2)
    fluids(story, 2.3, 2.9)
    story.saturation((2.6, OWN), (3.4, 87), (3.8, 87), (4.2, 95), (13, 96), (16, OWN))
    oxygen(story, 3.8, "nasal_cannula", flow_l_min=2)
    tocilizumab(story, 4)
    give(story, 4.2, "dexamethasone", 10, "mg")
    story.chart(4.6, "clinician_grade", crs=2, author="dr-simulated")
    oxygen(story, 14, "room_air")


def crs_3(story: Story) -> None:
    """One vasopressor, weaned within a day; a low-flow cannula beside it."""
    _fever(story, 39.8)
    story.pressure((1.2, OWN), (1.9, 81), (3.4, 79), (4.6, 98), (10, 106), (20, 112), (28, OWN))
    story.check(2.1, 2.6, 3.3)
    fluids(story, 2.2, 2.8)
    story.saturation((2.4, OWN), (3, 88), (3.1, 88), (3.6, 94), (18, 96), (22, OWN))
    oxygen(story, 3.1, "nasal_cannula", flow_l_min=3)
    vasopressor(story, "norepinephrine", (3.5, 0.05), (4.3, 0.12), (12, 0.08), (16, 0.04), (20, 0))
    tocilizumab(story, 3.7)
    for hour in (3.8, 9.8, 15.8):
        give(story, hour, "dexamethasone", 10, "mg")
    oxygen(story, 21, "room_air")


def crs_3_hypoxia(story: Story) -> None:
    """A low-flow cannula that is not enough, then high flow; the pressure holds."""
    _fever(story, 39.4)
    story.saturation((1, OWN), (1.7, 87), (1.9, 87), (2.2, 93), (3.2, 88), (3.6, 88), (4, 94), (20, 95), (26, OWN))
    oxygen(story, 1.9, "nasal_cannula", flow_l_min=4)
    oxygen(story, 3.6, "high_flow_nasal_cannula", flow_l_min=40, fio2=0.5)
    tocilizumab(story, 3.8)
    give(story, 4, "dexamethasone", 10, "mg")
    give(story, 10, "dexamethasone", 10, "mg")
    oxygen(story, 14, "nasal_cannula", flow_l_min=4)
    oxygen(story, 22, "room_air")


def crs_4(story: Story) -> None:
    """Two vasopressors and BiPAP in intensive care, an arterial line, two doses of tocilizumab, and back."""
    _fever(story, 40.1)
    story.pressure((1, OWN), (1.8, 80), (4.8, 76), (6, 92), (14, 102), (28, 110), (36, OWN))
    story.check(1.9, 2.4, 3.1)
    fluids(story, 2, 2.5)
    _support_of_grade_4(story)
    tocilizumab(story, 3.6)
    tocilizumab(story, 11.8)
    for hour in (6, 18, 30):
        give(story, hour, "methylprednisolone", 500, "mg")


def _support_of_grade_4(story: Story) -> None:
    vasopressor(story, "norepinephrine", (3.4, 0.08), (5.5, 0.2), (18, 0.1), (24, 0.04), (28, 0))
    vasopressor(story, "phenylephrine", (5, 0.8), (12, 0.4), (15, 0))
    story.saturation((2, OWN), (2.8, 86), (3, 86), (3.4, 92), (5.6, 86), (6, 86), (6.5, 94), (30, 95), (38, OWN))
    oxygen(story, 3, "non_rebreather", flow_l_min=15)
    oxygen(story, 6, "bipap", fio2=0.6)
    oxygen(story, 18, "high_flow_nasal_cannula", flow_l_min=50, fio2=0.5)
    oxygen(story, 26, "nasal_cannula", flow_l_min=4)
    oxygen(story, 34, "room_air")
    move(story, 4.5, "transfer", unit="ICU", bed=f"ICU-{story.home.bed}")
    story.circumstances.arterial_ms = (story.at(4.8), story.at(29))
    move(story, 32, "transfer", unit=story.home.unit, bed=story.home.bed)


SCENARIOS = (
    Scenario("crs_1", "fever alone, antipyretics", 1, crs_1),
    Scenario("crs_2", "fluids, low-flow oxygen, tocilizumab and a steroid", 2, crs_2),
    Scenario("crs_3", "one vasopressor, weaned after tocilizumab", 3, crs_3),
    Scenario("crs_3_hypoxia", "low flow, then high-flow oxygen", 3, crs_3_hypoxia),
    Scenario("crs_4", "two vasopressors and BiPAP in intensive care", 4, crs_4),
)
