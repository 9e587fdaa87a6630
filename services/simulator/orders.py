"""What the staff does and charts in a story, in the words of the wire contract."""

from schemas.times import format_time
from services.simulator.physiology import DAY_MS
from services.simulator.story import Story


def give(story: Story, hour: float, drug: str, dose: float, unit: str) -> None:
    """Give a drug."""
    story.chart(hour, "medication", drug=drug, dose=dose, dose_unit=unit)


def tocilizumab(story: Story, hour: float) -> None:
    """Give 8 mg/kg, at most 800 mg; 12 mg/kg below 30 kg (`clinical.md` 5)."""
    weight_kg = story.person.weight_kg
    give(story, hour, "tocilizumab", round(min(800.0, weight_kg * (12 if weight_kg < 30 else 8))), "mg")


def fluids(story: Story, *hours: float) -> None:
    """Give boluses."""
    for hour in hours:
        give(story, hour, "sodium chloride 0.9%", 500, "mL")


def oxygen(story: Story, hour: float, device: str, **setting: float) -> None:
    """Change the oxygen device; `flow_l_min` and `fio2` as the device has them."""
    story.chart(hour, "oxygen", device=device, **setting)


def vasopressor(story: Story, drug: str, *rates: tuple[float, float]) -> None:
    """Run a vasopressor through (hour, rate in mcg/kg/min) points; a rate of 0 stops it."""
    for hour, rate in rates:
        story.chart(hour, "vasopressor", drug=drug, rate=rate, rate_unit="mcg/kg/min")


def examine(story: Story, hour: float, **findings: object) -> None:
    """Chart a neurological examination; a child's is CAPD, everybody else's ICE."""
    story.chart(hour, "neuro", **findings)


def attribute(story: Story, hour: float, finding: str, *, cause: str) -> None:
    """Let a clinician name another cause for a finding, for a day of the clock however fast the story is told."""
    expires_at = format_time(story.at(hour) + DAY_MS)
    story.chart(hour, "attribution", finding=finding, cause=cause, author="dr-simulated", expires_at=expires_at)


def move(story: Story, hour: float, action: str, **fields: object) -> None:
    """Move the patient: transfer, off_unit, return, discharge, cancel_discharge."""
    story.chart(hour, "encounter", action=action, **fields)
