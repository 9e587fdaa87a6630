"""Patients whose signs are well: their stay and their sensors are the story."""

from schemas.times import format_time
from services.simulator.orders import give, move
from services.simulator.scenarios.scenario import Scenario
from services.simulator.story import OWN, Story


def well(story: Story) -> None:
    """Nothing happens."""
    del story


def sensor_falls_off(story: Story) -> None:
    """The finger probe comes off for three hours; everything else goes on."""
    story.gap(0, 3, "spo2_pct")


def monitor_goes_silent(story: Story) -> None:
    """The whole monitor is silent for two hours."""
    story.gap(0, 2)


def off_unit_scan(story: Story) -> None:
    """An hour in the scanner, charted, with the monitor off."""
    move(story, 0, "off_unit", expected_return=format_time(story.at(1.2)))
    story.gap(0, 1)
    move(story, 1.05, "return")  # charted once the monitor is on again


def going_home(story: Story) -> None:
    """The monitor off by order, then discharged."""
    story.chart(13.8, "monitoring", state="stopped_by_order", author="dr-simulated")
    move(story, 14, "discharge")
    story.circumstances.leaves_ms = story.at(14.1)


def cancelled_discharge(story: Story) -> None:
    """Discharged, feverish before the door, and back: the fever was measured in between."""
    story.temperature((10.1, OWN), (10.5, 38.7), (13, 39.0), (18, 37.8), (24, OWN))
    move(story, 10, "discharge")
    story.check(10.5)
    move(story, 10.8, "cancel_discharge")
    give(story, 11, "acetaminophen", 650, "mg")


def hand_charted(story: Story) -> None:
    """No monitor: everything on the nurse's rounds."""
    story.circumstances.has_monitor = False


SCENARIOS = (
    Scenario("well", "nothing happens", 0, well),
    Scenario("sensor_falls_off", "no SpO2 for three hours", 0, sensor_falls_off),
    Scenario("monitor_goes_silent", "no monitor for two hours", 0, monitor_goes_silent),
    Scenario("off_unit_scan", "away in the scanner for an hour, as charted", 0, off_unit_scan),
    Scenario("going_home", "discharged in the second half", 0, going_home),
    Scenario("cancelled_discharge", "fever between discharge and its cancellation", 1, cancelled_discharge),
    Scenario("hand_charted", "no monitor, signs charted by hand", 0, hand_charted),
)
