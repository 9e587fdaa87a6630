"""What looks like CRS and is not, and what is charted in error."""

from services.simulator.scenarios.scenario import Scenario
from services.simulator.story import OWN, Story


def infection_mimic(story: Story) -> None:
    """Fever from an infected line: a clinician says so, with an end to the claim, and antibiotics work."""
    story.temperature((-0.2, OWN), (0.5, 38.8), (6, 39.1), (12, 38.3), (18, 37.4), (22, OWN))
    story.check(0.6, 1.5)
    story.give(1, "meropenem", 1, "g")
    story.attribute(2, "fever", cause="bacteria in the blood culture from the line", until_hour=26)


def entered_in_error(story: Story) -> None:
    """The neighbour's fever, charted here and taken back."""
    story.mistake(1, 39.4, noticed_after_min=25)


SCENARIOS = (
    Scenario("infection_mimic", "fever that a clinician attributes elsewhere", 1, infection_mimic),
    Scenario("entered_in_error", "a temperature of somebody else, retracted", 1, entered_in_error),
)
