"""What looks like CRS and is not, and what is charted in error."""

from services.simulator.orders import attribute, give
from services.simulator.physiology import MINUTE_MS
from services.simulator.scenarios.scenario import Scenario
from services.simulator.story import OWN, Mistake, Story

NOTICED_AFTER_MS = 25 * MINUTE_MS


def infection_mimic(story: Story) -> None:
    """Fever from an infected line: a clinician says so, with an end to the claim, and antibiotics work."""
    story.temperature((-0.2, OWN), (0.5, 38.8), (6, 39.1), (12, 38.3), (18, 37.4), (22, OWN))
    story.check(0.6, 1.5)
    give(story, 1, "meropenem", 1, "g")
    attribute(story, 2, "fever", cause="bacteria in the blood culture from the line")


def entered_in_error(story: Story) -> None:
    """The neighbour's fever, charted here and taken back."""
    entered_ms = story.at(1)
    story.circumstances.mistakes.append(Mistake(entered_ms, entered_ms + NOTICED_AFTER_MS, temperature_c=39.4))


SCENARIOS = (
    Scenario("infection_mimic", "fever that a clinician attributes elsewhere", 1, infection_mimic),
    Scenario("entered_in_error", "a temperature of somebody else, retracted", 1, entered_in_error),
)
