"""The same syndrome in a child, after a bispecific antibody, and under a temperature patch."""

from services.simulator.orders import give, oxygen, tocilizumab
from services.simulator.scenarios.crs import crs_1
from services.simulator.scenarios.scenario import Scenario
from services.simulator.story import OWN, Story


def paediatric_crs_2(story: Story) -> None:
    """Pressure below the limit for the age (70 + 2 x years, `clinical.md` 3), oxygen blown by."""
    low_mmhg = 70 + 2 * story.person.age_years - 9
    story.temperature((-0.2, OWN), (0.5, 39.0), (4, 39.7), (10, 38.2), (18, 37.3), (26, OWN))
    story.check(0.6, 2.1, 2.5)
    give(story, 0.8, "acetaminophen", round(15 * story.person.weight_kg), "mg")
    story.pressure((1.2, OWN), (2, low_mmhg), (2.8, low_mmhg), (5, OWN))
    give(story, 2.2, "sodium chloride 0.9%", round(10 * story.person.weight_kg), "mL")
    story.saturation((2.6, OWN), (3.3, 88), (3.6, 88), (4, 95), (14, OWN))
    oxygen(story, 3.6, "blow_by", flow_l_min=4)
    tocilizumab(story, 4)
    oxygen(story, 12, "room_air")


def bispecific_step_up(story: Story) -> None:
    """Fever after the first step-up dose; after the second, fever with low pressure."""
    story.temperature((-0.2, OWN), (0.5, 38.6), (2, 38.8), (5, 37.4), (8, OWN))
    story.check(0.6)
    give(story, 0.8, "acetaminophen", 650, "mg")
    story.chart(34, "immunotherapy", product="teclistamab", dose_number=2)
    story.temperature((39.8, OWN), (40.5, 38.8), (42, 39.2), (46, 37.6), (52, OWN))
    story.pressure((41, OWN), (41.8, 84), (42.6, 84), (45, 108), (50, OWN))
    story.check(40.6, 41.9, 42.3)
    give(story, 42, "sodium chloride 0.9%", 500, "mL")
    tocilizumab(story, 42.5)


def crs_1_patch(story: Story) -> None:
    """Fever first seen by an axillary patch, before the nurse's round."""
    crs_1(story)
    story.circumstances.wears_patch = True


def home_oxygen(story: Story) -> None:
    """Two litres at home and still: that is this patient's room air, so fever alone is grade 1."""
    story.circumstances.home_oxygen_l_min = 2
    story.saturation((0, 92))
    crs_1(story)


SCENARIOS = (
    Scenario("home_oxygen", "fever in a patient whose own normal is a cannula", 1, home_oxygen),
    Scenario(
        "paediatric_crs_2",
        "a child: low pressure for the age, blow-by oxygen",
        2,
        paediatric_crs_2,
        products=("tisa-cel",),
        is_paediatric=True,
    ),
    Scenario(
        "bispecific_step_up", "two step-up doses, a rise after each", 2, bispecific_step_up, products=("teclistamab",)
    ),
    Scenario("crs_1_patch", "fever under an axillary patch", 1, crs_1_patch),
)
