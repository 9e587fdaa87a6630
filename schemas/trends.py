"""Where signs are going, as an estimate carries it: description, never a gate."""

from typing import Annotated, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from schemas.parts import WIRE
from schemas.times import Time

StandardError = Annotated[float, Field(ge=0, description="Standard error of the slope, in its unit.")]
Low = Annotated[float, Field(description="Lower end of the slope's 95 % confidence interval.")]
High = Annotated[float, Field(description="Upper end of it.")]


class Reaches(TypedDict):
    """The limit that a slope is heading for; only where the slope's interval leaves out zero."""

    __pydantic_config__ = WIRE  # type: ignore[misc]

    rule: Annotated[str, Field(description="Rule id of the limit.")]
    threshold: Annotated[float, Field(description="The limit, in the unit of the sign.")]
    earliest_at: Annotated[Time, Field(description="By the steep end of the slope's interval.")]
    likely_at: Annotated[Time, Field(description="By the slope itself; within a horizon of hours.")]
    latest_at: NotRequired[Annotated[Time, Field(description="By the flat end; absent beyond the horizon.")]]


class SignTrend(TypedDict):
    """The slope of one sign; without `per_hour` there are too few points yet."""

    __pydantic_config__ = WIRE  # type: ignore[misc]

    points: Annotated[int, Field(ge=1, description="Points of the line, each the mean of a few minutes.")]
    span_min: Annotated[float, Field(ge=0, description="From the first to the newest point, in minutes.")]
    per_hour: NotRequired[Annotated[float, Field(description="Slope, in `unit`.")]]
    standard_error: NotRequired[StandardError]
    low: NotRequired[Low]
    high: NotRequired[High]
    unit: NotRequired[Annotated[str, Field(description="UCUM unit of the slope.")]]
    reaches: NotRequired[Reaches]


class PerDegree(TypedDict):
    """Heart rate against temperature, through pairs taken together; no limit belongs to it."""

    __pydantic_config__ = WIRE  # type: ignore[misc]

    points: Annotated[int, Field(ge=1, description="Pairs of the line.")]
    span_cel: Annotated[float, Field(ge=0, description="From the lowest to the highest temperature.")]
    per_cel: Annotated[float, Field(description="Beats a minute for each degree, in `unit`.")]
    standard_error: StandardError
    low: Low
    high: High
    unit: Annotated[str, Field(description="UCUM unit.")]


class Fever(TypedDict):
    """The last temperature with fever, within a day and this stay."""

    __pydantic_config__ = WIRE  # type: ignore[misc]

    last_at: Annotated[Time, Field(description="Bedside time of that temperature.")]
    hours_since: Annotated[float, Field(ge=0, description="How long ago that was, in hours.")]


class Trend(TypedDict, total=False):
    """Everything that is said about where signs are going. It never gates an alert."""

    __pydantic_config__ = WIRE  # type: ignore[misc]

    signs: Annotated[
        dict[str, SignTrend], Field(description="By series: the two sources of blood pressure are never joined.")
    ]
    heart_rate_per_degree: PerDegree
    fever: Fever
