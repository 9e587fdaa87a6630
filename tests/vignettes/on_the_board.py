"""What the newest estimate asks of the ward."""

from tests.vignettes.bed import Bed


def prompts(bed: Bed) -> list[str]:
    """All that is said now."""
    return bed.estimate.get("prompts", [])


def due(bed: Bed) -> list[str]:
    """What is to be measured or examined now."""
    return [prompt.removeprefix("due now: ") for prompt in prompts(bed) if prompt.startswith("due now")]
