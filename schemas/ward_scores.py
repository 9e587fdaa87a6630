"""Ward scores, as an estimate carries them beside the grade."""

from typing import Annotated, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from schemas.parts import WIRE, Count


class Score(TypedDict):
    """A ward score: what is missing adds nothing to `low` and all its points to `high`."""

    __pydantic_config__ = WIRE  # type: ignore[misc]

    low: Count
    high: Count
    missing: NotRequired[Annotated[list[str], Field(description="What would narrow it.")]]
    scale: NotRequired[Annotated[int, Field(description="NEWS2: the SpO2 scale, where it is not scale 1.")]]


class Scores(TypedDict, total=False):
    """Ward scores that apply at this age, beside the grade."""

    __pydantic_config__ = WIRE  # type: ignore[misc]

    news2: Score
    pews: Score
    qsofa: Score
    shock_index: Annotated[float, Field(description="Heart rate over systolic pressure.")]
