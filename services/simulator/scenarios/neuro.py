"""Neurotoxicity: after CRS, and alone (`clinical.md` 2: ICE 7-9 is grade 1, 3-6 is 2, 0-2 is 3)."""

from services.simulator.orders import examine, give
from services.simulator.scenarios.crs import crs_2
from services.simulator.scenarios.scenario import Scenario
from services.simulator.story import Story


def icans_after_crs(story: Story) -> None:
    """Grade 2 CRS, and as it fades the ICE score falls; a short seizure; steroids bring it back."""
    crs_2(story)
    for hour, ice, consciousness in ((18, 8, "awake"), (20, 5, "voice"), (22, 2, "voice")):
        examine(story, hour, ice=ice, consciousness=consciousness)
    give(story, 18.3, "dexamethasone", 10, "mg")
    give(story, 18.4, "levetiracetam", 500, "mg")
    examine(story, 22.4, ice=1, consciousness="tactile", seizure="resolved")
    for dose_hour in (22.6, 28.6, 34.6):
        give(story, dose_hour, "dexamethasone", 10, "mg")
    for hour, ice in ((30, 4), (36, 7), (42, 9), (48, 10)):
        examine(story, hour, ice=ice, consciousness="awake", seizure="none")


def icans_alone(story: Story) -> None:
    """No fever: hesitating speech, then ICE 5, and back within a day and a half."""
    for hour, ice in ((0.0, 8), (2.5, 5), (4.5, 4)):
        examine(story, hour, ice=ice, consciousness="awake")
    give(story, 0.5, "levetiracetam", 500, "mg")
    give(story, 2.8, "dexamethasone", 10, "mg")
    for hour, ice in ((14, 7), (22, 9), (34, 10)):
        examine(story, hour, ice=ice, consciousness="awake")


SCENARIOS = (
    Scenario("icans_after_crs", "neurotoxicity of grade 3 as CRS fades", 2, icans_after_crs, icans_peak=3),
    Scenario("icans_alone", "neurotoxicity of grade 2 without fever", 0, icans_alone, icans_peak=2),
)
