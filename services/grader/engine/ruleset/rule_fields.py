"""How a rule is written down: a value with its unit, its source and a sentence, never a bare number in the code.

Each rule also says within which range a site may move it, and which direction *loosens* it: makes an alert later or
rarer, or a grade lower. A loosened rule needs a signature (`site_rules.py`).
"""

from collections.abc import Mapping
from dataclasses import Field, field
from typing import Any, Literal

PROPOSAL = "[P] proposal, to be signed off by the site"
ASTCT = "Lee 2019 (ASTCT), consensus table"
PALS = "PALS 2015 (PedsCases); Mahadeo 2019 T2"
BRUDNO = "Brudno 2016 T2 (NCI)"
NEWS2 = "RCP NEWS2 2017, Chart 1"

Direction = Literal["higher", "lower", "either", "neither"]
HIGHER, LOWER, EITHER, NEITHER = "higher", "lower", "either", "neither"


def rule(
    default: Any,
    *,
    unit: str,
    text: str,
    source: str = PROPOSAL,
    looser: Direction = "either",
    within: tuple[float, float] | None = None,
) -> Any:
    """One field of the rule set.

    Args:
        default: the value that grades unless a site overrides it.
        unit: UCUM unit, or what is counted.
        text: what the value decides, as a sentence.
        source: where it comes from; a proposal of ours says so.
        looser: the direction that makes an alert later or rarer, or a grade lower. For a list of names `lower` means
            fewer names. `either` where it depends, or where nobody has thought it through: then every change is signed.
        within: the range a site may move a number in; half to twice the default where none is given.
    """
    metadata = {
        "unit": unit,
        "text": text,
        "source": source,
        "proposal": source.startswith("[P]"),
        "looser": looser,
        "within": within,
    }
    return field(default=default, metadata=metadata)


def range_of(item: "Field[Any]") -> tuple[float, float]:
    """Least and most that a site may set a number to."""
    within: tuple[float, float] | None = item.metadata["within"]
    default: Any = item.default
    return within or (default / 2, default * 2)


def is_looser(before: Any, after: Any, metadata: Mapping[str, Any]) -> bool:
    """Whether a change makes an alert later or rarer, or a grade lower."""
    direction: str = metadata["looser"]
    if before == after or direction == NEITHER:
        return False
    if isinstance(before, tuple):
        gone, come = set(before) - set(after), set(after) - set(before)
        return bool(gone) if direction == LOWER else bool(come) if direction == HIGHER else True
    return direction == EITHER or bool(after > before) == (direction == HIGHER)
