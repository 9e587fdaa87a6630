"""How a rule is written down: a value with its unit, its source and a sentence, never a bare number in the code."""

from dataclasses import field
from typing import Any

PROPOSAL = "[P] proposal, to be signed off by the site"


def rule(default: Any, *, unit: str, text: str, source: str = PROPOSAL) -> Any:
    """One field of the rule set.

    Args:
        default: the value that grades unless a site overrides it.
        unit: UCUM unit, or what is counted.
        text: what the value decides, as a sentence.
        source: where it comes from; a proposal of ours says so.
    """
    metadata = {"unit": unit, "text": text, "source": source, "proposal": source.startswith("[P]")}
    return field(default=default, metadata=metadata)
